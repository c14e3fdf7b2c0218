package com.tiktokrec.common.model.quota;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which task asks for which request, so that copies of a task wait for the first one's answer. Requests are known by
 * the SHA-256 of what they ask, in hex. Thread-safe.
 */
public final class Claims {

    /** What comes of a claim. */
    public enum Verdict {
        /** To be asked for by this task. */
        YOURS,
        /** Answered, or failed for this run. */
        DONE,
        /** It is being asked for already: claim it again later. */
        ANOTHERS
    }

    /** Half of a SHA-256: a run would need 10^18 requests for two to be taken for one. */
    private record Key(long high, long low) {

        static Key of(String hash) {
            return new Key(Long.parseUnsignedLong(hash, 0, 16, 16), Long.parseUnsignedLong(hash, 16, 32, 16));
        }
    }

    /** Owner of what is done. */
    private static final Long NOBODY = -1L;

    private final Map<Key, Long> owners = new HashMap<>();
    private final Map<Long, Set<Key>> open = new HashMap<>();
    private final Map<Long, String> executors = new HashMap<>();

    /** Claims requests for a task, and tells which of them are its own to ask. */
    public synchronized List<Verdict> claim(long task, String executor, List<String> hashes) {
        executors.put(task, executor);
        List<Verdict> verdicts = new ArrayList<>(hashes.size());
        for (String hash : hashes) {
            Key key = Key.of(hash);
            Long owner = owners.putIfAbsent(key, task);
            if (owner == null) {
                open.computeIfAbsent(task, any -> new HashSet<>()).add(key);
            }
            verdicts.add(owner == null ? Verdict.YOURS : owner.equals(NOBODY) ? Verdict.DONE : Verdict.ANOTHERS);
        }
        return verdicts;
    }

    /** Requests whose outcome is safe. */
    public synchronized void done(long task, List<String> hashes) {
        for (String hash : hashes) {
            Key key = Key.of(hash);
            Long owner = owners.put(key, NOBODY);
            if (owner != null) {
                open.getOrDefault(owner, new HashSet<>()).remove(key);
            }
        }
    }

    /** A task has ended: what it did not get done is for others to claim. */
    public synchronized void release(long task) {
        executors.remove(task);
        Set<Key> left = open.remove(task);
        if (left != null) {
            left.forEach(owners::remove);
        }
    }

    /** An executor is gone, and its tasks with it. */
    public synchronized void lost(String executor) {
        List<Long> tasks = executors.entrySet().stream()
                .filter(entry -> entry.getValue().equals(executor))
                .map(Map.Entry::getKey)
                .toList();
        tasks.forEach(this::release);
    }
}
