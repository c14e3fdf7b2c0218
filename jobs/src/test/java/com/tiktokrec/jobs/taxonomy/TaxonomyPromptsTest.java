package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.Category;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaxonomyPromptsTest {

    private final TaxonomyPrompts prompts = new TaxonomyPrompts(GenericHashtags.shipped());

    @Test
    void tagsAreMadeToFitAndUnusableProposalsLeftOut() {
        String keywords = "\"keywords\":[\"#Tacos\",\"food truck\",\"tacos\",\"Ramen\",\"noodles\",\"night market\"]";

        List<Category> categories = prompts.proposed("{\"categories\":["
                + "{\"description\":\"Street food.\"," + keywords + ",\"tag\":\"Street-Food!\"},"
                + "{\"description\":\"Pleas.\"," + keywords + ",\"tag\":\"for_you\"},"
                + "{\"description\":\"Few.\",\"keywords\":[\"a\",\"a\",\"a\",\"a\",\"a\"],\"tag\":\"few\"}]}");

        assertThat(categories)
                .containsExactly(new Category(
                        "street_food",
                        "Street food.",
                        List.of("tacos", "food truck", "ramen", "noodles", "night market")));
    }

    @Test
    void theDescriptionGivesTheKeywordsThatAreMissing() {
        List<Category> categories = prompts.proposed("{\"categories\":["
                + "{\"description\":\"TikTok videos about salsa lessons and ballroom routines.\","
                + "\"keywords\":[\"dancer\",\"choreography\",\"trend\",\"fyp\",\"explore\"],\"tag\":\"dance\"}]}");

        assertThat(categories)
                .extracting(Category::keywords)
                .containsExactly(List.of("dancer", "choreography", "salsa", "lessons", "ballroom"));
    }

    @Test
    void proposalsAreAlikeWhereAWordThatTellsSomethingIsShared() {
        Proposal food = proposal("street_food", "noodles", "fyp");
        assertThat(food.sharesWord(proposal("foods", "tacos", "fyp"), prompts::saysNothing))
                .isTrue();
        assertThat(food.sharesWord(proposal("makeup", "noodle", "eyeliner"), prompts::saysNothing))
                .isTrue();
        assertThat(food.sharesWord(proposal("travel", "itinerary", "fyp"), prompts::saysNothing))
                .isFalse();
    }

    private static Proposal proposal(String tag, String... keywords) {
        return new Proposal(new Category(tag, "Some.", List.of(keywords)), 1);
    }

    @Test
    void groupsHoldEachKnownIdOnce() {
        assertThat(TaxonomyPrompts.groups("{\"groups\":[[1,0],[1,2],[9],[3]]}", 4, 3))
                .contains(List.of(List.of(1, 0), List.of(2), List.of(3)));
        assertThat(TaxonomyPrompts.groups("{\"groups\":[[9]]}", 4, 3)).isEmpty();
    }

    @Test
    void theSchemaIsTheSameTextEachTime() {
        assertThat(prompts.propose("x", 20).schema())
                .isEqualTo(new TaxonomyPrompts(GenericHashtags.shipped())
                        .propose("y", 20)
                        .schema())
                .startsWith("{\"additionalProperties\":false,\"properties\":{\"categories\":");
    }
}
