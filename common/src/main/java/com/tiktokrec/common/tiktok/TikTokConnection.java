package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Cache;
import com.tiktokrec.common.config.CacheBackend;
import com.tiktokrec.common.config.TikTok;
import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.http.Sleeper;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The API of a run, as the configuration wants it: cache, then retries, pace and budget, then HTTP. The pace is kept
 * over all threads of this process, and by no other one.
 */
public final class TikTokConnection implements AutoCloseable {

    /** One for each server and interval in this JVM: a run that crawls twice keeps the pace in between, too. */
    private static final Map<String, Pace> PACES = new ConcurrentHashMap<>();

    private final HttpTikTokApi http;
    private final PoliteTikTokApi polite;
    private final CachedTikTokApi cached;
    private final AnswerCache answers;
    private final RequestCount count;
    private final RequestTally tally = new RequestTally();

    private TikTokConnection(
            TikTok settings, Cache cache, String key, AnswerCache answers, RequestCount count, Clock clock) {
        this.answers = answers;
        this.count = count;
        Pace pace = PACES.computeIfAbsent(
                URI.create(settings.baseUrl()).getAuthority() + " " + settings.interval(),
                served -> new Pace(settings.interval(), System::nanoTime, Sleeper.THREAD));
        this.http = new HttpTikTokApi(settings.baseUrl(), key, settings.timeout(), clock, pace::sending);
        this.polite = new PoliteTikTokApi(
                http,
                pace,
                count,
                settings.monthlyRequestBudget(),
                RetryPolicy.of(settings.maxAttempts()),
                Sleeper.THREAD,
                () -> ThreadLocalRandom.current().nextDouble(),
                clock,
                tally);
        this.cached = new CachedTikTokApi(
                polite, answers, cache, URI.create(settings.baseUrl()).getAuthority(), clock, tally);
    }

    /**
     * Opens the cache; sends nothing yet.
     *
     * @param key of RapidAPI
     * @throws RunFailure where the key can be none, or the cache's server is not there
     */
    public static TikTokConnection open(TikTok settings, Cache cache, String key, Clock clock) {
        String stripped = key.strip();
        if (stripped.isEmpty() || !stripped.chars().allMatch(character -> character > ' ' && character < 127)) {
            throw RunFailure.usage("RAPIDAPI_KEY is not set, or holds a character that no key has: copy it anew from"
                    + " https://rapidapi.com (see README, \"From the live API\").");
        }
        if (cache.backend() == CacheBackend.REDIS) {
            RedisStore redis = redis(cache);
            return new TikTokConnection(settings, cache, stripped, redis, redis, clock);
        }
        Path folder = Path.of(cache.directory());
        return new TikTokConnection(
                settings,
                cache,
                stripped,
                new DiskAnswerCache(folder.resolve("answers"), cache.maxSize()),
                new DiskRequestCount(folder),
                clock);
    }

    private static RedisStore redis(Cache cache) {
        URI url = URI.create(cache.redisUrl().orElseThrow());
        try {
            return new RedisStore(url.toString(), cache.maxSize());
        } catch (RuntimeException e) {
            // Neither the address nor the exception is told further: both may hold the password.
            throw RunFailure.failed("the Redis server of cache.redis-url at " + url.getHost() + ":" + url.getPort()
                    + " can't be used (" + e.getClass().getSimpleName()
                    + "): start it, mend cache.redis-url, or set cache.backend = disk.");
        }
    }

    public TikTokApi api() {
        return cached;
    }

    public RequestTally tally() {
        return tally;
    }

    /** Why no request is sent any more, if so. */
    public Optional<TikTokFailure> stopped() {
        return polite.stopped();
    }

    /** Requests that the month's budget has left, if there is one. */
    public OptionalLong budgetLeft() {
        return polite.budgetLeft();
    }

    @Override
    public void close() {
        http.close();
        answers.close();
        count.close();
    }
}
