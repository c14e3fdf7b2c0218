package com.tiktokrec.common.tiktok;

import java.time.Instant;
import java.util.Optional;

/**
 * Where answers are kept between runs, expired or not, as bytes under a key; the oldest give way where the size is
 * reached. Safe for many threads and several processes. Throws {@link java.io.UncheckedIOException} or what its client
 * throws where the store can't be reached.
 */
public interface AnswerCache extends AutoCloseable {

    Optional<byte[]> read(String key);

    /**
     * Keeps an answer, and lets older ones go where it takes their room.
     *
     * @param fetchedAt the answer's age, by which the oldest goes first
     */
    void write(String key, byte[] answer, Instant fetchedAt);

    @Override
    void close();
}
