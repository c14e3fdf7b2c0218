package com.tiktokrec.jobs.generate;

/** A video with its author. {@code index} is its place in the {@link Catalog}; times are seconds since 1970. */
record Video(
        int index,
        String id,
        Account author,
        Interest interest,
        long createTime,
        int durationSeconds,
        Caption caption,
        Counts counts) {

    Quirk quirk() {
        return Quirk.of(index);
    }

    Video grownBy(double factor) {
        return new Video(index, id, author, interest, createTime, durationSeconds, caption, counts.grownBy(factor));
    }
}
