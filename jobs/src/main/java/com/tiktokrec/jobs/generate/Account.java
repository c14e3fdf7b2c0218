package com.tiktokrec.jobs.generate;

import java.util.List;

/** A TikTok account as its profile shows it. {@code interests} are indices, the strongest first. */
record Account(
        String username,
        String userId,
        String secUid,
        String nickname,
        String bio,
        String bioLink,
        boolean verified,
        boolean organization,
        String language,
        String region,
        long createdAt,
        List<Integer> interests,
        long followers,
        long following,
        long hearts,
        long videoCount,
        long likesGiven) {}
