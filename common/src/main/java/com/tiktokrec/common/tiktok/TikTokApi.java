package com.tiktokrec.common.tiktok;

/** Answers requests; from the network, a cache, or what was bought before. Safe for many threads. */
@FunctionalInterface
public interface TikTokApi {

    /**
     * The answer to a request.
     *
     * @throws TikTokFailure where there is none, classified by what to do about it
     */
    TikTokAnswer fetch(TikTokRequest request);
}
