package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.Category;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaxonomyVersionTest {

    private static final Category DANCE = new Category("dance", "Dancing.", List.of("choreography", "ballet"));
    private static final Category FOOD = new Category("food", "Eating.", List.of("pizza", "pasta"));
    private static final String VERSION = TaxonomyVersion.of(List.of(DANCE, FOOD), "model@3");

    @Test
    void theVersionStaysTheSameAcrossReleases() {
        assertThat(VERSION).isEqualTo("b758807e8ec20905946d0124d0af395b42468f08b1b43f9b12bbe365b1ec3fa3");
    }

    @Test
    void theOrderOfCategoriesDoesNotMatter() {
        assertThat(TaxonomyVersion.of(List.of(FOOD, DANCE), "model@3")).isEqualTo(VERSION);
    }

    @Test
    void anyContentAndTheModelDo() {
        Category other = new Category("dance", "Dancing.", List.of("choreography", "salsa"));

        assertThat(TaxonomyVersion.of(List.of(other, FOOD), "model@3")).isNotEqualTo(VERSION);
        assertThat(TaxonomyVersion.of(List.of(DANCE, FOOD), "model@4")).isNotEqualTo(VERSION);
    }
}
