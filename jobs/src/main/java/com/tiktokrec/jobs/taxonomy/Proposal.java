package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A category that the chat model proposed.
 *
 * @param votes number of chunks that proposed it
 */
record Proposal(Category category, int votes) {

    /** The most wanted first, ties by tag. */
    static final Comparator<Proposal> BEST_FIRST =
            Comparator.comparingInt(Proposal::votes).reversed().thenComparing(Proposal::tag);

    String tag() {
        return category.tag();
    }

    /** This proposal with the votes and, as far as there is room, the keywords of others that mean the same. */
    Proposal joinedBy(List<Proposal> others) {
        Set<String> keywords = new LinkedHashSet<>(category.keywords());
        int sum = votes;
        for (Proposal other : others) {
            keywords.addAll(other.category().keywords());
            sum += other.votes();
        }
        List<String> kept = new ArrayList<>(keywords);
        return new Proposal(
                new Category(
                        category.tag(),
                        category.description(),
                        List.copyOf(kept.subList(0, Math.min(ClusterNames.MOST_KEYWORDS, kept.size())))),
                sum);
    }
}
