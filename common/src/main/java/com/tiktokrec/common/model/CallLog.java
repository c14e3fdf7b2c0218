package com.tiktokrec.common.model;

/** Where the totals of model calls go, as they come to be known. */
public interface CallLog {

    /** Called once for each batch of calls. */
    void called(String step, CallTotals totals);
}
