package com.tiktokrec.common.tables;

import static com.tiktokrec.common.tables.Fields.bigint;
import static com.tiktokrec.common.tables.Fields.date;
import static com.tiktokrec.common.tables.Fields.longMap;
import static com.tiktokrec.common.tables.Fields.real;
import static com.tiktokrec.common.tables.Fields.string;
import static com.tiktokrec.common.tables.Fields.strings;
import static com.tiktokrec.common.tables.Fields.timestamp;

import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The record of runs: who writes now, and what each run did and cost. */
public final class Runs {

    public static final String COMMAND = "command";
    public static final String STARTED_AT = "started_at";
    public static final String HEARTBEAT_AT = "heartbeat_at";
    public static final String FINISHED_AT = "finished_at";
    public static final String CONFIG_HASH = "config_hash";
    public static final String CODE_VERSION = "code_version";
    public static final String TABLE_VERSIONS = "table_versions";
    public static final String COUNTS = "counts";
    public static final String MODEL_CALLS = "model_calls";
    public static final String CACHED_CALLS = "cached_calls";
    public static final String PROMPT_TOKENS = "prompt_tokens";
    public static final String COMPLETION_TOKENS = "completion_tokens";
    public static final String COST_USD = "cost_usd";
    public static final String ERROR = "error";

    public static final StructType SCHEMA = new StructType(new StructField[] {
        string(Table.RUN_ID),
        string(COMMAND),
        date(SearchQueries.RUN_DATE),
        timestamp(STARTED_AT),
        timestamp(HEARTBEAT_AT),
        timestamp(FINISHED_AT),
        string(Users.STATUS),
        string(CONFIG_HASH),
        string(CODE_VERSION),
        longMap(TABLE_VERSIONS),
        longMap(COUNTS),
        strings(Recommendations.DEGRADED),
        bigint(MODEL_CALLS),
        bigint(CACHED_CALLS),
        bigint(PROMPT_TOKENS),
        bigint(COMPLETION_TOKENS),
        real(COST_USD),
        string(ERROR)
    });

    public static final Table TABLE = new Table("runs", SCHEMA, List.of(Table.RUN_ID), List.of());

    private Runs() {}
}
