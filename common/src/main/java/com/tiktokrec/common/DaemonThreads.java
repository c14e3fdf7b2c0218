package com.tiktokrec.common;

import java.util.concurrent.ThreadFactory;
import org.slf4j.MDC;

/** Threads that keep no JVM alive, and whose log lines carry the run of the thread that asked for them. */
public final class DaemonThreads {

    /**
     * The run id in the context of log lines. Spark takes local properties that begin with {@code mdc.} into the context
     * of its tasks under their whole name, so that one pattern serves driver and executors.
     */
    public static final String RUN_ID = "mdc.run_id";

    private DaemonThreads() {}

    /** Makes threads of one name for the run of the thread that calls this. */
    public static ThreadFactory named(String name) {
        String runId = MDC.get(RUN_ID);
        return work -> {
            Thread thread = new Thread(
                    () -> {
                        if (runId != null) {
                            MDC.put(RUN_ID, runId);
                        }
                        work.run();
                    },
                    name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
