package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/**
 * What a profile was made from, as one hash: a user whose hash is the same needs no new profile.
 *
 * <p>A profile that a fallback made carries the fallback's name before its hash, so that it differs from any plain hash
 * and the next run tries again.
 */
public final class InputHash {

    /** Earlier tags stayed, since no new ones could be had. */
    static final String KEPT = "kept";

    /** Keywords stood in for the language model. */
    static final String KEYWORD_TAGS = "keyword_tags";

    private static final String SEPARATOR = ":";

    private InputHash() {}

    /** The stored form: the hash, behind the fallback's name where there was one. */
    static Column stored(Column fallback, Column hash) {
        return when(fallback.isNull(), hash).otherwise(concat(fallback, lit(SEPARATOR), hash));
    }

    /** The fallback that made the profile with this stored hash: {@code kept}, {@code keyword_tags} or null. */
    public static Column fallback(Column stored) {
        return when(stored.startsWith(KEPT + SEPARATOR), lit(KEPT))
                .when(stored.startsWith(KEYWORD_TAGS + SEPARATOR), lit(KEYWORD_TAGS));
    }
}
