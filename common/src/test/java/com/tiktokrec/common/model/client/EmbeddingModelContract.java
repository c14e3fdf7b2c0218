package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What callers may rely on from every {@link EmbeddingModel}. */
abstract class EmbeddingModelContract {

    private static final List<String> TEXTS = List.of(
            "cats are funny",
            "a",
            "Rainy days in the Maldives! 💧 #nature #beachvibes",
            "Qué pasó con Valeria",
            "dat boy was hoopin tho fr😂 jus took a bad shot on dis one😭 #fyp #hooper #atlanta #foryoupage",
            "猫の動画");

    /** A model that works, the same one or another of the same kind for each call. */
    abstract EmbeddingModel model();

    @Test
    void givesOneVectorATextInTheTextsOrder() {
        EmbeddingModel model = model();

        List<float[]> vectors = model.embed(TEXTS).vectors();

        assertThat(vectors).as("one vector a text").hasSameSizeAs(TEXTS);
        assertThat(vectors).as("of one dimension").extracting(v -> v.length).containsOnly(vectors.get(0).length);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(vectors.get(i))
                    .as("the vector of '%s' alone and among others, to the last bit", TEXTS.get(i))
                    .isEqualTo(model.embed(List.of(TEXTS.get(i))).vectors().get(0));
        }
        assertThat(vectors.stream().map(List::of).distinct())
                .as("different texts differ")
                .hasSize(TEXTS.size());
    }

    @Test
    void givesEqualTextsEqualVectors() {
        List<float[]> vectors = model().embed(List.of("dogs", "cats", "dogs")).vectors();

        assertThat(vectors.get(0)).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
    }

    @Test
    void givesNoVectorForNoText() {
        assertThat(model().embed(List.of()).vectors()).isEmpty();
    }

    @Test
    void takesATextOfOneMegabyte() {
        String text = "funny cats and dogs 😂 ".repeat(45_000);

        assertThat(model().embed(List.of(text)).vectors()).hasSize(1);
    }

    @Test
    void givesManyThreadsTheSameVectors() throws Exception {
        EmbeddingModel model = model();
        List<float[]> expected = model.embed(TEXTS).vectors();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<EmbeddingAnswer>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> model.embed(TEXTS)));
            }
            for (Future<EmbeddingAnswer> answer : answers) {
                assertThat(answer.get().vectors().toArray()).isEqualTo(expected.toArray());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failsOnceClosed() {
        EmbeddingModel model = freshModel();
        model.close();
        model.close();

        assertThatThrownBy(() -> model.embed(List.of("late"))).isInstanceOf(IllegalStateException.class);
    }

    /** A model that the test may close. */
    abstract EmbeddingModel freshModel();
}
