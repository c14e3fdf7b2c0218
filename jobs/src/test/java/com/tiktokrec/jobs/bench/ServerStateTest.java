package com.tiktokrec.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.bench.ServerState.Decision;
import com.tiktokrec.jobs.bench.ServerState.Fate;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ServerStateTest {

    private static final long SECOND = 1_000_000_000L;

    private static long[] input(long hash) {
        return new long[] {hash};
    }

    @Test
    void refusesWhatIsOverTheRequestQuotaOfAnySixtySeconds() {
        ServerState state = new ServerState(new Load(100, 0, 2, 0, 8, 0, 0, 0, 1));

        assertThat(state.arrived(0, input(1), 1).fate()).isEqualTo(Fate.ANSWER);
        assertThat(state.arrived(50 * SECOND, input(2), 1).fate()).isEqualTo(Fate.ANSWER);
        Decision third = state.arrived(55 * SECOND, input(3), 1);
        assertThat(third.fate()).isEqualTo(Fate.REFUSED_REQUESTS);
        assertThat(third.retryNanos()).isEqualTo(5 * SECOND);
        assertThat(state.arrived(60 * SECOND, input(3), 1).fate())
                .as("the first one's 60 s are over, and a refusal takes no place")
                .isEqualTo(Fate.ANSWER);
        assertThat(state.counts().mostRequests())
                .as("refused ones are seen, too")
                .isEqualTo(3);
    }

    @Test
    void refusesWhatIsOverTheTokenQuota() {
        ServerState state = new ServerState(new Load(100, 0, 0, 100, 8, 0, 0, 0, 1));

        assertThat(state.arrived(0, input(1), 70).fate()).isEqualTo(Fate.ANSWER);
        assertThat(state.arrived(1, input(2), 31).fate()).isEqualTo(Fate.REFUSED_TOKENS);
        assertThat(state.arrived(2, input(2), 30).fate()).isEqualTo(Fate.ANSWER);
        assertThat(state.tokens(3).remaining()).isZero();
        assertThat(state.counts().mostTokens()).isEqualTo(100);
    }

    @Test
    void onlyWhatComesAfterItsWholeAnswerCountsAsSentAgain() {
        ServerState state = new ServerState(new Load(100, 0, 0, 0, 8, 0, 0, 0, 1));

        state.arrived(0, input(1), 1);
        state.arrived(1, input(1), 1);
        assertThat(state.counts().sentAgain()).as("no answer yet").isZero();
        state.left(2, Fate.ANSWER, input(1), false);
        state.arrived(3, input(1), 1);
        assertThat(state.counts().sentAgain()).as("the answer broke off").isZero();
        state.left(4, Fate.ANSWER, input(1), true);
        state.arrived(5, input(1), 1);

        assertThat(state.counts().sentAgain()).isEqualTo(1);
    }

    @Test
    void failuresComeInTheirShares() {
        ServerState state = new ServerState(new Load(100, 0, 0, 0, 8, 0, 0, 0, 1).withFailures());
        int requests = 100_000;

        for (int request = 0; request < requests; request++) {
            Decision decision = state.arrived(request, input(request), 1);
            state.left(request, decision.fate(), input(request), true);
        }

        Counts counts = state.counts();
        assertThat(counts.outcome("error") / (double) requests).isEqualTo(0.02, Offset.offset(0.002));
        assertThat(counts.outcome("cut") / (double) requests).isEqualTo(0.01, Offset.offset(0.002));
        assertThat(counts.outcome("slow") / (double) requests).isEqualTo(0.01, Offset.offset(0.002));
        assertThat(counts.outcome("answered")).isEqualTo(requests - counts.outcome("error") - counts.outcome("cut"));
    }

    @Test
    void latenciesAreLogNormalAroundTheirMedian() {
        ServerState state = new ServerState(new Load(400, 0.6, 0, 0, 8, 0, 0, 0, 1));
        long[] latencies = new long[20_000];

        for (int request = 0; request < latencies.length; request++) {
            latencies[request] = state.arrived(request, input(request), 1).latencyNanos() / 1_000_000;
        }

        Arrays.sort(latencies);
        assertThat(latencies[latencies.length / 2]).isBetween(390L, 410L);
        assertThat(latencies[latencies.length * 99 / 100]).as("a heavy tail").isBetween(1500L, 1750L);
        assertThat(state.counts().meanLatencyMillis()).isEqualTo(400 * Math.exp(0.18), Offset.offset(8.0));
    }

    @Test
    void answersAreCountedByTheSecond() {
        ServerState state = new ServerState(new Load(100, 0, 0, 0, 8, 0, 0, 0, 1));
        long start = 7 * SECOND;

        state.arrived(start, new long[] {1, 2, 3}, 3);
        state.arrived(start, input(4), 1);
        state.left(start + SECOND / 2, Fate.ANSWER, new long[] {1, 2, 3}, true);
        state.left(start + 2 * SECOND, Fate.ANSWER, input(4), true);

        Counts counts = state.counts();
        assertThat(counts.answeredInputs()).containsExactly(3L, 0L, 1L);
        assertThat(counts.answeredWithin(2)).isEqualTo(3);
        assertThat(counts.firstToLastMillis()).isEqualTo(2000);
        assertThat(counts.mostAtOnce()).isEqualTo(2);
    }
}
