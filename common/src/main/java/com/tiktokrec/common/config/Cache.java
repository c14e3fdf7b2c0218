package com.tiktokrec.common.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The cache of TikTok API answers; maxSize is in bytes, ttlByEndpoint's keys are endpoints such as user/posts. */
public record Cache(
        Duration ttl,
        Map<String, Duration> ttlByEndpoint,
        CacheBackend backend,
        String directory,
        Optional<String> redisUrl,
        long maxSize) {

    /** How long an answer of the endpoint stays fresh. */
    public Duration ttl(String endpoint) {
        return ttlByEndpoint.getOrDefault(endpoint, ttl);
    }

    static Cache read(SettingsReader reader, Mistakes mistakes) {
        Rule<Duration> ttl = Rule.durationOrZero(Duration.ofSeconds(1), Duration.ofDays(3650));
        Cache cache = new Cache(
                reader.value("cache.ttl", ttl),
                reader.map("cache.ttl-by-endpoint", ttl),
                reader.value("cache.backend", Rule.oneOf(CacheBackend.class)),
                reader.value("cache.directory", Rule.name()),
                reader.optional("cache.redis-url", Rule.redisAddress()),
                reader.value("cache.max-size", Rule.size(1L << 20, "1MiB")));
        if (cache.backend == CacheBackend.REDIS && !reader.present("cache.redis-url")) {
            String rule = "needs cache.redis-url, which is not set";
            mistakes.note("cache.backend", "redis", rule, reader.origin("cache.backend"));
        }
        return cache;
    }

    /** Without the password that redisUrl may hold. */
    @Override
    public String toString() {
        return "Cache[ttl=%s, ttlByEndpoint=%s, backend=%s, directory=%s, redisUrl=%s, maxSize=%d]"
                .formatted(ttl, ttlByEndpoint, backend, directory, redisUrl.map(Secrets::masked), maxSize);
    }
}
