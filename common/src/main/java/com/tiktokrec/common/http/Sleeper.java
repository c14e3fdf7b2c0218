package com.tiktokrec.common.http;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits between attempts; injected, so that tests need not wait. */
@FunctionalInterface
public interface Sleeper {

    /** The caller's thread sleeps, to some tenths of a millisecond: {@link Thread#sleep} would round up to a whole one. */
    Sleeper THREAD = duration -> {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(left);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    };

    void sleep(Duration duration) throws InterruptedException;
}
