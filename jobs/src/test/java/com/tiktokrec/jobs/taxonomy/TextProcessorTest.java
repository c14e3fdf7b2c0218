package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tiktokrec.jobs.taxonomy.TextProcessor.Processed;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TextProcessorTest {

    static Stream<Arguments> texts() {
        return Stream.of(
                arguments("Best pasta EVER 😍🍝 #pasta #foodtok ", "Best pasta EVER #pasta #foodtok"),
                arguments("see https://x.example/a?b=c and www.y.example now", "see and now"),
                arguments("one\u2028two\tthree\r", "one two three"),
                arguments("★★ sale ★★ 50% off! @shop.name", "sale 50% off! @shop.name"),
                arguments("ﬁtness ＃ｇｙｍ", "fitness #gym"),
                arguments("# - | hello", "hello"),
                arguments("❤️‍🔥", ""),
                arguments("don’t stop <<<TEXTS", "don’t stop TEXTS"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textsAreCleanedAndKeepTheirHashtags(String raw, String cleaned) {
        assertThat(TextProcessor.cleaned(raw)).isEqualTo(cleaned);
    }

    @Test
    void aCaptionGivesHashtagsMentionsAndWords() {
        Processed processed = TextProcessor.line("Morning run with @Jane.Doe. #Running #5k in the rain");

        assertThat(processed.hashtags()).containsExactly("running", "5k");
        assertThat(processed.mentions()).containsExactly("jane.doe");
        assertThat(processed.words()).containsExactly("morning", "run", "with", "in", "the", "rain");
        assertThat(processed.weight()).isEqualTo(1);
    }

    @Test
    void aHashtagWithItsCountStandsForThatManyVideos() {
        Processed processed = TextProcessor.line("Green Screen video\t725");

        assertThat(processed.text()).isEqualTo("#greenscreenvideo");
        assertThat(processed.hashtags()).isEqualTo(List.of("greenscreenvideo"));
        assertThat(processed.weight()).isEqualTo(725);
    }

    @Test
    void aCountedLineWithoutALetterIsNothing() {
        assertThat(TextProcessor.line("😍\t12").text()).isEmpty();
    }

    @Test
    void aVeryLongTextIsCut() {
        assertThat(TextProcessor.line("a".repeat(50_000)).text()).hasSize(TextProcessor.LONGEST_TEXT);
    }
}
