package com.tiktokrec.common.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits between attempts; injected, so that tests need not wait. */
@FunctionalInterface
public interface Sleeper {

    /** The caller's thread sleeps. */
    Sleeper THREAD = duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos());

    void sleep(Duration duration) throws InterruptedException;
}
