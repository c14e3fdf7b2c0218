package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.jobs.recommend.Diversity.Candidate;
import com.tiktokrec.jobs.recommend.Diversity.Pick;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiversityTest {

    private static final Set<String> NO_TAGS = Set.of();

    private static Diversity ofLength(int count) {
        return new Diversity(0.9, 0.85, count);
    }

    private static Candidate<String> candidate(String id, String author, double baseScore, Set<String> tags) {
        return new Candidate<>(id, author, baseScore, tags, "row of " + id);
    }

    private static List<String> ids(List<Pick<String>> picks) {
        return picks.stream().map(pick -> pick.candidate().videoId()).toList();
    }

    @Test
    void repeatsOfAuthorsAndTagSetsCostScore() {
        // Given
        List<Candidate<String>> candidates = List.of(
                candidate("1", "ann", 0.90, Set.of("dance")),
                candidate("2", "ann", 0.88, Set.of("food")),
                candidate("3", "bob", 0.85, Set.of("dance")),
                candidate("4", "cat", 0.80, NO_TAGS));

        // When
        List<Pick<String>> picks = ofLength(4).picks(candidates);

        // Then: after 1, there are left 2 at 0.88 x 0.9 = 0.792, 3 at 0.85 x 0.85 = 0.7225, and 4.
        assertThat(ids(picks)).containsExactly("1", "4", "2", "3");
        assertThat(picks).extracting(Pick::rank).containsExactly(1, 2, 3, 4);
        assertThat(picks).extracting(Pick::authorRepeats).containsExactly(0, 0, 1, 0);
        assertThat(picks).extracting(Pick::tagSetRepeats).containsExactly(0, 0, 0, 1);
        assertThat(picks.get(0).score()).isEqualTo(0.90);
        assertThat(picks.get(1).score()).isEqualTo(0.80);
        assertThat(picks.get(2).score()).isCloseTo(0.792, within(1e-12));
        assertThat(picks.get(3).score()).isCloseTo(0.7225, within(1e-12));
        assertThat(picks.get(3).candidate().row()).isEqualTo("row of 3");
    }

    @Test
    void penaltiesMultiply() {
        List<Candidate<String>> candidates = List.of(
                candidate("1", "ann", 0.9, Set.of("dance")),
                candidate("2", "ann", 0.8, Set.of("dance")),
                candidate("3", "ann", 0.7, Set.of("dance")));

        List<Pick<String>> picks = ofLength(3).picks(candidates);

        assertThat(picks.get(1).score()).isCloseTo(0.8 * 0.9 * 0.85, within(1e-12));
        assertThat(picks.get(2).score()).isCloseTo(0.7 * 0.81 * 0.7225, within(1e-12));
        assertThat(picks.get(2).authorRepeats()).isEqualTo(2);
        assertThat(picks.get(2).tagSetRepeats()).isEqualTo(2);
    }

    @Test
    void onlyExactlyTheSameSetIsARepeat() {
        List<Candidate<String>> candidates = List.of(
                candidate("1", "ann", 0.9, Set.of("dance", "food")),
                candidate("2", "bob", 0.8, Set.of("food", "dance")),
                candidate("3", "cat", 0.7, Set.of("dance")),
                candidate("4", "dan", 0.6, Set.of("dance", "food", "art")));

        List<Pick<String>> picks = ofLength(4).picks(candidates);

        assertThat(ids(picks)).containsExactly("1", "3", "2", "4");
        assertThat(picks).extracting(Pick::tagSetRepeats).containsExactly(0, 0, 1, 0);
    }

    @Test
    void theEmptySetNeverRepeats() {
        List<Candidate<String>> candidates = List.of(
                candidate("1", "ann", 0.9, NO_TAGS),
                candidate("2", "bob", 0.8, NO_TAGS),
                candidate("3", "cat", 0.7, NO_TAGS));

        List<Pick<String>> picks = ofLength(3).picks(candidates);

        assertThat(picks).extracting(Pick::score).containsExactly(0.9, 0.8, 0.7);
        assertThat(picks).extracting(Pick::tagSetRepeats).containsOnly(0);
    }

    @Test
    void aTieGoesToTheHigherBaseScore() {
        // Given: after the first pick of ann, 1.0 x 0.9 is exactly bob's 0.9.
        List<Candidate<String>> candidates = List.of(
                candidate("1", "bob", 0.9, NO_TAGS),
                candidate("2", "ann", 1.0, NO_TAGS),
                candidate("3", "ann", 1.0, NO_TAGS));

        List<Pick<String>> picks = ofLength(3).picks(candidates);

        assertThat(ids(picks)).containsExactly("2", "3", "1");
        assertThat(picks).extracting(Pick::score).containsExactly(1.0, 0.9, 0.9);
    }

    @Test
    void aFullTieGoesToTheSmallerId() {
        List<Candidate<String>> candidates = new ArrayList<>(List.of(
                candidate("9", "ann", 0.5, NO_TAGS),
                candidate("10", "bob", 0.5, NO_TAGS),
                candidate("100", "cat", 0.5, NO_TAGS),
                candidate("7301234567890123456", "dan", 0.5, NO_TAGS),
                candidate("a1", "eve", 0.5, NO_TAGS)));
        Collections.shuffle(candidates, new Random(3));

        assertThat(ids(ofLength(5).picks(candidates)))
                .as("ids compare as numbers, others after them")
                .containsExactly("9", "10", "100", "7301234567890123456", "a1");
    }

    @Test
    void listsStayShortWhereCandidatesAreFew() {
        List<Candidate<String>> candidates =
                List.of(candidate("1", "ann", 0.9, NO_TAGS), candidate("2", "bob", 0.8, NO_TAGS));

        assertThat(ofLength(20).picks(candidates)).hasSize(2);
        assertThat(ofLength(1).picks(candidates)).hasSize(1);
        assertThat(ofLength(20).picks(List.<Candidate<String>>of())).isEmpty();
    }

    @Test
    void penaltiesOfOneAreOff() {
        List<Candidate<String>> candidates =
                List.of(candidate("1", "ann", 0.9, Set.of("dance")), candidate("2", "ann", 0.8, Set.of("dance")));

        assertThat(new Diversity(1, 1, 2).picks(candidates))
                .extracting(Pick::score)
                .containsExactly(0.9, 0.8);
    }
}
