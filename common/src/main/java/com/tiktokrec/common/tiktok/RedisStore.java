package com.tiktokrec.common.tiktok;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.RedisClient;

/**
 * Answers and request counts on a Redis server, for machines that share them. Each change is one script, so that the
 * sizes add up however many write; the keys share a hash tag, as a cluster asks for. Throws what Jedis throws.
 */
public final class RedisStore implements AnswerCache, RequestCount {

    private static final String PREFIX = "{tiktok-rec}:";
    private static final String ANSWER = PREFIX + "answer:";
    private static final byte[] DATES = bytes(PREFIX + "dates");
    private static final byte[] SIZES = bytes(PREFIX + "sizes");
    private static final byte[] TOTAL = bytes(PREFIX + "total");
    private static final Duration MONTH_KEPT = Duration.ofDays(62);

    private static final byte[] WRITE = bytes("""
            local size = string.len(ARGV[2])
            local before = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
            redis.call('SET', ARGV[5] .. ARGV[1], ARGV[2])
            redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
            redis.call('HSET', KEYS[2], ARGV[1], size)
            local total = redis.call('INCRBY', KEYS[3], size - before)
            while total > tonumber(ARGV[4]) do
              local oldest = redis.call('ZPOPMIN', KEYS[1])[1]
              if not oldest then break end
              local freed = tonumber(redis.call('HGET', KEYS[2], oldest) or '0')
              redis.call('HDEL', KEYS[2], oldest)
              redis.call('DEL', ARGV[5] .. oldest)
              total = redis.call('DECRBY', KEYS[3], freed)
            end
            return total
            """);

    private static final String INCREMENT = """
            local count = tonumber(redis.call('GET', KEYS[1]) or '0')
            if count >= tonumber(ARGV[1]) then return 0 end
            redis.call('INCR', KEYS[1])
            redis.call('EXPIRE', KEYS[1], ARGV[2])
            return 1
            """;

    private final RedisClient redis;
    private final long maxBytes;

    /** Connects at once: a server that is not there is better told before anything is bought. */
    public RedisStore(String url, long maxBytes) {
        this.redis = RedisClient.create(URI.create(url));
        this.maxBytes = maxBytes;
        redis.ping();
    }

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(redis.get(bytes(ANSWER + key)));
    }

    @Override
    public void write(String key, byte[] answer, Instant fetchedAt) {
        if (answer.length > maxBytes) {
            return;
        }
        redis.eval(
                WRITE,
                List.of(DATES, SIZES, TOTAL),
                List.of(
                        bytes(key),
                        answer,
                        bytes(Long.toString(fetchedAt.toEpochMilli())),
                        bytes(Long.toString(maxBytes)),
                        bytes(ANSWER)));
    }

    @Override
    public boolean tryIncrement(YearMonth month, long limit) {
        Object counted = redis.eval(
                INCREMENT, List.of(count(month)), List.of(Long.toString(limit), Long.toString(MONTH_KEPT.toSeconds())));
        return counted.equals(1L);
    }

    @Override
    public long of(YearMonth month) {
        String count = redis.get(count(month));
        return count == null ? 0 : Long.parseLong(count);
    }

    private static String count(YearMonth month) {
        return PREFIX + "requests:" + month;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        redis.close();
    }
}
