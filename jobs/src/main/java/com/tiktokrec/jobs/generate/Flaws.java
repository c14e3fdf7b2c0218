package com.tiktokrec.jobs.generate;

import java.util.List;
import java.util.Optional;

/** Says when a malformed record is due: each kind once soon after the start, then 3 in 1,000 records, in turn. */
final class Flaws {

    private static final List<Flaw> KINDS = List.of(Flaw.values());
    private static final double RATIO = 0.003;
    private static final int FIRST_EVERY = 5;

    private int made;
    private int asked;

    /** The flaw to make now, if any. {@code records} is how many there are by now. */
    Optional<Flaw> due(int records) {
        asked++;
        boolean first = made < KINDS.size() && asked % FIRST_EVERY == 0;
        return first || made < records * RATIO - KINDS.size() ? Optional.of(next()) : Optional.empty();
    }

    /** A flaw of a kind not made yet, while there are some. */
    Optional<Flaw> missing() {
        return made < KINDS.size() ? Optional.of(next()) : Optional.empty();
    }

    private Flaw next() {
        return KINDS.get(made++ % KINDS.size());
    }

    int made() {
        return made;
    }
}
