package com.tiktokrec.common.tiktok;

import java.time.YearMonth;

/** Requests sent in each month, over all runs and processes that share the store. Safe for many threads. */
public interface RequestCount extends AutoCloseable {

    /** Counts one request more, unless the month has reached the limit: then tells false and counts nothing. */
    boolean tryIncrement(YearMonth month, long limit);

    long of(YearMonth month);

    @Override
    void close();
}
