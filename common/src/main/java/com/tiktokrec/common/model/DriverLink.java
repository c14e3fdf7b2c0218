package com.tiktokrec.common.model;

/** The way from an executor to the driver of its run. Thread-safe. */
interface DriverLink {

    /** Asks and waits for the answer, which comes at once. */
    Object ask(DeskMessage message);
}
