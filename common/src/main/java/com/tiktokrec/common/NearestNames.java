package com.tiktokrec.common;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names close to one that is not known, for error messages. */
public final class NearestNames {

    private NearestNames() {}

    /** The known names nearest to the one given, nearest first, none further than half its length. */
    public static List<String> of(String name, Collection<String> known, int most) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        JaroWinklerSimilarity likeness = new JaroWinklerSimilarity();
        int furthest = Math.max(2, name.length() / 2);
        return known.stream()
                .filter(candidate -> distance.apply(name, candidate) <= furthest)
                .sorted(Comparator.<String>comparingInt(candidate -> distance.apply(name, candidate))
                        // Of two as far away, the one with the same letters: --cuont is --count, not --conf.
                        .thenComparing(candidate -> -likeness.apply(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(most)
                .toList();
    }
}
