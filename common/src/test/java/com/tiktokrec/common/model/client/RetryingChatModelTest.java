package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tiktokrec.common.http.RetryPolicy;
import com.tiktokrec.common.model.client.ChatAnswer.Finish;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryingChatModelTest {

    private static final ChatPrompt PROMPT = new ChatPrompt("system", "user", "name", "{}");
    private static final ChatAnswer ANSWER = new ChatAnswer("{}", Finish.STOP, 1, 1);

    private final Script script = new Script();
    private final List<Duration> slept = new ArrayList<>();
    private double random = 1;
    private final ChatModel model = new RetryingChatModel(
            script, new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofSeconds(30)), slept::add, () -> random);

    @Test
    void answersAtOnceWithoutWaiting() {
        script.then(ANSWER);

        assertThat(model.complete(PROMPT).attempts()).isEqualTo(1);
        assertThat(slept).isEmpty();
    }

    @Test
    void waitsExponentiallyUpToTheGreatestBoundAndCountsAttempts() {
        script.then(retriable(null)).then(retriable(null)).then(retriable(null)).then(ANSWER);

        ChatAnswer answer = model.complete(PROMPT);

        assertThat(answer).isEqualTo(new ChatAnswer("{}", Finish.STOP, 1, 1, 4));
        assertThat(slept).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"0, PT0S", "0.25, PT2.5S", "0.999, PT9.99S"})
    void spreadsTheWaitOverAllOfTheBound(double share, Duration expected) {
        random = share;
        script.then(retriable(null)).then(ANSWER);

        model.complete(PROMPT);

        assertThat(slept).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT70S", "PT26H"})
    void waitsAsLongAsTheServerAsks(Duration asked) {
        script.then(retriable(asked)).then(ANSWER);

        model.complete(PROMPT);

        assertThat(slept).containsExactly(asked);
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        script.then(retriable(null)).then(retriable(null)).then(retriable(null)).then(retriable(null));

        assertThatThrownBy(() -> model.complete(PROMPT))
                .isInstanceOfSatisfying(
                        ModelCallException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RETRIABLE))
                .hasMessage("busy (given up after 4 attempts)");
        assertThat(slept).as("no wait after the last").hasSize(3);
        assertThat(script.calls).isEqualTo(4);
    }

    @Test
    void doesNotRetryABadInputAndGoesOnWithTheNext() {
        script.then(new ModelCallException(Kind.INPUT, "bad")).then(ANSWER);

        assertThatThrownBy(() -> model.complete(PROMPT)).hasMessage("bad");
        assertThat(model.complete(PROMPT)).isEqualTo(ANSWER);
        assertThat(slept).isEmpty();
    }

    @Test
    void callsNoMoreAfterAFinalFailure() {
        script.then(new ModelCallException(Kind.FINAL, "key refused")).then(ANSWER);

        for (int i = 0; i < 3; i++) {
            ModelCallException failure = catchThrowableOfType(ModelCallException.class, () -> model.complete(PROMPT));
            assertThat(failure.kind()).isEqualTo(Kind.FINAL);
            assertThat(failure).hasMessage("key refused");
        }
        assertThat(script.calls).as("calls that reached the model").isEqualTo(1);
    }

    @Test
    void aFinalFailureElsewhereEndsTheAttemptsOfACallThatWaits() {
        Script other = new Script();
        List<ChatModel> self = new ArrayList<>();
        other.then(retriable(null)).then(new ModelCallException(Kind.FINAL, "quota spent"));
        self.add(new RetryingChatModel(
                other,
                RetryPolicy.of(6),
                wait -> assertThatThrownBy(() -> self.get(0).complete(PROMPT)).hasMessage("quota spent"),
                () -> 0));

        assertThatThrownBy(() -> self.get(0).complete(PROMPT)).hasMessage("quota spent");
        assertThat(other.calls).isEqualTo(2);
    }

    @Test
    void doesNotRetryForAnInterruptedThread() {
        script.then(retriable(null)).then(ANSWER);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> model.complete(PROMPT)).isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertThat(script.calls).isEqualTo(1);
    }

    @Test
    void theEmbeddingModelRetriesAlike() {
        Deque<ModelCallException> failures = new ArrayDeque<>(Arrays.asList(retriable(null), retriable(null)));
        EmbeddingModel flaky = new EmbeddingModel() {
            @Override
            public EmbeddingAnswer embed(List<String> texts) {
                if (!failures.isEmpty()) {
                    throw failures.pop();
                }
                return new EmbeddingAnswer(List.of(new float[] {1}), 5);
            }

            @Override
            public void close() {}
        };
        try (EmbeddingModel retrying = new RetryingEmbeddingModel(flaky, RetryPolicy.of(6), slept::add, () -> 0.5)) {
            EmbeddingAnswer answer = retrying.embed(List.of("text"));

            assertThat(answer.attempts()).isEqualTo(3);
            assertThat(answer.promptTokens()).isEqualTo(5);
            assertThat(slept).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
        }
    }

    private static ModelCallException retriable(Duration retryAfter) {
        return new ModelCallException(Kind.RETRIABLE, "busy", retryAfter, null);
    }

    /** Plays answers and failures in order. */
    private static final class Script implements ChatModel {

        private final Deque<Object> steps = new ArrayDeque<>();
        private int calls;

        Script then(Object step) {
            steps.add(step);
            return this;
        }

        @Override
        public ChatAnswer complete(ChatPrompt prompt) {
            calls++;
            Object step = steps.pop();
            if (step instanceof ModelCallException failure) {
                throw failure;
            }
            return (ChatAnswer) step;
        }

        @Override
        public void close() {}
    }
}
