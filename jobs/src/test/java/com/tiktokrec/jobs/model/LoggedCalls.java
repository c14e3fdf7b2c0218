package com.tiktokrec.jobs.model;

import com.tiktokrec.common.model.CallLog;
import com.tiktokrec.common.model.CallTotals;
import java.util.ArrayList;
import java.util.List;

/** Keeps what calls came to. */
final class LoggedCalls implements CallLog {

    private final List<CallTotals> all = new ArrayList<>();

    @Override
    public synchronized void called(String step, CallTotals totals) {
        all.add(totals);
    }

    synchronized CallTotals last() {
        return all.get(all.size() - 1);
    }
}
