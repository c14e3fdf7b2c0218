package com.tiktokrec.jobs.taxonomy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.Hashes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The identity of a taxonomy: what profiles and lists made with it depend on. */
final class TaxonomyVersion {

    private static final ObjectMapper CANONICAL =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private TaxonomyVersion() {}

    /** SHA-256 of the canonical JSON of categories, sorted by tag, and the embedding model. */
    static String of(List<Category> categories, String embeddingModel) {
        List<Map<String, Object>> sorted = categories.stream()
                .sorted(Comparator.comparing(Category::tag))
                .map(category -> Map.<String, Object>of(
                        Categories.TAG, category.tag(),
                        Videos.DESCRIPTION, category.description(),
                        Categories.KEYWORDS, category.keywords()))
                .toList();
        try {
            return Hashes.sha256(CANONICAL.writeValueAsString(
                    Map.of("categories", sorted, Categories.EMBEDDING_MODEL, embeddingModel)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and lists of texts are always JSON", e);
        }
    }
}
