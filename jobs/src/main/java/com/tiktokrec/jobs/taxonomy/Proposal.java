package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** Whether tag and keywords share a word with another's, words that say nothing left out. */
    boolean sharesWord(Proposal other, Predicate<String> saysNothing) {
        Set<String> words = words(saysNothing);
        words.retainAll(other.words(saysNothing));
        return !words.isEmpty();
    }

    private Set<String> words(Predicate<String> saysNothing) {
        return Stream.concat(Stream.of(category.tag()), category.keywords().stream())
                .flatMap(phrase -> Words.ofPhrase(phrase).stream())
                .filter(saysNothing.negate())
                .map(Topics::singular)
                .collect(Collectors.toSet());
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
