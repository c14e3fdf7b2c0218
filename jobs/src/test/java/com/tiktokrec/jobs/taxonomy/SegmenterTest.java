package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.StopWords;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmenterTest {

    private final Segmenter segmenter = new Segmenter(
            Map.of("minecraft", 40L, "mine", 30L, "craft", 20L, "street", 20L, "food", 90L, "hungry", 5L),
            Map.of(
                    "dance",
                    300L,
                    "challenge",
                    200L,
                    "dancechallenge",
                    40L,
                    "minecraft",
                    60L,
                    "cats",
                    50L,
                    "football",
                    80L),
            StopWords.english());

    @Test
    void aHashtagOfKnownWordsIsSplit() {
        assertThat(segmenter.split("dancechallenge")).containsExactly("dance", "challenge");
        assertThat(segmenter.split("streetfood")).containsExactly("street", "food");
        assertThat(segmenter.split("catsoftiktok")).containsExactly("cats", "of", "tiktok");
        assertThat(segmenter.split("ferretsoftiktok")).containsExactly("ferrets", "of", "tiktok");
        assertThat(segmenter.split("foodtok")).containsExactly("food", "tok");
    }

    @Test
    void aWordThatIsBetterKnownThanItsPartsStaysWhole() {
        assertThat(segmenter.split("minecraft")).containsExactly("minecraft");
        assertThat(segmenter.split("football")).containsExactly("football");
    }

    @Test
    void unknownAndShortHashtagsStayWhole() {
        assertThat(segmenter.split("zumbafit")).containsExactly("zumbafit");
        assertThat(segmenter.split("asmr")).containsExactly("asmr");
        assertThat(segmenter.split("料理")).isEqualTo(List.of("料理"));
    }

    @Test
    void underscoresSeparateWords() {
        assertThat(segmenter.split("street_food")).containsExactly("street", "food");
    }
}
