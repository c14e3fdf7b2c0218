package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.real;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The store of chat calls: an answer is never bought twice. */
public final class ModelResponses {

    public static final String REQUEST_HASH = "request_hash";
    public static final String MODEL = "model";
    public static final String PROMPT_VERSION = "prompt_version";
    public static final String RESPONSE = "response";
    public static final String LATENCY_MS = "latency_ms";
    public static final String ATTEMPTS = "attempts";
    public static final String CREATED_AT = "created_at";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(REQUEST_HASH),
        string(UserVideos.KIND),
        string(MODEL),
        string(PROMPT_VERSION),
        string(RESPONSE),
        bigint(Runs.PROMPT_TOKENS),
        bigint(Runs.COMPLETION_TOKENS),
        real(Runs.COST_USD),
        bigint(LATENCY_MS),
        bigint(ATTEMPTS),
        timestamp(CREATED_AT)
    });

    public static final Table TABLE = new Table("model_responses", SCHEMA, List.of(REQUEST_HASH), List.of());

    private ModelResponses() {}
}
