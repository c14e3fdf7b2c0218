package com.tiktokrec.jobs.generate;

/** Consecutive video indices, {@code end} excluded. */
record Range(int start, int end) {

    int size() {
        return end - start;
    }
}
