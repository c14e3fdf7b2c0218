package com.tiktokrec.jobs.taxonomy;

import static org.apache.spark.sql.functions.col;

import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The categories that stand in the warehouse, sorted by tag.
 *
 * @param source empty where none stand
 * @param embeddingModel the model of their vectors
 * @param version their taxonomy_version
 */
record StandingTaxonomy(List<EmbeddedCategory> categories, String source, String embeddingModel, String version) {

    /** What stands now; at most 500 rows. */
    static StandingTaxonomy read(Run run) {
        List<Row> rows = run.step(
                "taxonomy: read categories",
                () -> run.warehouse()
                        .read(Categories.TABLE)
                        .orderBy(col(Categories.TAG))
                        .collectAsList());
        if (rows.isEmpty()) {
            return new StandingTaxonomy(List.of(), "", "", "");
        }
        Row first = rows.get(0);
        return new StandingTaxonomy(
                rows.stream().map(StandingTaxonomy::category).toList(),
                first.getAs(SearchResults.SOURCE),
                first.getAs(Categories.EMBEDDING_MODEL),
                first.getAs(Categories.TAXONOMY_VERSION));
    }

    private static EmbeddedCategory category(Row row) {
        int embedding = row.fieldIndex(Categories.EMBEDDING);
        return new EmbeddedCategory(
                new Category(
                        row.getAs(Categories.TAG),
                        row.getAs(Videos.DESCRIPTION),
                        List.copyOf(row.<String>getList(row.fieldIndex(Categories.KEYWORDS)))),
                row.isNullAt(embedding) ? Optional.empty() : Optional.of(List.copyOf(row.<Float>getList(embedding))));
    }

    boolean isEmpty() {
        return categories.isEmpty();
    }

    /** The key of the embedding model that is configured. */
    static String configuredModel(Run run) {
        return run.models().embeddings().spec().modelKey(Role.DOCUMENT);
    }

    boolean lacksVectors() {
        return categories.stream().anyMatch(category -> category.embedding().isEmpty());
    }

    /** Replaces what stands, in one commit. */
    static StandingTaxonomy write(Run run, List<EmbeddedCategory> categories, String source) {
        String model = configuredModel(run);
        String version = TaxonomyVersion.of(
                categories.stream().map(EmbeddedCategory::category).toList(), model);
        List<Row> rows = categories.stream()
                .map(category -> RowFactory.create(
                        category.category().tag(),
                        category.category().description(),
                        category.category().keywords().toArray(new String[0]),
                        category.embedding()
                                .map(vector -> vector.toArray(new Float[0]))
                                .orElse(null),
                        model,
                        source,
                        version))
                .toList();
        run.step("taxonomy: write categories", () -> {
            run.warehouse()
                    .overwrite(
                            Categories.TABLE,
                            run.spark().createDataFrame(rows, Categories.SCHEMA).coalesce(1));
            return rows.size();
        });
        return new StandingTaxonomy(List.copyOf(categories), source, model, version);
    }
}
