package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.recommend.TopDocuments.Entry;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RankFusionTest {

    private static List<Entry> ranked(long... ordinals) {
        return LongStream.of(ordinals)
                .mapToObj(ordinal -> new Entry(ordinal, 1, false))
                .toList();
    }

    @Test
    void sumsReciprocalRanksFromSixty() {
        // 20: 1/62 + 1/61 = 0.03252; 10: 1/61 = 0.01639; 40: 1/62 = 0.01613; 30: 1/63 = 0.01587
        assertThat(RankFusion.fused(List.of(ranked(10, 20, 30), ranked(20, 40))))
                .containsExactly(20L, 10L, 40L, 30L);
    }

    @Test
    void twoLowRanksBeatOneHighRank() {
        long[] filled = LongStream.rangeClosed(100, 158).toArray();
        long[] cosines =
                LongStream.concat(LongStream.of(filled), LongStream.of(7)).toArray();
        long[] words = LongStream.concat(LongStream.rangeClosed(200, 258), LongStream.of(7))
                .toArray();

        // 7 is the 60th of both: 1/120 + 1/120 = 1/60 > 1/61, the score of the first of one list.
        assertThat(RankFusion.fused(List.of(ranked(cosines), ranked(words)))).startsWith(7L, 100L, 200L);
    }

    @Test
    void twoRanksLowEnoughLoseToAFirst() {
        long[] cosines = LongStream.concat(LongStream.rangeClosed(100, 161), LongStream.of(7))
                .toArray();
        long[] words = LongStream.concat(LongStream.rangeClosed(200, 261), LongStream.of(7))
                .toArray();

        // 7 is the 63rd of both: 2/123 < 1/61.
        assertThat(RankFusion.fused(List.of(ranked(cosines), ranked(words)))).startsWith(100L, 200L, 7L);
    }

    @Test
    void tiesGoToTheSmallerOrdinal() {
        assertThat(RankFusion.fused(List.of(ranked(9, 4), ranked(3, 8)))).containsExactly(3L, 9L, 4L, 8L);
        assertThat(RankFusion.fused(List.of(ranked(9, 3), ranked(3, 9))))
                .as("1/61 + 1/62 both ways")
                .containsExactly(3L, 9L);
    }

    @Test
    void aBarredDocumentTakesItsRankAndIsLeftOut() {
        List<Entry> cosines = List.of(new Entry(1, 0.9, true), new Entry(2, 0.8, false));

        assertThat(RankFusion.fused(List.of(cosines, ranked(3))))
                .as("2 is second behind the barred one, so 3 leads")
                .containsExactly(3L, 2L);
    }

    @Test
    void noListsFuseToNone() {
        assertThat(RankFusion.fused(List.of(ranked(), ranked()))).isEmpty();
    }
}
