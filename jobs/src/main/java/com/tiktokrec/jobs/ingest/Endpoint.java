package com.tiktokrec.jobs.ingest;

import java.util.Map;

/** The API endpoints whose answers are read, and what their items are to tables. */
enum Endpoint {
    USER(null),
    POSTS(Landing.POST),
    REPOSTS(Landing.REPOST),
    LIKES(Landing.LIKE),
    SEARCH(Landing.SEARCH),
    TRENDING(Landing.TRENDING);

    private static final Map<String, Endpoint> BY_NAME = Map.of(
            "user/info", USER,
            "user/info-with-region", USER,
            "user/posts", POSTS,
            "user/repost", REPOSTS,
            "user/liked-posts", LIKES,
            "search/video", SEARCH,
            "search/general", SEARCH,
            "post/trending", TRENDING);

    private final String kind;

    Endpoint(String kind) {
        this.kind = kind;
    }

    /** Kind of its rows in user_videos, or source in search_results; null for the user answers. */
    String kind() {
        return kind;
    }

    boolean isUserList() {
        return this == POSTS || this == REPOSTS || this == LIKES;
    }

    static Endpoint of(String name) throws BadRecord {
        Endpoint endpoint = BY_NAME.get(name.replaceAll("^/+|/+$", ""));
        if (endpoint == null) {
            throw new BadRecord("endpoint is not a known one");
        }
        return endpoint;
    }
}
