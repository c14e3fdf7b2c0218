package com.tiktokrec.common.config;

/** Where answers of the TikTok API are kept between runs. */
public enum CacheBackend {
    DISK,
    REDIS
}
