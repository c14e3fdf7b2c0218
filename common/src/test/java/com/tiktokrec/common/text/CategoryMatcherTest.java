package com.tiktokrec.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CategoryMatcherTest {

    private static final CategoryMatcher MATCHER = new CategoryMatcher(
            List.of(
                    category("street_food", "night market", "taco", "street vendor"),
                    category("art", "oil painting", "caf\u00E9 sketch"),
                    category("music", "songs"),
                    category("how_to", "tutorial"),
                    category("dj_life", "turntable"),
                    category("k_pop_dance", "random play")),
            StopWords.english());

    private static Category category(String tag, String... keywords) {
        return new Category(tag, "About " + tag + ".", List.of(keywords));
    }

    private static String credits(String description, String hashtags) {
        List<String> tags = hashtags == null ? List.of() : List.of(hashtags.split(" ", -1));
        return MATCHER.credits(description, tags).stream()
                .map(credit -> credit.tag() + "=" + credit.credit())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "\"{0}\" with hashtags {1}: {2}")
    @CsvSource({
        // The whole tag: its words one after another, or joined, or underscored.
        "The best street food in town, , street_food=1.0",
        "'Street, FOOD!', , street_food=1.0",
        "\uFF33\uFF34\uFF32\uFF25\uFF25\uFF34 food, , street_food=1.0",
        "#street #food, , street_food=1.0",
        "streetfood, , street_food=1.0",
        "street_food, , street_food=1.0",
        "look, streetfood, street_food=1.0",
        "look, street_food, street_food=1.0",
        "look, art, art=1.0",
        ", art, art=1.0",
        "k pop dance, , k_pop_dance=1.0",
        "look, kpopdance, k_pop_dance=1.0",
        "music, , music=1.0",
        // One word of the tag, with three letters or more.
        "food street, , street_food=0.5",
        "street and food, , street_food=0.5",
        "look, street food, street_food=0.5",
        "my life, , dj_life=0.5",
        "dj, , ''",
        "pop, , k_pop_dance=0.5",
        "k, , ''",
        "dance, , k_pop_dance=0.5",
        // Stop words alone say nothing, and in their tag they do.
        "how, , ''",
        "how to paint, , how_to=1.0",
        // Keywords as phrases.
        "at the night market, , street_food=0.5",
        "look, nightmarket, street_food=0.5",
        "look, night_market, street_food=0.5",
        "market night, , ''",
        "night, , ''",
        "look, night market, ''",
        "a taco, , street_food=0.5",
        "cafe\u0301 sketch, , art=0.5",
        // Whole words only.
        "party smart artist, , ''",
        "tacos, , ''",
        "streetfoods, , ''",
        "look, partytime, ''",
        // The highest credit of a tag counts, and tags come in order.
        "taco and street food, , street_food=1.0",
        "songs about art and street life, , art=1.0 dj_life=0.5 music=0.5 street_food=0.5",
        "'', , ''",
        ", , ''"
    })
    void creditsOfAVideo(String description, String hashtags, String expected) {
        assertThat(credits(description, hashtags)).isEqualTo(expected);
    }

    @Test
    void theMusicLabelOfAVideoTextIsNoMatchWord() {
        String description = "look at this";

        assertThat(VideoText.of(description, List.of(), "Songs of art", "music"))
                .contains("Music: Songs of art By @music");
        assertThat(VideoText.matchWords(description, List.of())).containsExactly("look", "at", "this");
        assertThat(credits(description, null)).isEmpty();
    }

    @Test
    void categoriesMayShareKeywords() {
        CategoryMatcher matcher = new CategoryMatcher(
                List.of(category("baking", "cake", "cake"), category("party", "cake", "birthday cake")), Set.of());

        assertThat(matcher.credits("a birthday cake", List.of()))
                .containsExactly(new Credit("baking", 0.5), new Credit("party", 0.5));
    }

    @Test
    void blankKeywordsMatchNothing() {
        CategoryMatcher matcher = new CategoryMatcher(List.of(category("art", "", " ", "!")), Set.of());

        assertThat(matcher.credits("anything at all", List.of("x"))).isEmpty();
    }

    @Test
    void stopWordsAreSplitByTheWordRule() {
        assertThat(StopWords.english()).contains("how", "the", "don", "t").doesNotContain("don't", "street");
    }
}
