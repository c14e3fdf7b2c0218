package com.tiktokrec.jobs.recommend;

import com.tiktokrec.common.text.Ids;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Greedy re-ranking of one user's candidates: repeated authors and repeated sets of matched tags cost score.
 *
 * @param authorPenalty factor for each earlier pick by the same author
 * @param tagSetPenalty factor for each earlier pick with exactly the same set of matched tags
 * @param count length of the list
 */
record Diversity(double authorPenalty, double tagSetPenalty, int count) implements java.io.Serializable {

    /** A scored candidate of a user, with anything that its row carries. */
    record Candidate<T>(String videoId, String author, double baseScore, Set<String> matchedTags, T row) {}

    /** A pick: rank from 1, its score after penalties, and the earlier picks that caused them. */
    record Pick<T>(Candidate<T> candidate, int rank, double score, int authorRepeats, int tagSetRepeats) {}

    /** The list: best penalised score first; ties by base score, then the smaller id. Short where candidates are few. */
    <T> List<Pick<T>> picks(List<Candidate<T>> candidates) {
        List<Candidate<T>> left = new ArrayList<>(candidates);
        left.sort(Comparator.comparingDouble((Candidate<T> candidate) -> -candidate.baseScore())
                .thenComparing(candidate -> Ids.sortKey(candidate.videoId())));
        Map<String, Integer> byAuthor = new HashMap<>();
        Map<Set<String>, Integer> byTagSet = new HashMap<>();
        List<Pick<T>> picks = new ArrayList<>();
        while (picks.size() < count && !left.isEmpty()) {
            Pick<T> best = null;
            for (Candidate<T> candidate : left) {
                int authorRepeats = byAuthor.getOrDefault(candidate.author(), 0);
                int tagSetRepeats = byTagSet.getOrDefault(candidate.matchedTags(), 0);
                double score = candidate.baseScore()
                        * Math.pow(authorPenalty, authorRepeats)
                        * Math.pow(tagSetPenalty, tagSetRepeats);
                // Candidates stand in the order of the tie-break, so only a higher score displaces an earlier one.
                if (best == null || score > best.score()) {
                    best = new Pick<>(candidate, picks.size() + 1, score, authorRepeats, tagSetRepeats);
                }
            }
            picks.add(best);
            left.remove(best.candidate());
            byAuthor.merge(best.candidate().author(), 1, Integer::sum);
            if (!best.candidate().matchedTags().isEmpty()) {
                byTagSet.merge(new TreeSet<>(best.candidate().matchedTags()), 1, Integer::sum);
            }
        }
        return picks;
    }
}
