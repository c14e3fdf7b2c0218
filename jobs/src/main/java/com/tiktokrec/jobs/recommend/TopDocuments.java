package com.tiktokrec.jobs.recommend;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The best documents of one query by one score, at most so many; ties go to the smaller ordinal. */
final class TopDocuments {

    /**
     * A scored document.
     *
     * @param ordinal its place among all documents, newest first, then by id: the order that breaks ties
     * @param barred whether it counts in rankings but may be served to nobody
     */
    record Entry(long ordinal, double score, boolean barred) {}

    static final Comparator<Entry> BEST_FIRST =
            Comparator.comparingDouble((Entry entry) -> -entry.score()).thenComparingLong(Entry::ordinal);

    private final int limit;
    private final PriorityQueue<Entry> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

    TopDocuments(int limit) {
        this.limit = limit;
    }

    /** Offers a document; a score of 0 is no match and is not ranked. */
    void offer(long ordinal, double score, boolean barred) {
        if (score == 0) {
            return;
        }
        if (worstFirst.size() == limit) {
            Entry worst = worstFirst.peek();
            if (score < worst.score() || (score == worst.score() && ordinal > worst.ordinal())) {
                return;
            }
            worstFirst.poll();
        }
        worstFirst.add(new Entry(ordinal, score, barred));
    }

    /** The entries, best first. */
    List<Entry> ranked() {
        List<Entry> entries = new ArrayList<>(worstFirst);
        entries.sort(BEST_FIRST);
        return entries;
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(17 * worstFirst.size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Entry entry : worstFirst) {
                out.writeLong(entry.ordinal());
                out.writeDouble(entry.score());
                out.writeBoolean(entry.barred());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The best over several parts, best first. */
    static List<Entry> merged(int limit, Collection<byte[]> parts) {
        TopDocuments merged = new TopDocuments(limit);
        for (byte[] part : parts) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(part))) {
                while (in.available() > 0) {
                    merged.offer(in.readLong(), in.readDouble(), in.readBoolean());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return merged.ranked();
    }
}
