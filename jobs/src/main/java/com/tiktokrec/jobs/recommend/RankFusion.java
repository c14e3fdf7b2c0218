package com.tiktokrec.jobs.recommend;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reciprocal rank fusion: the sum of 1 / (60 + rank) over the lists that hold a document, ranks from 1. */
final class RankFusion {

    private static final double RANK_OFFSET = 60;

    private RankFusion() {}

    /** Ordinals of the documents that may be served, best first, ties by ordinal. */
    static List<Long> fused(List<List<TopDocuments.Entry>> rankedLists) {
        Map<Long, Double> scores = new HashMap<>();
        for (List<TopDocuments.Entry> ranked : rankedLists) {
            for (int index = 0; index < ranked.size(); index++) {
                if (!ranked.get(index).barred()) {
                    scores.merge(ranked.get(index).ordinal(), 1 / (RANK_OFFSET + index + 1), Double::sum);
                }
            }
        }
        return scores.entrySet().stream()
                .sorted(Map.Entry.<Long, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
