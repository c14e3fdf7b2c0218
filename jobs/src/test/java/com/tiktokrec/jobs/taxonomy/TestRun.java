package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.ChatSpec;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.run.ModelCalls;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunLedger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Runs over a warehouse in a temporary folder, with the built-in embedding model. */
final class TestRun {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final AtomicInteger RUNS = new AtomicInteger();

    private TestRun() {}

    static Run local(Path warehouse) {
        return run(warehouse, embeddings("bge-small-en-v1.5-q@384"), Optional.empty(), Map.of());
    }

    static Run withEmbeddingModel(Path warehouse, String name) {
        return run(warehouse, embeddings(name), Optional.empty(), Map.of());
    }

    static Run withChat(Path warehouse, String baseUrl, Map<String, String> settings) {
        return run(warehouse, embeddings("bge-small-en-v1.5-q@384"), Optional.of(chat(baseUrl)), settings);
    }

    private static Run run(
            Path location, EmbeddingSpec embeddings, Optional<ChatSpec> chat, Map<String, String> settings) {
        SparkSession spark = SharedSpark.session();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        String id = "test-" + RUNS.incrementAndGet();
        Warehouse warehouse = new Warehouse(spark, location.toString(), id, NOW);
        ModelCalls models = new ModelCalls(
                chat.map(spec -> new ChatCalls(warehouse, spec, clock, (step, totals) -> {})),
                new EmbeddingCalls(warehouse, embeddings, (step, totals) -> {}));
        return new Run(
                id,
                LocalDate.of(2026, 11, 23),
                clock,
                spark,
                warehouse,
                Settings.load(Optional.empty(), settings, Map.of()),
                models,
                new RunLedger(),
                false);
    }

    private static EmbeddingSpec embeddings(String name) {
        return new EmbeddingSpec(
                true, null, EmbeddingSpec.BUILT_IN, name, 0, "", "", 0.5, 64, 10_000, Duration.ofSeconds(30), 1, 1, 0);
    }

    private static ChatSpec chat(String baseUrl) {
        return new ChatSpec(baseUrl, "test-model", 0.7, 2_000, Duration.ofSeconds(10), 1, 4, 2, 8);
    }

    /** A video: author, caption, hashtags. */
    record Video(String author, String caption, List<String> hashtags) {}

    static void ingest(Run run, List<Video> videos) {
        AtomicInteger id = new AtomicInteger();
        List<Row> rows = videos.stream()
                .map(video -> RowFactory.create(
                        Integer.toString(id.incrementAndGet()),
                        video.caption(),
                        video.author(),
                        video.hashtags().toArray(new String[0])))
                .toList();
        run.warehouse().overwrite(Videos.TABLE, run.spark().createDataFrame(rows, new StructType(new StructField[] {
            Fields.string(Videos.VIDEO_ID),
            Fields.string(Videos.DESCRIPTION),
            Fields.string(Videos.AUTHOR),
            Fields.strings(Videos.HASHTAGS)
        })));
    }

    static void ingestBio(Run run, String username, String bio) {
        run.warehouse()
                .overwrite(
                        Users.TABLE,
                        run.spark()
                                .createDataFrame(
                                        List.of(RowFactory.create(username, bio)), new StructType(new StructField[] {
                                            Fields.string(Users.USERNAME), Fields.string(Users.BIO)
                                        })));
    }
}
