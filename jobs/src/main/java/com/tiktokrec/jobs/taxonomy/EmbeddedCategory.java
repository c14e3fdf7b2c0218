package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import java.util.List;
import java.util.Optional;

/**
 * A category with its vector.
 *
 * @param embedding empty where it could not be, or was not yet, embedded
 */
record EmbeddedCategory(Category category, Optional<List<Float>> embedding) {

    static EmbeddedCategory bare(Category category) {
        return new EmbeddedCategory(category, Optional.empty());
    }

    EmbeddedCategory with(Optional<List<Float>> vector) {
        return new EmbeddedCategory(category, vector);
    }
}
