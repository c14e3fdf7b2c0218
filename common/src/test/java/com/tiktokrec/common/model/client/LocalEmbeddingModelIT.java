package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.model.client.ModelCallException.Kind;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEmbeddingModelIT extends EmbeddingModelContract {

    private static LocalEmbeddingModel builtIn;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void load() {
        builtIn = LocalEmbeddingModel.builtIn();
    }

    @AfterAll
    static void unload() {
        builtIn.close();
    }

    @Override
    EmbeddingModel model() {
        return builtIn;
    }

    @Override
    EmbeddingModel freshModel() {
        return LocalEmbeddingModel.builtIn();
    }

    @Test
    void namesTheBuiltInModel() {
        assertThat(builtIn.name()).isEqualTo("bge-small-en-v1.5-q");
        assertThat(builtIn.dimensions()).isEqualTo(384);
    }

    @Test
    void findsLikeTextsAlikeOnTheUnitSphere() {
        List<float[]> vectors = builtIn.embed(
                        List.of("a funny cat video", "hilarious kitten clip", "stock market news"))
                .vectors();

        assertThat(product(vectors.get(0), vectors.get(0))).as("length").isCloseTo(1, within(1e-5));
        assertThat(product(vectors.get(0), vectors.get(1)))
                .as("cats are nearer to kittens than to stocks")
                .isGreaterThan(product(vectors.get(0), vectors.get(2)) + 0.1);
    }

    @Test
    void agreesWithLangChain4jsOwnModel() {
        String text = "Boat days hit different ✨ #fyp";

        float[] theirs =
                new BgeSmallEnV15QuantizedEmbeddingModel().embed(text).content().vector();

        assertThat(builtIn.embed(List.of(text)).vectors().get(0)).containsExactly(theirs, within(1e-5f));
    }

    @Test
    void countsTokensAndReadsTheFirst510() {
        String start = "cat ".repeat(510);

        EmbeddingAnswer answer = builtIn.embed(List.of(start + "dog ".repeat(400), start));

        assertThat(answer.promptTokens()).as("tokens of both").isEqualTo(1020);
        assertThat(answer.vectors().get(0))
                .as("the rest does not count")
                .isEqualTo(answer.vectors().get(1));
    }

    @Test
    void cutsNoEmojiInHalf() {
        String text = "x".repeat(16_383) + "😂 and more";

        assertThat(builtIn.embed(List.of(text)).vectors()).hasSize(1);
    }

    @Test
    void blamesATextWithoutAnyToken() {
        assertThatThrownBy(() -> builtIn.embed(List.of("fine", "\u200b\u200b")))
                .isInstanceOfSatisfying(
                        ModelCallException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INPUT));
    }

    @Test
    void stopsBetweenTextsWhenInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> builtIn.embed(List.of("text"))).isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    }

    @Test
    void loadsAModelFromAFolder() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("my-model"));
        copyBuiltInTo(folder);

        try (LocalEmbeddingModel own = LocalEmbeddingModel.ofFolder(folder, PoolingMode.CLS);
                LocalEmbeddingModel mean = LocalEmbeddingModel.ofFolder(folder)) {
            assertThat(mean.name()).matches("my-model-[0-9a-f]{8}");
            assertThat(own.name()).as("another pooling is another model").isEqualTo(mean.name() + "-cls");
            assertThat(own.dimensions()).isEqualTo(384);
            float[] vector = own.embed(List.of("cats")).vectors().get(0);
            assertThat(vector)
                    .isEqualTo(builtIn.embed(List.of("cats")).vectors().get(0));
            assertThat(mean.embed(List.of("cats")).vectors().get(0)).isNotEqualTo(vector);
        }
    }

    @Test
    void saysWhatAFolderLacks() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("empty"));
        assertThatThrownBy(() -> LocalEmbeddingModel.ofFolder(temporary.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("cannot be loaded", "no such folder", "*.onnx", "none");
        assertThatThrownBy(() -> LocalEmbeddingModel.ofFolder(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("holds 0 files named *.onnx", folder.toString());

        Files.writeString(folder.resolve("model.onnx"), "no model");
        assertThatThrownBy(() -> LocalEmbeddingModel.ofFolder(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("no tokenizer.json", folder.toString());

        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        assertThatThrownBy(() -> LocalEmbeddingModel.ofFolder(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("export them again", folder.toString());

        Files.writeString(folder.resolve("second.onnx"), "no model");
        assertThatThrownBy(() -> LocalEmbeddingModel.ofFolder(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds 2 files named *.onnx");
    }

    private static void copyBuiltInTo(Path folder) throws IOException {
        Class<?> holder = BgeSmallEnV15QuantizedEmbeddingModel.class;
        try (InputStream onnx = holder.getResourceAsStream("/bge-small-en-v1.5-q.onnx");
                InputStream tokenizer = holder.getResourceAsStream("/bge-small-en-v1.5-q-tokenizer.json")) {
            Files.copy(onnx, folder.resolve("model.onnx"));
            Files.copy(tokenizer, folder.resolve("tokenizer.json"));
        }
    }

    private static double product(float[] left, float[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
