package com.tiktokrec.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.DeskMessage.Ask;
import com.tiktokrec.common.model.DeskMessage.Ended;
import com.tiktokrec.common.model.DeskMessage.Leases;
import com.tiktokrec.common.model.DeskMessage.Throttled;
import com.tiktokrec.common.model.DeskMessage.Want;
import com.tiktokrec.common.model.client.ModelCallException.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The driver's side of a run's calls, on a clock that the test turns. */
class CallDeskTest {

    private long now = 5_000;

    private CallDesk desk(OptionalLong requestsPerMinute, OptionalDouble budgetUsd) {
        return CallDesk.detached(
                "run",
                new CallRules(
                        Map.of(ModelKind.CHAT, new CallRules.Quota(requestsPerMinute, OptionalLong.empty())),
                        budgetUsd,
                        2_000,
                        Duration.ofMinutes(1)),
                () -> now);
    }

    private CallDesk desk() {
        return desk(OptionalLong.empty(), OptionalDouble.empty());
    }

    private static Leases ask(CallDesk desk, int calls, double usd, Ended... ended) {
        return ask(desk, "executor 1", calls, usd, ended);
    }

    private static Leases ask(CallDesk desk, String executor, int calls, double usd, Ended... ended) {
        return (Leases) desk.answer(new Ask(
                "run",
                ModelKind.CHAT,
                executor,
                Stream.generate(() -> new Want(100, usd)).limit(calls).toList(),
                List.of(ended),
                List.of(),
                new Throttled(0, 0, 0, 1)));
    }

    private static Ended ended(long lease, String how, String stop, long pauseMillis) {
        return new Ended(lease, 0, how, 0, 0, 0, 0, false, 10, stop, pauseMillis, 0, 0);
    }

    private static Ended failed(Outcome outcome) {
        return ended(0, outcome.name(), null, 0);
    }

    @Test
    void leasesAtOnceOrSaysToAskAgain() {
        CallDesk desk = desk(OptionalLong.of(2), OptionalDouble.empty());

        Leases leases = ask(desk, 3, 0);

        assertThat(leases.grants()).extracting(grant -> grant.lease() > 0).containsExactly(true, true, false);
        assertThat(leases.stopped()).isNull();
    }

    @Test
    void aFinalFailureStopsEveryExecutorWithItsNextQuestion() {
        CallDesk desk = desk();
        ask(desk, 0, 0, ended(1, "STOPPED", "the key was refused", 0));

        Leases leases = ask(desk, 1, 0);

        assertThat(leases.stopped()).isEqualTo("the key was refused");
        assertThat(leases.grants().get(0).lease()).isZero();
        assertThat(desk.stopped(ModelKind.EMBEDDING))
                .as("the other model may be well")
                .isEmpty();
    }

