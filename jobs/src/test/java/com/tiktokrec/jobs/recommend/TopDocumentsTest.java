package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.recommend.TopDocuments.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopDocumentsTest {

    @Test
    void keepsTheBestInOrder() {
        TopDocuments top = new TopDocuments(3);
        double[] scores = {0.2, 0.9, -0.5, 0.7, 0.8};
        for (int ordinal = 0; ordinal < scores.length; ordinal++) {
            top.offer(ordinal, scores[ordinal], false);
        }

        assertThat(top.ranked())
                .containsExactly(new Entry(1, 0.9, false), new Entry(4, 0.8, false), new Entry(3, 0.7, false));
    }

    @Test
    void tiesGoToTheSmallerOrdinalWhicheverCameFirst() {
        TopDocuments top = new TopDocuments(2);
        for (long ordinal : new long[] {7, 3, 9, 5}) {
            top.offer(ordinal, 0.5, false);
        }

        assertThat(top.ranked()).extracting(Entry::ordinal).containsExactly(3L, 5L);
    }

    @Test
    void aScoreOfZeroIsUnrankedAndANegativeOneIsRanked() {
        TopDocuments top = new TopDocuments(5);
        top.offer(1, 0.0, false);
        top.offer(2, -0.0, false);
        top.offer(3, -0.1, false);

        assertThat(top.ranked()).containsExactly(new Entry(3, -0.1, false));
    }

    @Test
    void partsMergeToWhatTheWholeGives() {
        // Given: 500 documents with few distinct scores, hence many ties, offered whole and in three parts.
        Random random = new Random(11);
        TopDocuments whole = new TopDocuments(40);
        List<TopDocuments> parts = List.of(new TopDocuments(40), new TopDocuments(40), new TopDocuments(40));
        for (long ordinal = 0; ordinal < 500; ordinal++) {
            double score = random.nextInt(20) / 10.0;
            boolean barred = random.nextBoolean();
            whole.offer(ordinal, score, barred);
            parts.get(random.nextInt(3)).offer(ordinal, score, barred);
        }

        // When
        List<Entry> merged = TopDocuments.merged(
                40, parts.stream().map(TopDocuments::toBytes).toList());

        // Then
        assertThat(merged).hasSize(40).isEqualTo(whole.ranked());
    }

    @Test
    void nothingMergesToNothing() {
        assertThat(TopDocuments.merged(5, new ArrayList<>())).isEmpty();
        assertThat(TopDocuments.merged(5, List.of(new TopDocuments(5).toBytes())))
                .isEmpty();
    }
}
