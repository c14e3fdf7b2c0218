package com.tiktokrec.common.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The {@link Frozen} rows of a job, let go together at its end. */
public final class FrozenFrames implements AutoCloseable {

    private final Deque<Frozen> kept = new ArrayDeque<>();

    /** The same rows, worked out once. */
    public Dataset<Row> freeze(Dataset<Row> rows) {
        Frozen frozen = Frozen.of(rows);
        kept.push(frozen);
        return frozen.rows();
    }

    @Override
    public void close() {
        kept.forEach(Frozen::close);
        kept.clear();
    }
}
