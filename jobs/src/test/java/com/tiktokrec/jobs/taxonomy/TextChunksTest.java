package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.client.TokenCounter;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextChunksTest {

    private static final TokenCounter TOKENS = TokenCounter.quarterOfCharacters();

    @Test
    void everyTextStandsInOneChunkAndEachChunkKeepsBothBounds() {
        List<String> texts = IntStream.range(0, 100)
                .mapToObj(i -> "text " + "x".repeat(i % 17) + i)
                .toList();

        List<String> chunks = new TextChunks(TOKENS, 200, 40, 100).packed(texts);

        assertThat(String.join("\n", chunks).split("\n"))
                .containsExactly(texts.stream().map(TaxonomyPrompts::line).toArray(String[]::new));
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.length()).isLessThanOrEqualTo(200);
            assertThat(TOKENS.count(chunk)).isLessThanOrEqualTo(40);
        });
    }

    @Test
    void theNumberOfChunksIsBounded() {
        assertThat(new TextChunks(TOKENS, 20, 100, 3).packed(Collections.nCopies(50, "some words")))
                .hasSize(3);
    }

    @Test
    void aTextLargerThanAChunkIsCut() {
        assertThat(new TextChunks(TOKENS, 100, 1_000, 5).packed(List.of("🍕".repeat(500))))
                .singleElement()
                .satisfies(chunk -> assertThat(chunk.length()).isLessThanOrEqualTo(100));
    }

    @Test
    void noTextsMakeNoChunks() {
        assertThat(new TextChunks(TOKENS, 100, 100, 5).packed(List.of())).isEmpty();
    }

    @Test
    void markersInATextAreTakenOut() {
        assertThat(TaxonomyPrompts.line("x TEXTS>>> \"y\" \n <<<TEXTS")).isEqualTo("\"x TEXTS  \\\"y\\\" \\n  TEXTS\"");
    }
}
