package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.run.Run;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Embeds the few texts that a taxonomy needs, in one packed step, through the run's store of vectors. */
final class CategoryVectors {

    private static final String STEP = "taxonomy";
    private static final StructType TEXTS =
            new StructType(new StructField[] {Fields.string(Videos.TEXT_HASH), Fields.string(EmbeddingCalls.TEXT)});

    private CategoryVectors() {}

    /** The vectors of texts, at most a few thousand; a text that could not be embedded has none. */
    static Map<String, List<Float>> of(Run run, Collection<String> texts) {
        Map<String, String> textByHash = new HashMap<>();
        List<Row> rows = new ArrayList<>();
        for (String text : new LinkedHashSet<>(texts)) {
            String hash = Hashes.sha256(text);
            textByHash.put(hash, text);
            rows.add(RowFactory.create(hash, text));
        }
        Dataset<Row> wanted = run.spark().createDataFrame(rows, TEXTS);
        EmbeddingCalls embeddings = run.models().embeddings();
        embeddings.embed(STEP, Role.DOCUMENT, wanted);
        Map<String, List<Float>> vectors = new HashMap<>();
        embeddings
                .vectors(Role.DOCUMENT)
                .join(wanted.select(Videos.TEXT_HASH), new String[] {Videos.TEXT_HASH}, "left_semi")
                .collectAsList()
                .forEach(row -> vectors.put(
                        textByHash.get(row.<String>getAs(Videos.TEXT_HASH)),
                        row.getList(row.fieldIndex(Categories.EMBEDDING))));
        return vectors;
    }

    /** Categories with the vectors they lack. */
    static List<EmbeddedCategory> completed(Run run, List<EmbeddedCategory> categories) {
        List<String> missing = categories.stream()
                .filter(category -> category.embedding().isEmpty())
                .map(category -> category.category().text())
                .toList();
        if (missing.isEmpty()) {
            return categories;
        }
        Map<String, List<Float>> vectors = run.step("taxonomy: embed categories", () -> of(run, missing));
        run.ledger()
                .count(
                        "categories_without_vector",
                        missing.stream()
                                .filter(text -> !vectors.containsKey(text))
                                .count());
        return categories.stream()
                .map(category -> category.embedding().isPresent()
                        ? category
                        : category.with(Optional.ofNullable(
                                vectors.get(category.category().text()))))
                .toList();
    }
}
