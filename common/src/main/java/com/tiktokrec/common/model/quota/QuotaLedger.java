package com.tiktokrec.common.model.quota;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The quota of one model, leased to all executors of a run. A lease is spent from sending until a minute after the
 * answer, failure or abort, so that a server that counts, whenever it counts between the two, never sees more than the
 * quota in any minute. Leases come at once with a time before which they may not be used: what is known to come back is
 * given out ahead. Thread-safe.
 */
public final class QuotaLedger {

    /** For how long a call counts after it ended: a minute, and what is lost where clocks are read in milliseconds. */
    public static final Duration WINDOW = Duration.ofMinutes(1).plusMillis(5);

    /**
     * Leave for one call.
     *
     * @param id to give it back by
     * @param notBeforeMillis how long to wait from now before it is used
     */
    public record Lease(long id, long notBeforeMillis) {}

    /** @param asked tokens as the caller counted them */
    private record Out(String holder, long asked, long charged, long from) {}

    private final LongSupplier millis;
    private final MinuteWindow requests;
    private final MinuteWindow tokens;
    private final Map<Long, Out> out = new HashMap<>();
    private double tokensPerCounted = 1;
    private boolean chargesWhatWasAsked;
    private long floor;
    private long ids;

    /**
     * A ledger of which nothing is leased.
     *
     * @param millis a clock that never goes back
     * @param untilFirst how long nothing may be sent, after a run that ended nobody knows how
     */
    public QuotaLedger(
            OptionalLong requestsPerMinute, OptionalLong tokensPerMinute, LongSupplier millis, Duration untilFirst) {
        this.millis = millis;
        long from = millis.getAsLong() + untilFirst.toMillis();
        this.floor = from;
        this.requests = requestsPerMinute.isPresent() ? new MinuteWindow(requestsPerMinute.getAsLong(), from) : null;
        this.tokens = tokensPerMinute.isPresent() ? new MinuteWindow(tokensPerMinute.getAsLong(), from) : null;
    }

    /**
     * Leases one call.
     *
     * @param holder who holds it until it is given back
     * @param asked the most tokens that the call may take
     * @return empty where all is out and nobody knows for how long: ask again
     */
    public synchronized Optional<Lease> lease(String holder, long asked) {
        long charged = tokens == null ? 0 : Math.min(tokens.capacity(), (long) Math.ceil(asked * tokensPerCounted));
        if (requests != null && !requests.has(1) || tokens != null && !tokens.has(charged)) {
            return Optional.empty();
        }
        long from = Math.max(floor, millis.getAsLong());
        if (requests != null) {
            from = Math.max(from, requests.take(1).orElseThrow());
        }
        if (tokens != null) {
            from = Math.max(from, tokens.take(charged).orElseThrow());
        }
        out.put(++ids, new Out(holder, asked, charged, from));
        return Optional.of(new Lease(ids, from - millis.getAsLong()));
    }

    /** Takes a lease back that was not used. */
    public synchronized void unused(long id) {
        Out lease = out.remove(id);
        if (lease != null) {
            giveBack(lease, lease.from(), lease.charged());
        }
    }

    /**
     * Takes a lease back whose call has ended.
     *
     * @param agoMillis how long ago
     * @param used tokens that it took, where its answer told
     */
    public synchronized void ended(long id, long agoMillis, OptionalLong used) {
        Out lease = out.remove(id);
        if (lease == null) {
            return;
        }
        long again = millis.getAsLong() - agoMillis + WINDOW.toMillis();
        long spent = used.orElse(lease.asked());
        if (spent > lease.asked() && lease.asked() > 0) {
            tokensPerCounted = Math.max(tokensPerCounted, (double) spent / lease.asked());
        }
        if (used.isEmpty() || chargesWhatWasAsked) {
            spent = Math.max(spent, lease.charged());
        }
        giveBack(lease, again, spent);
    }

    private void giveBack(Out lease, long again, long spent) {
        if (requests != null) {
            requests.giveBack(1, again);
        }
        if (tokens != null) {
            tokens.giveBack(Math.min(spent, tokens.capacity()), again);
            if (spent > lease.charged()) {
                tokens.overdraw(Math.min(spent, tokens.capacity()) - lease.charged());
            } else {
                tokens.giveBack(lease.charged() - spent, lease.from());
            }
        }
    }

    /** Counts all that a holder has out as spent now: it is gone, and what it sent last nobody knows. */
    public synchronized void lost(String holder) {
        List<Long> gone = out.entrySet().stream()
                .filter(entry -> entry.getValue().holder().equals(holder))
                .map(Map.Entry::getKey)
                .toList();
        gone.forEach(id -> ended(id, 0, OptionalLong.empty()));
    }

    /** Nothing more is leased for a time before this wait is over: the server said so. */
    public synchronized void pause(Duration wait) {
        floor = Math.max(floor, millis.getAsLong() + wait.toMillis());
    }

    /** The server refused a call although its quota was kept: it counts the most that a call may take. */
    public synchronized void refusedForRate() {
        chargesWhatWasAsked = true;
    }

    /** Holds to lower limits that the server told. */
    public synchronized void lowerTo(OptionalLong requestsPerMinute, OptionalLong tokensPerMinute) {
        if (requests != null) {
            requestsPerMinute.ifPresent(requests::shrinkTo);
        }
        if (tokens != null) {
            tokensPerMinute.ifPresent(tokens::shrinkTo);
        }
    }

    /** Requests a minute, if they are limited. */
    public synchronized OptionalLong requestsPerMinute() {
        return requests == null ? OptionalLong.empty() : OptionalLong.of(requests.capacity());
    }

    /** Tokens a minute, if they are limited. */
    public synchronized OptionalLong tokensPerMinute() {
        return tokens == null ? OptionalLong.empty() : OptionalLong.of(tokens.capacity());
    }
}
