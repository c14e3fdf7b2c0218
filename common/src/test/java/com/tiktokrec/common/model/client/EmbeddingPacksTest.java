package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.model.client.EmbeddingPacks.PackAnswer;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import com.tiktokrec.common.model.client.Outcome.Failure;
import com.tiktokrec.common.model.client.Outcome.Success;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EmbeddingPacksTest {

    private final Picky model = new Picky();

    @Test
    void packsUpToBothBoundsInOrder() {
        Iterator<List<String>> packs = packs(3, 10)
                .pack(List.of("a", "bb", "c", "d", "12345678", "xyz", "z").iterator(), Function.identity());

        assertThat(all(packs)).containsExactly(List.of("a", "bb", "c"), List.of("d", "12345678"), List.of("xyz", "z"));
        assertThatThrownBy(packs::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void packsATextThatFitsNowhereAlone() {
        Iterator<List<String>> packs =
                packs(9, 4).pack(List.of("ab", "123456789", "cd", "ef").iterator(), Function.identity());

        assertThat(all(packs)).containsExactly(List.of("ab"), List.of("123456789"), List.of("cd", "ef"));
    }

    @Test
    void packsRowsByTheirTextAndNoSoonerThanNeeded() {
        AtomicInteger read = new AtomicInteger();
        Iterator<Map.Entry<Integer, String>> rows = IntStream.range(0, 100)
                .mapToObj(i -> Map.entry(i, "text"))
                .peek(row -> read.incrementAndGet())
                .iterator();

        List<Map.Entry<Integer, String>> pack =
                packs(5, 100).pack(rows, Map.Entry::getValue).next();

        assertThat(pack).extracting(Map.Entry::getKey).containsExactly(0, 1, 2, 3, 4);
        assertThat(read.get()).isLessThanOrEqualTo(6);
    }

    @Test
    void embedsAPackInOneCall() {
        PackAnswer answer = packs(9, 99).embed(List.of("a", "bb"));

        assertThat(answer.outcomes()).extracting(EmbeddingPacksTest::length).containsExactly(1f, 2f);
        assertThat(answer.promptTokens()).isEqualTo(3);
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(answer.calls()).isEqualTo(1);
    }

    @Test
    void halvesUntilTheBadTextIsAlone() {
        List<String> texts = new ArrayList<>(
                IntStream.range(0, 64).mapToObj(i -> "x".repeat(i + 1)).toList());
        texts.set(37, "bad");

        PackAnswer answer = packs(64, 9999).embed(texts);

        assertThat(answer.outcomes()).hasSize(64);
        for (int i = 0; i < 64; i++) {
            if (i == 37) {
                assertThat(answer.outcomes().get(i)).isEqualTo(new Failure<>(Kind.INPUT, "rejected"));
            } else {
                assertThat(length(answer.outcomes().get(i))).isEqualTo(i + 1f);
            }
        }
        assertThat(answer.calls()).as("two a halving, and the first").isEqualTo(13);
        assertThat(model.calls).isEqualTo(13);
        assertThat(answer.attempts())
                .as("7 rejected once, 6 answered after two attempts")
                .isEqualTo(7 + 6 * 2);
    }

    @Test
    void findsEveryBadText() {
        PackAnswer answer = packs(9, 99).embed(List.of("bad", "a", "bad", "bad", "b"));

        assertThat(answer.outcomes().stream().map(outcome -> outcome instanceof Success))
                .containsExactly(false, true, false, false, true);
    }

    @Test
    void failsAllTextsOfACallThatCameToNothing() {
        for (Kind kind : List.of(Kind.RETRIABLE, Kind.FINAL)) {
            model.calls = 0;
            model.failure = new ModelCallException(kind, "no answer");

            PackAnswer answer = packs(9, 99).embed(List.of("a", "b", "c"));

            assertThat(answer.outcomes())
                    .containsExactlyElementsOf(Stream.generate(() -> new Failure<float[]>(kind, "no answer"))
                            .limit(3)
                            .toList());
            assertThat(model.calls).as("halving would not help").isEqualTo(1);
        }
    }

    private EmbeddingPacks packs(int maxInputs, int maxTokens) {
        return new EmbeddingPacks(model, String::length, maxInputs, maxTokens);
    }

    private static <T> List<T> all(Iterator<T> items) {
        List<T> list = new ArrayList<>();
        items.forEachRemaining(list::add);
        return list;
    }

    private static float length(Outcome<float[]> outcome) {
        return ((Success<float[]>) outcome).value()[0];
    }

    /** Embeds a text as its length, at the second attempt, and rejects each call that holds "bad". */
    private static final class Picky implements EmbeddingModel {

        private int calls;
        private ModelCallException failure;

        @Override
        public EmbeddingAnswer embed(List<String> texts) {
            calls++;
            if (failure != null) {
                throw failure;
            }
            if (texts.contains("bad")) {
                throw new ModelCallException(Kind.INPUT, "rejected");
            }
            return new EmbeddingAnswer(
                    texts.stream().map(text -> new float[] {text.length()}).toList(),
                    texts.stream().mapToInt(String::length).sum(),
                    2);
        }

        @Override
        public void close() {}
    }
}
