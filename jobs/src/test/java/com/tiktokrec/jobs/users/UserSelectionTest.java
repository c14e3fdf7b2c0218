package com.tiktokrec.jobs.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserSelectionTest {

    @ParameterizedTest
    @ValueSource(strings = {"taylorswift", "@taylorswift", "TaylorSwift", "@TAYLORSWIFT", "  @TaylorSwift\t"})
    void aNameIsTakenAsItIsStored(String given) {
        UserSelection selection = UserSelection.of(List.of(given));

        assertThat(selection.usernames()).containsExactly("taylorswift");
        assertThat(selection.isAll()).isFalse();
    }

    @Test
    void aNameGivenTwiceInWhateverWritingIsOneUserAndOrderIsKept() {
        assertThat(UserSelection.of(List.of("@Bob", "ann", "bob", "ANN")).usernames())
                .containsExactly("bob", "ann");
    }

    @Test
    void onlyTheFirstAtSignIsNoPartOfAName() {
        assertThat(UserSelection.of(List.of("@@ann", "a@nn", "a.n_n")).usernames())
                .containsExactly("@ann", "a@nn", "a.n_n");
    }

    @Test
    void lettersAreLoweredInTheSameWayInEveryLanguage() {
        assertThat(UserSelection.of(List.of("TITLE\u0130")).usernames()).containsExactly("titlei\u0307");
    }

    @Test
    void allIsNoListOfNames() {
        assertThat(UserSelection.all().isAll()).isTrue();
        assertThat(UserSelection.all().usernames()).isEmpty();
    }
}
