package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenericHashtagsTest {

    private static final GenericHashtags GENERIC = GenericHashtags.shipped();

    @Test
    void theListIsLong() {
        assertThat(GENERIC.size()).isGreaterThan(300);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fyp",
                "fypppppp",
                "fypシ゚viral",
                "foryou",
                "foryoupageofficial",
                "4youpage",
                "viralvideo",
                "goviral",
                "trending",
                "xyzbca",
                "parati",
                "paratiiii",
                "fürdich",
                "pourtoi",
                "keşfet",
                "рекомендации",
                "おすすめ",
                "추천",
                "xuhuong",
                "เทรนด์",
                "اكسبلور",
                "वायरल",
                "tiktok",
                "duet",
                "stitch",
                "capcut",
                "part2",
                "2k",
                "2020",
                "pov1",
                "111",
                "halloffyp",
                "animefyp",
                "love",
                "new"
            })
    void tagsThatSayNothingAreGeneric(String hashtag) {
        assertThat(GENERIC.contains(hashtag)).as(hashtag).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dance",
                "comedy",
                "funny",
                "makeup",
                "streetfood",
                "minecraft",
                "booktok",
                "футбол",
                "料理",
                "halloween2020",
                "covid19",
                "euro2020",
                "party",
                "explorers"
            })
    void topicsAreNot(String hashtag) {
        assertThat(GENERIC.contains(hashtag)).as(hashtag).isFalse();
    }
}
