package com.tiktokrec.jobs.ingest;

/** Something that takes storage on the executors until it is closed. */
interface Kept extends AutoCloseable {

    @Override
    void close();
}
