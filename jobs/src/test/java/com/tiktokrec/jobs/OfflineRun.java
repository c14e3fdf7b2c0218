package com.tiktokrec.jobs;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.run.ModelCalls;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunLedger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Runs whose vectors a test has stored: a text without one stays without, since its model answers nothing. */
public final class OfflineRun {

    public static final String MODEL = "test@16";
    public static final double COSINE_FLOOR = 0.5;
    public static final int DIMENSIONS = 16;

    /** Categories that generated crawls touch, and some of their keywords. */
    public static final Map<String, List<String>> KEYWORDS_BY_TAG = new TreeMap<>(Map.ofEntries(
            Map.entry("anime", List.of("manga", "cosplay")),
            Map.entry("basketball", List.of("nba", "dunk")),
            Map.entry("cats", List.of("kitten", "cat tree")),
            Map.entry("coffee", List.of("latte art", "espresso")),
            Map.entry("cooking", List.of("recipe", "one pot")),
            Map.entry("dance", List.of("choreography", "salsa")),
            Map.entry("dogs", List.of("puppy", "golden retriever")),
            Map.entry("fitness", List.of("workout", "gym")),
            Map.entry("home_baking", List.of("sourdough", "cookies")),
            Map.entry("house_plants", List.of("monstera", "repotting")),
            Map.entry("makeup", List.of("eyeliner", "blush")),
            Map.entry("soccer", List.of("goal", "football")),
            Map.entry("street_food", List.of("night market", "noodles")),
            Map.entry("travel", List.of("hidden beach", "itinerary")),
            Map.entry("true_crime", List.of("cold case", "podcast"))));

    /** Nothing listens there: a call is refused at once. */
    private static final String NOBODY = "http://127.0.0.1:1/v1";

    private OfflineRun() {}

    public static Run of(Path folder, LocalDate date, Map<String, String> settings) {
        Clock clock = Clock.fixed(date.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        String id = "offline-" + date;
        Warehouse warehouse = new Warehouse(SharedSpark.session(), folder.toString(), id, clock.instant());
        EmbeddingSpec nothing = new EmbeddingSpec(
                false, NOBODY, "test", MODEL, 0, "", "", COSINE_FLOOR, 2048, 300_000, Duration.ofSeconds(5), 1, 1, 0);
        RunLedger ledger = new RunLedger();
        return new Run(
                id,
                date,
                clock,
                SharedSpark.session(),
                warehouse,
                Settings.load(Optional.empty(), settings, Map.of()),
                new ModelCalls(Optional.empty(), new EmbeddingCalls(warehouse, nothing, ledger)),
                ledger,
                false);
    }

    /** Every query that templates can make of the {@link #KEYWORDS_BY_TAG categories}. */
    public static Set<String> templateQueries() {
        Set<String> queries = new TreeSet<>();
        KEYWORDS_BY_TAG.forEach((tag, keywords) -> {
            queries.add(tag.replace('_', ' '));
            keywords.forEach(keyword -> queries.add((tag + " " + keyword).replace('_', ' ')));
            KEYWORDS_BY_TAG.keySet().forEach(other -> queries.add((tag + " " + other).replace('_', ' ')));
        });
        return queries;
    }

    /** A vector that a text always gets: positive numbers, so that cosines spread between 0.5 and 1. */
    public static float[] vector(String text) {
        return vector(text, DIMENSIONS);
    }

    public static float[] vector(String text, int dimensions) {
        CRC32 seed = new CRC32();
        seed.update(text.getBytes(StandardCharsets.UTF_8));
        Random random = new Random(seed.getValue());
        float[] vector = new float[dimensions];
        for (int index = 0; index < 6; index++) {
            vector[index] = random.nextFloat();
        }
        return vector;
    }

    /** Stores vectors by text hash. */
    public static void storeVectors(Warehouse warehouse, String model, Map<String, float[]> vectorByTextHash) {
        List<Row> rows = new ArrayList<>();
        vectorByTextHash.forEach((hash, vector) -> rows.add(RowFactory.create(hash, model, vector)));
        warehouse.append(
                Embeddings.TABLE,
                warehouse.spark().createDataFrame(rows, Embeddings.SCHEMA).coalesce(1));
    }

    /** Stores the categories that stand; those without a vector get none. */
    public static void storeCategories(
            Warehouse warehouse, Map<String, List<String>> keywordsByTag, Map<String, float[]> vectorByTag) {
        List<Row> rows = new ArrayList<>();
        keywordsByTag.forEach((tag, keywords) -> rows.add(RowFactory.create(
                tag,
                "About " + tag + ".",
                keywords.toArray(String[]::new),
                vectorByTag.get(tag),
                MODEL,
                "file",
                "version")));
        warehouse.overwrite(
                Categories.TABLE,
                warehouse.spark().createDataFrame(rows, Categories.SCHEMA).coalesce(1));
    }

    /** A stored vector; null for null. */
    public static float[] floats(Row row, String column) {
        int index = row.fieldIndex(column);
        if (row.isNullAt(index)) {
            return null;
        }
        List<Float> values = row.getList(index);
        float[] vector = new float[values.size()];
        for (int place = 0; place < vector.length; place++) {
            vector[place] = values.get(place);
        }
        return vector;
    }
}
