package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import java.util.ArrayList;
import java.util.List;

/** All that a category calls itself. */
final class TestWords {

    private TestWords() {}

    static List<String> of(Category category) {
        List<String> words = new ArrayList<>(category.keywords());
        words.add(category.tag());
        return words;
    }
}
