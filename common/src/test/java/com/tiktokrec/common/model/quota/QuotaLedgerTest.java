package com.tiktokrec.common.model.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.quota.QuotaLedger.Lease;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaLedgerTest {

    private static final long WINDOW = QuotaLedger.WINDOW.toMillis();
    private static final OptionalLong NONE = OptionalLong.empty();

    private long now = 1_000_000;

    private QuotaLedger requests(long perMinute) {
        return new QuotaLedger(OptionalLong.of(perMinute), NONE, () -> now, Duration.ZERO);
    }

    private QuotaLedger tokens(long perMinute) {
        return new QuotaLedger(NONE, OptionalLong.of(perMinute), () -> now, Duration.ZERO);
    }

    private static Lease lease(QuotaLedger ledger, long tokens) {
        return ledger.lease("an executor", tokens).orElseThrow();
    }

    @Test
    void leasesAtOnceUntilTheQuotaIsOut() {
        QuotaLedger ledger = requests(2);

        assertThat(lease(ledger, 0).notBeforeMillis()).isZero();
        assertThat(lease(ledger, 0).notBeforeMillis()).isZero();
        assertThat(ledger.lease("an executor", 0)).isEmpty();
    }

    @Test
    void aPermitIsSpentUntilAMinuteAfterItsCallEnded() {
        QuotaLedger ledger = requests(1);
        Lease first = lease(ledger, 0);
        now += 7_000;

        ledger.ended(first.id(), 2_000, NONE);

        assertThat(lease(ledger, 0).notBeforeMillis())
                .as("given out ahead, for when it comes back")
                .isEqualTo(WINDOW - 2_000);
        assertThat(ledger.lease("an executor", 0)).isEmpty();
    }

    @Test
    void anUnusedPermitComesBackForWhenItWasGood() {
        QuotaLedger ledger = requests(1);
        ledger.ended(lease(ledger, 0).id(), 0, NONE);
        Lease later = lease(ledger, 0);
        now += 1_000;

        ledger.unused(later.id());

        assertThat(lease(ledger, 0).notBeforeMillis()).isEqualTo(WINDOW - 1_000);
    }

    @Test
    void whatIsGivenBackTwiceCountsOnce() {
        QuotaLedger ledger = requests(1);
        Lease lease = lease(ledger, 0);
        ledger.ended(lease.id(), 0, NONE);
        ledger.ended(lease.id(), 0, NONE);
        ledger.unused(lease.id());

        assertThat(ledger.lease("an executor", 0)).isPresent();
        assertThat(ledger.lease("an executor", 0)).isEmpty();
    }

    @Test
    void aLostExecutorsPermitsCountAsSpentForAMinute() {
        QuotaLedger ledger = requests(2);
        ledger.lease("lost", 0);
        Lease other = lease(ledger, 0);
        now += 5_000;

        ledger.lost("lost");

        assertThat(lease(ledger, 0).notBeforeMillis()).isEqualTo(WINDOW);
        assertThat(ledger.lease("an executor", 0))
                .as("the other's is still out")
                .isEmpty();
        ledger.unused(other.id());
        assertThat(lease(ledger, 0).notBeforeMillis()).isZero();
    }

    @Test
    void afterAnUncleanEndNothingIsSentForAWhile() {
        QuotaLedger ledger = new QuotaLedger(OptionalLong.of(5), NONE, () -> now, Duration.ofSeconds(42));

        assertThat(lease(ledger, 0).notBeforeMillis()).isEqualTo(42_000);
        now += 42_000;
        assertThat(lease(ledger, 0).notBeforeMillis()).isZero();
    }

    @Test
    void tokensAreReservedAtTheirMostAndSettledAtWhatWasUsed() {
        QuotaLedger ledger = tokens(1_000);
        Lease first = lease(ledger, 900);
        assertThat(ledger.lease("an executor", 200)).isEmpty();

        ledger.ended(first.id(), 0, OptionalLong.of(300));

        assertThat(lease(ledger, 700).notBeforeMillis()).isZero();
        assertThat(lease(ledger, 300).notBeforeMillis()).isEqualTo(WINDOW);
    }

    @Test
    void aCallWhoseTokensAreNotKnownCountsInFull() {
        QuotaLedger ledger = tokens(1_000);
        ledger.ended(lease(ledger, 900).id(), 0, NONE);

        assertThat(lease(ledger, 100).notBeforeMillis()).isZero();
        assertThat(lease(ledger, 1).notBeforeMillis()).isEqualTo(WINDOW);
    }

    @Test
    void moreTokensThanWereAskedForArePaidOffAndExpectedFromThenOn() {
        QuotaLedger ledger = tokens(1_000);
        ledger.ended(lease(ledger, 100).id(), 0, OptionalLong.of(200));

        assertThat(lease(ledger, 400).notBeforeMillis())
                .as("counts as 800 now: all that is left")
                .isZero();
        assertThat(lease(ledger, 1).notBeforeMillis()).isEqualTo(WINDOW);
    }

    @Test
    void aCallLargerThanTheQuotaGoesAlone() {
        QuotaLedger ledger = tokens(1_000);
        Lease large = lease(ledger, 5_000);

        assertThat(large.notBeforeMillis()).isZero();
        assertThat(ledger.lease("an executor", 1)).isEmpty();
        ledger.ended(large.id(), 0, OptionalLong.of(5_000));
        assertThat(lease(ledger, 1).notBeforeMillis()).isEqualTo(WINDOW);
    }

    @Test
    void aServerThatRefusesThoughTheQuotaIsKeptCountsTheMostThatACallMayTake() {
        QuotaLedger ledger = tokens(1_000);
        ledger.refusedForRate();
        ledger.ended(lease(ledger, 900).id(), 0, OptionalLong.of(300));

        assertThat(lease(ledger, 100).notBeforeMillis()).isZero();
        assertThat(lease(ledger, 1).notBeforeMillis()).isEqualTo(WINDOW);
    }

    @Test
    void whatTheServerSaysIsHeldTo() {
        QuotaLedger ledger = requests(10);
        ledger.pause(Duration.ofSeconds(70));
        ledger.lowerTo(OptionalLong.of(1), NONE);

        assertThat(lease(ledger, 0).notBeforeMillis()).isEqualTo(70_000);
        assertThat(ledger.lease("an executor", 0)).isEmpty();
        ledger.lowerTo(OptionalLong.of(100), NONE);
        assertThat(ledger.requestsPerMinute()).as("never more than configured").hasValue(1);
    }

    @Test
    void withoutAQuotaEveryCallMayGoAtOnce() {
        QuotaLedger ledger = new QuotaLedger(NONE, NONE, () -> now, Duration.ZERO);

        for (int call = 0; call < 1_000; call++) {
            assertThat(lease(ledger, 1_000_000).notBeforeMillis()).isZero();
        }
    }

    /** A server that counts a call at any moment between its sending and its end. */
    private record Counted(long at, long tokens) {}

    private record Ending(long at, long id, String executor, long used) {}

    @ParameterizedTest
    @CsvSource({"600, 0, 1", "600, 0, 2", "0, 60000, 3", "600, 50000, 4", "60, 0, 5", "5000, 1000000, 6"})
    void noMinuteEverHoldsMoreThanTheQuotaAndLittleOfItIsLeftUnused(long rpm, long tpm, long seed) {
        Random random = new Random(seed);
        QuotaLedger ledger = new QuotaLedger(
                rpm > 0 ? OptionalLong.of(rpm) : NONE, tpm > 0 ? OptionalLong.of(tpm) : NONE, () -> now, Duration.ZERO);
        long start = now;
        long end = start + Duration.ofMinutes(10).toMillis();
        int inFlightOfAnExecutor = 64;
        List<Counted> counted = new ArrayList<>();
        PriorityQueue<Ending> endings = new PriorityQueue<>(Comparator.comparingLong(Ending::at));
        int[] out = new int[3];
        long answered = 0;
        long answeredTokens = 0;
        while (now < end) {
            while (!endings.isEmpty() && endings.peek().at() <= now) {
                Ending ending = endings.poll();
                out[Integer.parseInt(ending.executor())]--;
                // Some reports come late, and some calls fail without a word on their tokens.
                long ago = now - ending.at();
                ledger.ended(ending.id(), ago, ending.used() > 0 ? OptionalLong.of(ending.used()) : NONE);
                answered++;
                answeredTokens += ending.used();
            }
            for (int executor = 0; executor < out.length; executor++) {
                while (out[executor] < inFlightOfAnExecutor) {
                    long most = 60L + random.nextInt(80);
                    Optional<Lease> lease = ledger.lease(Integer.toString(executor), most);
                    if (lease.isEmpty()) {
                        break;
                    }
                    if (random.nextInt(50) == 0) {
                        ledger.unused(lease.get().id());
                        continue;
                    }
                    long sent = now + lease.get().notBeforeMillis() + random.nextInt(5);
                    long latency = 200 + (long) (300 * Math.exp(random.nextGaussian() / 2));
                    long used = random.nextInt(100) == 0 ? 0 : most - random.nextInt(3);
                    counted.add(new Counted(sent + (long) (latency * random.nextDouble()), used == 0 ? most : used));
                    endings.add(new Ending(sent + latency, lease.get().id(), Integer.toString(executor), used));
                    out[executor]++;
                }
            }
            now += 20 + random.nextInt(60);
        }
        assertNoMinuteHoldsMore(counted, rpm > 0 ? rpm : Long.MAX_VALUE, tpm > 0 ? tpm : Long.MAX_VALUE);
        double minutes = (end - start) / 60_000.0;
        double requestShare = rpm > 0 ? answered / minutes / rpm : 0;
        double tokenShare = tpm > 0 ? answeredTokens / minutes / tpm : 0;
        assertThat(Math.max(requestShare, tokenShare)).isBetween(0.95, 1.05);
    }

    private static void assertNoMinuteHoldsMore(List<Counted> counted, long mostRequests, long mostTokens) {
        List<Counted> inOrder =
                counted.stream().sorted(Comparator.comparingLong(Counted::at)).toList();
        Deque<Counted> minute = new ArrayDeque<>();
        long tokens = 0;
        for (Counted call : inOrder) {
            minute.addLast(call);
            tokens += call.tokens();
            while (minute.getFirst().at() <= call.at() - 60_000) {
                tokens -= minute.removeFirst().tokens();
            }
            assertThat((long) minute.size()).isLessThanOrEqualTo(mostRequests);
            assertThat(tokens).isLessThanOrEqualTo(mostTokens);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void executorsThatAreLostAtRandomBreakNoQuota(long seed) {
        Random random = new Random(seed);
        QuotaLedger ledger = requests(100);
        List<Counted> counted = new ArrayList<>();
        PriorityQueue<Ending> endings = new PriorityQueue<>(Comparator.comparingLong(Ending::at));
        for (int tick = 0; tick < 20_000; tick++) {
            while (!endings.isEmpty() && endings.peek().at() <= now) {
                ledger.ended(endings.peek().id(), now - endings.poll().at(), NONE);
            }
            String executor = Integer.toString(random.nextInt(4));
            if (random.nextInt(500) == 0) {
                ledger.lost(executor);
                endings.removeIf(ending -> ending.executor().equals(executor));
                // What it had not sent yet it never sends; what it had sent counts when it was sent.
                counted.removeIf(call -> call.at() > now);
            }
            ledger.lease(executor, 1).ifPresent(lease -> {
                long sent = now + lease.notBeforeMillis();
                counted.add(new Counted(sent, 1));
                endings.add(new Ending(sent + 500, lease.id(), executor, 0));
            });
            now += random.nextInt(60);
        }
        assertNoMinuteHoldsMore(counted, 100, Long.MAX_VALUE);
    }
}
