package com.tiktokrec.jobs.generate;

/** What a profiled user does, and how the crawl met them. */
enum Role {
    /** Posts; crawled through the API. */
    CREATOR,
    /** Posts; known from an export of bare items alone. */
    EXPORTED_CREATOR,
    /** Reposts and likes, and posts little or nothing. */
    VIEWER,
    /** Has a private account: a profile without items. */
    PRIVATE,
    /** Has a public account without any activity. */
    EMPTY,
    /** Doesn't exist any more. */
    GONE;

    boolean posts() {
        return this == CREATOR || this == EXPORTED_CREATOR;
    }
}
