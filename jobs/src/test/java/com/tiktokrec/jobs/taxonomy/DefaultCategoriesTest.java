package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.Category;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultCategoriesTest {

    @Test
    void thereAreAtLeastTwentyAndAllAreWellFormed() {
        List<Category> categories = DefaultCategories.first(500);

        assertThat(categories).hasSizeGreaterThanOrEqualTo(20);
        assertThat(categories).extracting(Category::tag).doesNotHaveDuplicates().allMatch(TagRule::holds);
        assertThat(categories).allSatisfy(category -> {
            assertThat(category.description()).isNotBlank();
            assertThat(category.keywords()).hasSizeBetween(5, 10).doesNotHaveDuplicates();
        });
    }

    @Test
    void fewerCanBeAskedFor() {
        assertThat(DefaultCategories.first(7)).hasSize(7);
    }
}
