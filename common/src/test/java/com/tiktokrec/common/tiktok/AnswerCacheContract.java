package com.tiktokrec.common.tiktok;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.Hashes;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of answers and counts does. */
abstract class AnswerCacheContract {

    static final int MAX_BYTES = 10_000;

    private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

    /** Another client of the same store, as another process has one. */
    abstract AnswerCache open();

    abstract RequestCount openCount();

    static String key(int number) {
        return Hashes.sha256("answer " + number);
    }

    static Instant minute(int number) {
        return TikTokServer.NOW.plusSeconds(60L * number);
    }

    private static byte[] answer(int number, int size) {
        byte[] answer = new byte[size];
        new Random(number).nextBytes(answer);
        return answer;
    }

    @Test
    void whatWasWrittenIsReadByAllAsItWas() {
        try (AnswerCache writer = open();
                AnswerCache reader = open()) {
            assertThat(reader.read(key(1))).isEmpty();

            writer.write(key(1), answer(1, 500), minute(1));

            assertThat(reader.read(key(1)))
                    .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(answer(1, 500)));
            assertThat(reader.read(key(2))).isEmpty();
        }
    }

    @Test
    void aLaterAnswerTakesTheEarliersPlace() {
        try (AnswerCache cache = open()) {
            cache.write(key(1), answer(1, 500), minute(1));
            cache.write(key(1), answer(2, 700), minute(2));

            assertThat(cache.read(key(1)))
                    .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(answer(2, 700)));
        }
    }

    @Test
    void theOldestAnswersGiveWayWhereTheSizeIsReached() {
        try (AnswerCache cache = open()) {
            // Written in another order than they were given.
            for (int number : List.of(5, 3, 8, 1, 9, 2, 7, 4, 6, 0)) {
                cache.write(key(number), answer(number, 1000), minute(number));
            }
            cache.write(key(10), answer(10, 1000), minute(10));

            assertThat(cache.read(key(0))).isEmpty();
            assertThat(cache.read(key(9))).isPresent();
            assertThat(cache.read(key(10))).isPresent();
            assertThat(held(cache, 11)).isBetween(8, 10);
        }
    }

    @Test
    void answersThatAreWrittenAnewDoNotAddUp() {
        try (AnswerCache cache = open()) {
            cache.write(key(0), answer(0, 1000), minute(0));
            for (int time = 1; time < 50; time++) {
                cache.write(key(1), answer(time, 1000), minute(time));
            }

            assertThat(cache.read(key(0))).isPresent();
        }
    }

    @Test
    void anAnswerLargerThanAllTheRoomIsNotKeptAndTakesNoOthers() {
        try (AnswerCache cache = open()) {
            cache.write(key(1), answer(1, 500), minute(1));
            cache.write(key(2), answer(2, MAX_BYTES + 1), minute(2));

            assertThat(cache.read(key(1))).isPresent();
            assertThat(cache.read(key(2))).isEmpty();
        }
    }

    @Test
    void manyWritersAtOnceLeaveWholeAnswersAndKeepToTheSize() throws Exception {
        inParallel(8, writer -> {
            try (AnswerCache cache = open()) {
                for (int number = 0; number < 40; number++) {
                    cache.write(key(number), answer(number, 600), minute(number));
                    cache.read(key(39 - number))
                            .ifPresent(bytes -> assertThat(bytes).hasSize(600));
                }
            }
            return null;
        });

        try (AnswerCache cache = open()) {
            cache.write(key(100), answer(100, 600), minute(100));
            for (int number = 0; number < 40; number++) {
                byte[] expected = answer(number, 600);
                cache.read(key(number)).ifPresent(bytes -> assertThat(bytes).isEqualTo(expected));
            }
            assertThat(600 * held(cache, 101)).isLessThanOrEqualTo(MAX_BYTES);
            assertThat(cache.read(key(100))).isPresent();
        }
    }

    private static int held(AnswerCache cache, int numbers) {
        return (int) IntStream.range(0, numbers)
                .filter(number -> cache.read(key(number)).isPresent())
                .count();
    }

    @Test
    void requestsAreCountedByMonthAndOverAllClients() {
        try (RequestCount one = openCount();
                RequestCount other = openCount()) {
            assertThat(one.of(NOVEMBER)).isZero();
            assertThat(one.tryIncrement(NOVEMBER, 100)).isTrue();
            assertThat(other.tryIncrement(NOVEMBER, 100)).isTrue();
            assertThat(other.tryIncrement(NOVEMBER.plusMonths(1), 100)).isTrue();

            assertThat(one.of(NOVEMBER)).isEqualTo(2);
            assertThat(one.of(NOVEMBER.plusMonths(1))).isEqualTo(1);
        }
    }

    @Test
    void noneIsCountedBeyondTheLimitHoweverManyTry() throws Exception {
        List<Integer> allowed = inParallel(8, client -> {
            int counted = 0;
            try (RequestCount count = openCount()) {
                for (int i = 0; i < 20; i++) {
                    counted += count.tryIncrement(NOVEMBER, 50) ? 1 : 0;
                }
            }
            return counted;
        });

        assertThat(allowed.stream().mapToInt(Integer::intValue).sum()).isEqualTo(50);
        try (RequestCount count = openCount()) {
            assertThat(count.of(NOVEMBER)).isEqualTo(50);
            assertThat(count.tryIncrement(NOVEMBER, Long.MAX_VALUE)).isTrue();
        }
    }

    private interface Work<T> {
        T with(int number) throws Exception;
    }

    private static <T> List<T> inParallel(int threads, Work<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<T>> calls = IntStream.range(0, threads)
                    .mapToObj(number -> (Callable<T>) () -> work.with(number))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
