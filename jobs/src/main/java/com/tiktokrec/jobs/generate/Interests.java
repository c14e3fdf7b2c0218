package com.tiktokrec.jobs.generate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All interests, most popular first, with a Zipf-like popularity; those in other languages have a tenth together. */
final class Interests {

    private static final double ZIPF_EXPONENT = 0.6;
    private static final double FOREIGN_SHARE = 0.1;

    private final List<Interest> all;
    private final double[] cumulative;
    private final double domesticShare;

    private Interests(List<Interest> all) {
        this.all = all;
        long foreign = all.stream().filter(Interest::foreign).count();
        double zipf = 0;
        for (int i = 0; i < all.size() - foreign; i++) {
            zipf += StrictMath.pow(i + 1, -ZIPF_EXPONENT);
        }
        this.cumulative = new double[all.size()];
        double sum = 0;
        for (int i = 0; i < all.size(); i++) {
            sum += all.get(i).foreign()
                    ? FOREIGN_SHARE / foreign
                    : (1 - FOREIGN_SHARE) * StrictMath.pow(i + 1, -ZIPF_EXPONENT) / zipf;
            cumulative[i] = sum;
        }
        this.domesticShare = 1 - FOREIGN_SHARE;
    }

    /** Reads the interests listed in the resources: those in the default language first. */
    static Interests load(Vocabulary vocabulary) throws IOException {
        List<Interest> interests = new ArrayList<>();
        for (String slug : Lexicon.lines("interests/index.txt")) {
            interests.add(Interest.load(slug, vocabulary));
        }
        return new Interests(List.copyOf(interests));
    }

    int size() {
        return all.size();
    }

    Interest at(int index) {
        return all.get(index);
    }

    int pick(Draws draws) {
        return ofShare(draws.unit());
    }

    int pickDomestic(Draws draws) {
        return ofShare(draws.unit() * domesticShare);
    }

    /** The share of videos up to and including an interest, 0 to 1. */
    double cumulativeShare(int index) {
        return index == all.size() - 1 ? 1 : cumulative[index];
    }

    /** The interest at a place in [0, 1), where each takes up its popularity. */
    int ofShare(double share) {
        int index = 0;
        while (index < all.size() - 1 && cumulative[index] <= share) {
            index++;
        }
        return index;
    }
}
