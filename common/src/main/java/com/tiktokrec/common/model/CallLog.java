package com.tiktokrec.common.model;

/** Where the totals of model calls go, as they come to be known. */
public interface CallLog {

    /** Called once for each batch of calls. */
    void called(String step, CallTotals totals);

    /** Called where rows asked the same: so many calls were not made twice. */
    default void deduplicated(String step, long calls) {}
}
