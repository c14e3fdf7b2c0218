package com.tiktokrec.jobs.taxonomy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.text.Category;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The categories shipped with the program, for where there is too little text to make any. */
final class DefaultCategories {

    private static final String RESOURCE = "default-categories.json";

    private DefaultCategories() {}

    /** All of them, or the first so many: the broadest stand first. */
    static List<Category> first(int atMost) {
        try (InputStream stream = DefaultCategories.class.getResourceAsStream(RESOURCE)) {
            List<Category> all = new ObjectMapper().readValue(stream, new TypeReference<List<Category>>() {});
            return all.subList(0, Math.min(atMost, all.size()));
        } catch (IOException e) {
            throw new UncheckedIOException("the list " + RESOURCE + " cannot be read: check the program's jar", e);
        }
    }
}