    @Test
    void aRefusalForRateHoldsUpEveryExecutor() {
        CallDesk desk = desk(OptionalLong.of(100), OptionalDouble.empty());
        ask(desk, 0, 0, ended(1, Outcome.RATE_LIMITED.name(), null, 70_000));

        Leases leases = ask(desk, 1, 0);

        assertThat(leases.pauseMillis()).isEqualTo(70_000);
        assertThat(leases.grants().get(0).delayMillis()).isEqualTo(70_000);
        now += 70_000;
        assertThat(ask(desk, 1, 0).pauseMillis()).isZero();
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpAfterAMinuteAndOneThatDidAfterFive() {
        CallDesk never = desk();
        ask(never, 0, 0, failed(Outcome.CONNECTION));
        now += 59_000;
        assertThat(ask(never, 0, 0, failed(Outcome.CONNECTION)).stopped()).isNull();
        now += 1_000;
        assertThat(ask(never, 0, 0, failed(Outcome.CONNECTION)).stopped()).contains("no answer for 1 min");

        CallDesk once = desk();
        ask(once, 0, 0, ended(1, Ended.ANSWERED, null, 0));
        now += 3_600_000;
        assertThat(ask(once, 0, 0, failed(Outcome.SERVER_ERROR)).stopped())
                .as("an hour without a call is no failure")
                .isNull();
        now += 299_000;
        assertThat(ask(once, 0, 0, failed(Outcome.SERVER_ERROR)).stopped()).isNull();
        now += 1_000;
        assertThat(ask(once, 0, 0, failed(Outcome.SERVER_ERROR)).stopped()).contains("no answer for 5 min");
    }

    @Test
    void aServerThatRefusesIsThere() {
        CallDesk desk = desk();
        for (int minute = 0; minute < 10; minute++) {
            assertThat(ask(desk, 0, 0, failed(Outcome.RATE_LIMITED)).stopped()).isNull();
            now += 60_000;
        }
        assertThat(ask(desk, 0, 0, failed(Outcome.TIMEOUT)).stopped()).isNull();
    }

    @Test
    void theBudgetIsReservedBeforeACallAndItsEndStopsTheRun() {
        CallDesk desk = desk(OptionalLong.empty(), OptionalDouble.of(1));

        Leases first = ask(desk, 2, 0.6);
        assertThat(first.grants()).extracting(grant -> grant.lease() > 0).containsExactly(true, false);
        assertThat(first.stopped()).as("what is under way may cost less").isNull();
        Ended cost =
                new Ended(first.grants().get(0).lease(), 0, Ended.ANSWERED, 10, 10, 0.5, 0.6, false, 10, null, 0, 0, 0);
        Leases second = ask(desk, 1, 0.6, cost);

        assertThat(second.stopped()).contains("models.budget-usd");
        assertThat(desk.budgetSpent()).isTrue();
    }

    @Test
    void whatALostExecutorHadOutCountsAsPaidOnceAndHoldsNobodyUp() {
        CallDesk desk = desk(OptionalLong.empty(), OptionalDouble.of(1));
        long lease = ask(desk, "executor 1", 1, 0.6).grants().get(0).lease();
        assertThat(ask(desk, "executor 2", 1, 0.6).stopped())
                .as("it may cost less")
                .isNull();

        desk.lost("executor 1");

        assertThat(ask(desk, "executor 2", 1, 0.3).grants().get(0).lease())
                .as("0.4 is left")
                .isPositive();
        // A message of the lost one that comes late changes nothing.
        ask(desk, "executor 1", 0, 0, new Ended(lease, 0, Ended.ANSWERED, 10, 10, 0.5, 0.6, false, 10, null, 0, 0, 0));
        desk.lost("executor 2");
        assertThat(ask(desk, "executor 3", 1, 0.2).stopped()).contains("models.budget-usd");
    }

    @Test
    void callsUnderWayAreToldUntilTheirStepTellsItsTotals() {
        CallDesk desk = desk();
        try (CallDesk.Batch batch = desk.begin("profile", ModelKind.CHAT, 2, 8)) {
            long lease = ask(desk, 1, 0).grants().get(0).lease();
            assertThat(desk.underWay().attempts()).isZero();
            now += 2_000;
            ask(desk, 0, 0, new Ended(lease, 0, Ended.ANSWERED, 10, 5, 0.5, 0, false, 1_000, null, 0, 0, 0));
            desk.answer(new DeskMessage.Staged("run", batch.id(), 1, List.of("0".repeat(64)), 1, 0, 1, null));

            CallTotals underWay = desk.underWay();
            assertThat(underWay.attempts()).isEqualTo(1);
            assertThat(underWay.promptTokens()).isEqualTo(10);
            assertThat(underWay.completionTokens()).isEqualTo(5);
            assertThat(underWay.costUsd()).isEqualTo(0.5);
            assertThat(desk.figures())
                    .as("one row in 2 s, where 8 calls of 1 s at once allow 8 rows a second")
                    .containsEntry("chat_efficiency_percent", 6L);

            assertThat(batch.totals(2).attempts()).isEqualTo(1);
            assertThat(desk.underWay()).isEqualTo(CallTotals.NONE);
        }
        assertThat(desk.figures())
                .as("the same after the step as while it went on")
                .containsEntry("chat_efficiency_percent", 6L);
    }

    @Test
    void anAttemptWhoseFateNobodyKnowsCountsAsPaid() {
        CallDesk desk = desk(OptionalLong.empty(), OptionalDouble.of(1));
        long lease = ask(desk, 1, 0.6).grants().get(0).lease();

        Leases next =
                ask(desk, 1, 0.6, new Ended(lease, 0, Outcome.TIMEOUT.name(), 0, 0, 0, 0.6, true, 10, null, 0, 0, 0));

        assertThat(next.stopped()).contains("models.budget-usd");
    }

    @Test
    void saysHowFarAStepIsAndWhatItCameTo() {
        CallDesk desk = desk(OptionalLong.of(60), OptionalDouble.empty());
        try (CallDesk.Batch batch = desk.begin("profile", ModelKind.CHAT, 40, 8)) {
            long lease = ask(desk, 1, 0).grants().get(0).lease();
            now += 10_000;
            ask(desk, 0, 0, new Ended(lease, 0, Ended.ANSWERED, 90, 10, 0.25, 0, false, 10_000, null, 0, 0, 0));
            desk.answer(new DeskMessage.Staged("run", batch.id(), 7, List.of("0".repeat(64)), 1, 0, 1, null));

            assertThat(desk.progress())
                    .containsExactly(new CallProgress("profile", 1, 40, 0.1, 0.25, Duration.ofSeconds(390)));
            assertThat(batch.totals(50)).isEqualTo(new CallTotals(50, 10, 1, 39, 1, 90, 10, 0.25, null));
        }
        assertThat(desk.figures())
                .containsEntry("chat_attempts_answered", 1L)
                .as("one in ten seconds: 8 in flight at 10 s each would be 0.8 a second, the quota 1")
                .containsEntry("chat_efficiency_percent", 13L);
    }
}
