package com.tiktokrec.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.model.ModelClients;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.SharedSpark;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store of vectors: each distinct text once, and only what came. */
class EmbeddingCallsIT {

    @TempDir
    private Path folder;

    private FakeOpenAi server;
    private LoggedCalls log;
    private Warehouse warehouse;

    @BeforeEach
    void start() {
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, FakeOpenAi.KEY));
        server = new FakeOpenAi();
        log = new LoggedCalls();
        warehouse =
                new Warehouse(SharedSpark.session(), folder.toString(), "a-run", Instant.parse("2026-11-24T02:00:00Z"));
    }

    @AfterEach
    void stop() {
        ModelClients.close("a-run");
        server.close();
        Secrets.install(Map.of());
    }

    private EmbeddingCalls calls(String queryPrefix) {
        return new EmbeddingCalls(
                warehouse,
                new EmbeddingSpec(
                        false,
                        server.baseUrl(),
                        "an-embedding",
                        "here/an-embedding@16",
                        0,
                        queryPrefix,
                        "",
                        0,
                        8,
                        10_000,
                        Duration.ofSeconds(20),
                        2,
                        4,
                        0.13),
                log);
    }

    private static Dataset<Row> texts(String... texts) {
        return SharedSpark.session()
                .createDataFrame(
                        Arrays.stream(texts)
                                .map(text -> RowFactory.create(Hashes.sha256(text), text))
                                .toList(),
                        new StructType(
                                new StructField[] {Fields.string(Videos.TEXT_HASH), Fields.string(EmbeddingCalls.TEXT)
                                }));
    }

    private List<String> sent() {
        return server.embeddings().stream().flatMap(List::stream).toList();
    }

    @Test
    void aTextIsSentOnceEverAndABlankOneNever() {
        calls("")
                .embed(
                        "a step",
                        Role.DOCUMENT,
                        texts("cats", "dogs", "cats", "", "  ", "\t\n", "\u00a0\u2028", "birds"));

        assertThat(sent()).containsExactlyInAnyOrder("cats", "dogs", "birds");
        assertThat(warehouse.read(Embeddings.TABLE).count()).isEqualTo(3);
        assertThat(log.last().requested()).isEqualTo(3);
        assertThat(log.last().answered()).isEqualTo(3);
        assertThat(log.last().promptTokens()).isEqualTo(3);
        assertThat(log.last().costUsd()).isEqualTo(3 * 0.13 / 1e6);

        calls("").embed("a step", Role.DOCUMENT, texts("birds", "fish", " ", "cats"));

        assertThat(sent()).containsExactlyInAnyOrder("cats", "dogs", "birds", "fish");
        assertThat(log.last().cached()).isEqualTo(2);
        assertThat(calls("").vectors(Role.DOCUMENT).collectAsList())
                .hasSize(4)
                .allSatisfy(row -> assertThat(row.<Float>getList(1)).hasSize(16).doesNotContainNull());
    }

    @Test
    void aTextThatFailsHasNoRowAndIsTriedAgain() {
        server.rejectEmbedding(text -> text.equals("dogs"));

        calls("").embed("a step", Role.DOCUMENT, texts("cats", "dogs", "birds"));

        assertThat(calls("").vectors(Role.DOCUMENT).collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder(Hashes.sha256("cats"), Hashes.sha256("birds"));
        assertThat(log.last().failed()).isEqualTo(1);
        assertThat(log.last().firstFailure()).contains("400").doesNotContain(FakeOpenAi.KEY, "dogs");

        // When: the server takes it now.
        server.forget();
        server.rejectEmbedding(text -> false);
        calls("").embed("a step", Role.DOCUMENT, texts("cats", "dogs", "birds"));

        assertThat(sent()).containsExactly("dogs");
        assertThat(calls("").vectors(Role.DOCUMENT).count()).isEqualTo(3);
    }

    @Test
    void aPrefixIsPartOfWhatIsSentAndOfTheKey() {
        calls("query: ").embed("a step", Role.DOCUMENT, texts("cats"));
        calls("query: ").embed("a step", Role.QUERY, texts("cats"));

        assertThat(sent()).containsExactly("cats", "query: cats");
        assertThat(calls("query: ").vectors(Role.QUERY).count()).isEqualTo(1);
        assertThat(calls("").vectors(Role.QUERY).first().getList(1))
                .as("without a prefix a query's vector is a document's")
                .isEqualTo(calls("").vectors(Role.DOCUMENT).first().getList(1))
                .isNotEqualTo(calls("query: ").vectors(Role.QUERY).first().getList(1));
    }

    @Test
    void textsGoInPacks() {
        String[] many = IntStream.range(0, 40).mapToObj(n -> "text " + n).toArray(String[]::new);

        calls("").embed("a step", Role.DOCUMENT, texts(many));

        assertThat(sent()).containsExactlyInAnyOrder(many);
        assertThat(server.embeddings())
                .allSatisfy(pack -> assertThat(pack).hasSizeLessThanOrEqualTo(8))
                .hasSizeLessThan(12);
        assertThat(log.last().attempts()).isEqualTo(server.embeddings().size());
    }
}
