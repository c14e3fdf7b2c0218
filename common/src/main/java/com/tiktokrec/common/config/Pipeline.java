package com.tiktokrec.common.config;

import java.time.Duration;

/** How much of each user is read, what is kept of it, when a night counts as degraded, and when as gone. */
public record Pipeline(
        int numCategories,
        int maxPostsToAnalyze,
        int maxReposts,
        int maxLikedPosts,
        double minTagAffinity,
        int maxSearchQueries,
        int videosPerQuery,
        double minVideoScore,
        int serveMemoryNights,
        Duration taxonomyMaxAge,
        double maxDegradedRatio,
        Duration takeoverAfter) {

    static Pipeline read(SettingsReader reader) {
        return new Pipeline(
                reader.value("pipeline.num-categories", Rule.count(1, 500)),
                reader.value("pipeline.max-posts-to-analyze", Rule.count(1, 1000)),
                reader.value("pipeline.max-reposts", Rule.count(1, 1000)),
                reader.value("pipeline.max-liked-posts", Rule.count(1, 1000)),
                reader.value("pipeline.min-tag-affinity", Rule.number(0, 1)),
                reader.value("pipeline.max-search-queries", Rule.count(1, 100)),
                reader.value("pipeline.videos-per-query", Rule.count(1, 200)),
                reader.value("pipeline.min-video-score", Rule.number(0, 1)),
                reader.value("pipeline.serve-memory-nights", Rule.count(0, 365)),
                reader.value(
                        "pipeline.taxonomy-max-age", Rule.durationOrZero(Duration.ofMinutes(1), Duration.ofDays(3650))),
                reader.value("pipeline.max-degraded-ratio", Rule.number(0, 1)),
                reader.value("pipeline.takeover-after", Rule.duration(Duration.ofSeconds(30), Duration.ofDays(1))));
    }
}
