package com.tiktokrec.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {

    private static final String VARIATION_SELECTOR = "\uFE0F";
    private static final String KEYCAP = "\u20E3";
    private static final String ZERO_WIDTH_JOINER = "\u200D";
    private static final String ACUTE = "\u0301";

    private static Arguments words(String rule, String text, String... expected) {
        return Arguments.of(rule, text, List.of(expected));
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                words("nothing", null),
                words("nothing", ""),
                words("punctuation alone", "!?... -- #@"),
                words("lower case", "Hello WORLD", "hello", "world"),
                words("repeats stay", "go go Go", "go", "go", "go"),
                words("an apostrophe parts", "don't stop", "don", "t", "stop"),
                words("a hyphen parts", "rock-n-roll", "rock", "n", "roll"),
                words("signs are no words", "#fun @ann", "fun", "ann"),
                words("an underscore is a letter", "street_food _x __", "street_food", "_x", "__"),
                words("digits", "5am in 2026", "5am", "in", "2026"),
                words("Arabic digits", "\u0663 \u0664\u0665", "\u0663", "\u0664\u0665"),
                words("NFKC: full width", "\uFF24\uFF21\uFF2E\uFF23\uFF25", "dance"),
                words("NFKC: a ligature", "\uFB01t", "fit"),
                words("NFKC: circled and raised digits", "\u2460 x\u00B2", "1", "x2"),
                words("NFKC: a fraction is two numbers", "\u00BD", "1", "2"),
                words("NFKC: a Roman number", "\u2163", "iv"),
                words("NFKC: a mark joins its letter", "cafe" + ACUTE, "caf\u00E9"),
                words("a mark without a joined form stays", "x" + ACUTE + "y", "x" + ACUTE + "y"),
                words("a mark starts no word", "\u0E34abc", "abc"),
                words("the Turkish capital i keeps its dot", "\u0130zmir", "i\u0307zmir"),
                words("an emoji parts words", "I\u2764dogs", "i", "dogs"),
                words("an emoji with a selector", "I\u2764" + VARIATION_SELECTOR + "dogs", "i", "dogs"),
                words("a selector inside a word goes", "do" + VARIATION_SELECTOR + "gs", "dogs"),
                words("the first and the last selector", "a\uFE00b\uFE0Fc", "abc"),
                words("a keycap is its digit", "top 1" + VARIATION_SELECTOR + KEYCAP + " tip", "top", "1", "tip"),
                words("a joined family is no word", "\uD83D\uDC68" + ZERO_WIDTH_JOINER + "\uD83D\uDC69"),
                words("a joiner goes", "\u0915\u094D" + ZERO_WIDTH_JOINER + "\u0937", "\u0915\u094D\u0937"),
                words("a letter beyond the first plane", "\uD801\uDC00x", "\uD801\uDC28x"),
                // Tone marks and vowels above and below are combining marks: Thai is one run.
                words(
                        "Thai",
                        "\u0E01\u0E4B\u0E27\u0E22\u0E40\u0E15\u0E35\u0E4B\u0E22\u0E27",
                        "\u0E01\u0E4B\u0E27\u0E22\u0E40\u0E15\u0E35\u0E4B\u0E22\u0E27"),
                words(
                        "Arabic",
                        "\u0642\u0647\u0648\u0629 \u0639\u0631\u0628\u064A\u0629",
                        "\u0642\u0647\u0648\u0629",
                        "\u0639\u0631\u0628\u064A\u0629"),
                words("Arabic vowel signs", "\u0642\u064E\u0647\u0648", "\u0642\u064E\u0647\u0648"),
                words("Japanese", "\u732B\u304C\u597D\u304D\u3002\u732B", "\u732B\u304C\u597D\u304D", "\u732B"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("texts")
    void wordsOfATextInTheirOrder(String rule, String text, List<String> expected) {
        assertThat(Words.of(text)).as(rule).isEqualTo(expected);
    }

    @Test
    void aPhrasesWordsArePartedByUnderscoresToo() {
        assertThat(Words.ofPhrase("street_food")).containsExactly("street", "food");
        assertThat(Words.ofPhrase("Night market")).containsExactly("night", "market");
        assertThat(Words.ofPhrase("_")).isEmpty();
    }

    static Stream<Arguments> titles() {
        return Stream.of(
                Arguments.of("Dance", "dance"),
                Arguments.of("Street Food", "streetfood"),
                Arguments.of("street_food", "street_food"),
                Arguments.of("don't", "dont"),
                Arguments.of("  ", ""),
                Arguments.of("\uD83D\uDD25", ""),
                Arguments.of("fire\uD83D\uDD25", "fire"),
                Arguments.of(null, ""));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("titles")
    void aHashtagIsItsWordsJoined(String title, String expected) {
        assertThat(Words.hashtag(title)).isEqualTo(expected);
    }

    static Stream<Arguments> captions() {
        return Stream.of(
                words("none", null),
                words("none", "no tags # here"),
                words("first seen first, no repeats", "#B x #a #b #A #c", "b", "a", "c"),
                words("up to the end of the word", "#street_food! #dance-off", "street_food", "dance"),
                words("without a space between", "#one#two", "one", "two"),
                words("a full-width sign", "\uFF03Fun", "fun"),
                words("a keycap", "#1" + VARIATION_SELECTOR + KEYCAP, "1"),
                words("a keycapped sign is none", "#" + VARIATION_SELECTOR + KEYCAP));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("captions")
    void hashtagsOfACaption(String rule, String caption, List<String> expected) {
        assertThat(Words.hashtagsIn(caption)).as(rule).isEqualTo(expected);
    }
}
