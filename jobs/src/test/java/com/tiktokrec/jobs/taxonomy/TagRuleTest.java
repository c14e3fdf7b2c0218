package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagRuleTest {

    @ParameterizedTest
    @ValueSource(strings = {"dance", "street_food", "90s_music", "юмор", "料理", "covid19", "อาหาร"})
    void wellFormed(String tag) {
        assertThat(TagRule.holds(tag)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Dance", "street food", "street__food", "_dance", "dance_", "rock-n-roll", "a#b", " x"})
    void malformed(String tag) {
        assertThat(TagRule.holds(tag)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"Street Food!, street_food", "Hip-Hop & R'n'B, hip_hop_r_n_b", "__a__b__, a_b", "!!, ''"})
    void phrasesBecomeTags(String phrase, String tag) {
        assertThat(TagRule.tagOf(phrase)).isEqualTo(tag);
    }
}
