package com.tiktokrec.jobs.profile;

import java.util.Locale;

/** What a user did with a video, as {@code user_videos.kind} says it. */
enum ActivityKind {
    POST,
    REPOST,
    LIKE;

    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }
}
