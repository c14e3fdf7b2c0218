package com.tiktokrec.jobs.ingest;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.integer;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import java.sql.Timestamp;
import java.time.Instant;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A landing file to read.
 *
 * @param input index of the input that named it
 * @param etag as the file system gives it; null where it has none
 * @param known what an earlier run noted of a file with this path and size; null where there was none
 */
record LandingFile(String path, int input, long size, Instant modifiedAt, String etag, Known known) {

    private static final String KNOWN_ETAG = "known_etag";
    private static final String KNOWN_RECORDS = "known_records";
    private static final String KNOWN_BAD = "known_bad";

    static final StructType SCHEMA = new StructType(new StructField[] {
        string(Quarantine.SOURCE_FILE),
        integer(Landing.INPUT),
        bigint(IngestedFiles.SIZE),
        timestamp(IngestedFiles.MODIFIED_AT),
        string(IngestedFiles.ETAG),
        string(KNOWN_ETAG),
        bigint(KNOWN_RECORDS),
        bigint(KNOWN_BAD)
    });

    /** An earlier reading of a file: when it was modified then, its etag or digest, and what it held. */
    record Known(Instant modifiedAt, String etag, long records, long bad) {}

    /** Whether this is the file that was read earlier, as far as a listing can tell. */
    boolean isUnchanged() {
        return known != null && (known.modifiedAt().equals(modifiedAt) || (etag != null && etag.equals(known.etag())));
    }

    LandingFile knownAs(Known earlier) {
        return new LandingFile(path, input, size, modifiedAt, etag, earlier);
    }

    Row row() {
        RowDraft row = new RowDraft(SCHEMA)
                .set(Quarantine.SOURCE_FILE, path)
                .set(Landing.INPUT, input)
                .set(IngestedFiles.SIZE, size)
                .set(IngestedFiles.MODIFIED_AT, modifiedAt)
                .set(IngestedFiles.ETAG, etag);
        if (known != null) {
            row.set(KNOWN_ETAG, known.etag())
                    .set(KNOWN_RECORDS, known.records())
                    .set(KNOWN_BAD, known.bad());
        }
        return row.row();
    }

    static LandingFile of(Row row) {
        Long records = row.getAs(KNOWN_RECORDS);
        Long bad = row.getAs(KNOWN_BAD);
        Instant modifiedAt = row.<Timestamp>getAs(IngestedFiles.MODIFIED_AT).toInstant();
        return new LandingFile(
                row.getAs(Quarantine.SOURCE_FILE),
                row.<Integer>getAs(Landing.INPUT),
                row.<Long>getAs(IngestedFiles.SIZE),
                modifiedAt,
                row.getAs(IngestedFiles.ETAG),
                records == null ? null : new Known(modifiedAt, row.getAs(KNOWN_ETAG), records, bad));
    }
}
