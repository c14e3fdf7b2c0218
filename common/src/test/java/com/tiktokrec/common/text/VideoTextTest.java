package com.tiktokrec.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoTextTest {

    @Test
    void allPartsInTheirOrder() {
        assertThat(VideoText.of("Look at this #Dance", List.of("dance", "salsa", "latin"), "Bailando", "ann"))
                .isEqualTo("Look at this #Dance #salsa #latin Music: Bailando By @ann");
    }

    @ParameterizedTest(name = "\"{0}\" holds #dance")
    @ValueSource(
            strings = {
                "#dance",
                "go #dance",
                "#dance now",
                "#dance!",
                "#DANCE",
                "#dance#salsa",
                "#dance-off",
                "#dancer then #dance",
                "x#dance",
                "\uFF03\uFF44\uFF41\uFF4E\uFF43\uFF45",
                "#dance\uD83D\uDD25"
            })
    void aHashtagThatTheDescriptionHoldsIsNotAdded(String description) {
        assertThat(VideoText.of(description, List.of("dance"), null, null)).isEqualTo(description);
    }

    @ParameterizedTest(name = "\"{0}\" does not hold #dance")
    @ValueSource(
            strings = {
                "dance",
                "# dance",
                "#dancer",
                "#dance_off",
                "#dance2",
                "#dance\u0663",
                "#dancex\u0301",
                "#dance\u0E34",
                "#dance\u0642",
                "#danc",
                "@dance"
            })
    void aWordCharacterAfterMakesAnotherHashtag(String description) {
        assertThat(VideoText.of(description, List.of("dance"), null, null)).isEqualTo(description + " #dance");
    }

    @ParameterizedTest(name = "{0}, {1}, {2}: {3}")
    @CsvSource({
        "caption, song, ann, caption Music: song By @ann",
        "caption, , ann, caption By @ann",
        "caption, song, , caption Music: song",
        ", song, ann, Music: song By @ann",
        "'   ', '  ', ann, By @ann",
        "caption, '', '', caption",
        ", , , ''",
        "'  ', '\u00A0', '\u3000', ''",
        "' caption  of two ', ' a song ', ' ann ', caption  of two Music: a song By @ann",
        "'\u00A0\u3000\u2007\u0085caption\t\n', , , caption"
    })
    void partsAreStrippedAndBlankOnesLeftOut(String description, String music, String author, String expected) {
        assertThat(VideoText.of(description, List.of(), music, author)).isEqualTo(expected);
    }

    @Test
    void hashtagsStandEvenWithoutADescription() {
        assertThat(VideoText.of(null, List.of("dance", "salsa"), null, "ann")).isEqualTo("#dance #salsa By @ann");
    }

    @Test
    void challengesGoBeforeTextExtrasAndThoseBeforeTheCaption() {
        List<String> challenges = List.of("Dance", "Street Food", "dance", " ");
        List<String> extras = List.of("Salsa", "salsa", "");
        String caption = "#caption #Dance";

        assertThat(VideoText.hashtags(challenges, extras, caption)).containsExactly("dance", "streetfood");
        assertThat(VideoText.hashtags(List.of(), extras, caption)).containsExactly("salsa");
        assertThat(VideoText.hashtags(List.of(), List.of(), caption)).containsExactly("caption", "dance");
        assertThat(VideoText.hashtags(List.of(), List.of(), null)).isEmpty();
    }

    @Test
    void sourcesWithEmptyTitlesAloneYieldNone() {
        assertThat(VideoText.hashtags(List.of("\uD83D\uDD25", ""), Arrays.asList(null, "!"), "#caption"))
                .containsExactly("caption");
    }

    @Test
    void matchWordsAreTheDescriptionsAndTheHashtagsNotAmongThem() {
        assertThat(VideoText.matchWords("Salsa, salsa #Dance", List.of("dance", "latin")))
                .as("repeats count; music and author are no part of them")
                .containsExactly("salsa", "salsa", "dance", "latin");
        assertThat(VideoText.matchWords(null, List.of("latin"))).containsExactly("latin");
        assertThat(VideoText.matchWords("street food", List.of("streetfood")))
                .containsExactly("street", "food", "streetfood");
    }

    @Test
    void aCategorysTextNamesItAndItsKeywords() {
        assertThat(new Category("street_food", "Food sold outside.", List.of("taco", "night market")).text())
                .isEqualTo("street food: Food sold outside. Keywords: taco, night market");
    }
}
