package com.tiktokrec.common.tiktok;

import static com.tiktokrec.common.tiktok.TikTokServer.INFO;
import static com.tiktokrec.common.tiktok.TikTokServer.POSTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When requests are sent, on a simulated clock: at a pace, after waits, within a budget, or no more at all. */
class PoliteTikTokApiTest {

    private static final Duration LATENCY = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    private final SimulatedTime time = new SimulatedTime();
    private final List<Duration> sentAt = new ArrayList<>();
    private final Deque<TikTokFailure> failures = new ArrayDeque<>();
    private final RequestTally tally = new RequestTally();
    private final Pace pace = new Pace(Duration.ofSeconds(1), time::nanoTime, time::sleep);
    private double random = 1;
    private OptionalLong budget = OptionalLong.empty();

    private PoliteTikTokApi api() {
        return new PoliteTikTokApi(
                request -> {
                    pace.sending();
                    sentAt.add(time.passed());
                    time.sleep(LATENCY);
                    if (!failures.isEmpty()) {
                        throw failures.pop();
                    }
                    return new TikTokAnswer(request, time.instant(), false, TikTokServer.json("{}"));
                },
                pace,
                new DiskRequestCount(folder),
                budget,
                new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofSeconds(30)),
                time::sleep,
                () -> random,
                time,
                tally);
    }

    private PoliteTikTokApiTest fails(Kind kind) {
        return fails(kind, null);
    }

    private PoliteTikTokApiTest fails(Kind kind, Duration retryAfter) {
        failures.add(new TikTokFailure(kind, kind.words(), retryAfter, null));
        return this;
    }

    private static List<Duration> seconds(double... seconds) {
        List<Duration> durations = new ArrayList<>();
        for (double each : seconds) {
            durations.add(Duration.ofMillis(Math.round(each * 1000)));
        }
        return durations;
    }

    @Test
    void requestsAreSentAnIntervalApartWhateverTheLatency() {
        PoliteTikTokApi api = api();

        for (int i = 0; i < 5; i++) {
            api.fetch(POSTS);
        }

        assertThat(sentAt).isEqualTo(seconds(0, 1, 2, 3, 4));
    }

    @Test
    void timeThatPassedWithoutARequestIsNotMadeUpFor() {
        PoliteTikTokApi api = api();
        api.fetch(POSTS);
        time.sleep(Duration.ofSeconds(10));

        api.fetch(POSTS);
        api.fetch(POSTS);

        assertThat(sentAt).isEqualTo(seconds(0, 10.3, 11.3));
    }

    @Test
    void aRequestThatWasSentLateHoldsTheNextBack() {
        Pace slow = new Pace(Duration.ofSeconds(1), time::nanoTime, time::sleep);
        slow.await();
        time.sleep(Duration.ofMillis(400));
        slow.sending();

        slow.await();
        slow.sending();

        assertThat(time.passed()).isEqualTo(Duration.ofMillis(1400));
    }

    @Test
    void whatARequestDoesBeforeItIsWrittenTakesNothingFromThePace() {
        Pace fast = new Pace(Duration.ofMillis(20), time::nanoTime, time::sleep);
        List<Duration> written = new ArrayList<>();

        for (int request = 0; request < 4; request++) {
            fast.await();
            time.sleep(Duration.ofMillis(request == 2 ? 15 : 4));
            fast.sending();
            written.add(time.passed());
        }

        // The third took longer than it was let through early.
        assertThat(written).isEqualTo(seconds(0.004, 0.024, 0.049, 0.069));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"SERVER_ERROR", "TIMEOUT", "CONNECTION", "MALFORMED"})
    void whatMayPassIsTriedAgainAfterExponentialBackOff(Kind kind) {
        fails(kind).fails(kind).fails(kind);

        api().fetch(POSTS);

        assertThat(sentAt).isEqualTo(seconds(0, 10.3, 30.6, 60.9));
        assertThat(tally.lines()).singleElement().satisfies(line -> {
            assertThat(line.sent()).isEqualTo(4);
            assertThat(line.retried()).isEqualTo(3);
            assertThat(line.answered()).isEqualTo(1);
            assertThat(line.failed()).isEqualTo(Map.of(kind, 3L));
        });
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.25, 2.8", "0.5, 5.3"})
    void theBackOffIsSpreadOverItsBoundAndNeverComesBeforeTheNextTurn(double share, double second) {
        random = share;
        fails(Kind.SERVER_ERROR);

        api().fetch(POSTS);

        assertThat(sentAt).isEqualTo(seconds(0, second));
    }

    @Test
    void tooManyRequestsHoldAllRequestsBackForAsLongAsTheServerAsks() {
        random = 0;
        fails(Kind.RATE, Duration.ofSeconds(45));
        PoliteTikTokApi api = api();

        api.fetch(POSTS);
        api.fetch(INFO);

        assertThat(sentAt).isEqualTo(seconds(0, 45.3, 46.3));
    }

    @Test
    void tooManyRequestsWithoutAWordOfWhenWaitASecondAtLeast() {
        random = 0;
        fails(Kind.RATE);

        api().fetch(POSTS);

        assertThat(sentAt).isEqualTo(seconds(0, 1.3));
    }

    @Test
    void aRunEndsRatherThanSleepForHours() {
        fails(Kind.RATE, Duration.ofHours(2));
        PoliteTikTokApi api = api();

        assertThatThrownBy(() -> api.fetch(POSTS)).hasMessageContaining("wait 120 minutes");
        assertThat(api.stopped()).isPresent();
        assertThat(time.passed()).isEqualTo(LATENCY);
    }

    @Test
    void givesUpAfterTheLastAttemptAndGoesOnWithTheNextRequest() {
        fails(Kind.TIMEOUT).fails(Kind.TIMEOUT).fails(Kind.TIMEOUT).fails(Kind.TIMEOUT);
        PoliteTikTokApi api = api();

        assertThatThrownBy(() -> api.fetch(POSTS)).hasMessage("timeout (given up after 4 attempts)");
        api.fetch(INFO);

        assertThat(sentAt).hasSize(5);
        assertThat(api.stopped()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_FOUND", "PRIVATE", "REFUSED"})
    void whatARetryWouldNotChangeIsAskedOnce(Kind kind) {
        fails(kind);
        PoliteTikTokApi api = api();

        assertThatThrownBy(() -> api.fetch(POSTS)).isInstanceOf(TikTokFailure.class);
        api.fetch(INFO);

        assertThat(sentAt).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"KEY_REFUSED", "NOT_SUBSCRIBED", "QUOTA_SPENT", "MISDIRECTED"})
    void nothingIsSentAfterWhatStopsTheRun(Kind kind) {
        fails(kind);
        PoliteTikTokApi api = api();

        for (int i = 0; i < 3; i++) {
            TikTokFailure failure = catchThrowableOfType(TikTokFailure.class, () -> api.fetch(POSTS));
            assertThat(failure.kind()).isEqualTo(kind);
        }

        assertThat(sentAt).hasSize(1);
        assertThat(api.stopped()).isPresent();
    }

    @Test
    void aBudgetOutlivesTheRunAndItsRetriesCount() {
        budget = OptionalLong.of(3);
        fails(Kind.TIMEOUT);
        PoliteTikTokApi first = api();
        first.fetch(POSTS);
        assertThat(first.budgetLeft()).hasValue(1);

        PoliteTikTokApi second = api();
        second.fetch(POSTS);

        assertThat(second.budgetLeft()).hasValue(0);
        assertThatThrownBy(() -> second.fetch(POSTS))
                .isInstanceOfSatisfying(
                        TikTokFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUDGET_SPENT))
                .hasMessageContaining("tiktok.monthly-request-budget (3) is spent for 2026-11");
        assertThat(sentAt).hasSize(3);
        assertThat(new DiskRequestCount(folder).of(YearMonth.of(2026, 11))).isEqualTo(3);
    }

    @Test
    void aNewMonthHasABudgetOfItsOwn() {
        budget = OptionalLong.of(1);
        api().fetch(POSTS);
        time.sleep(Duration.ofDays(7));

        PoliteTikTokApi api = api();
        api.fetch(POSTS);

        assertThat(api.budgetLeft()).hasValue(0);
    }

    @Test
    void aBudgetOfNothingSendsNothing() {
        budget = OptionalLong.of(0);

        assertThatThrownBy(() -> api().fetch(POSTS)).hasMessageContaining("is spent");
        assertThat(sentAt).isEmpty();
    }

    @Test
    void anInterruptedThreadSendsNothingMore() {
        PoliteTikTokApi api = api();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> api.fetch(POSTS)).isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertThat(sentAt).isEmpty();
    }
}
