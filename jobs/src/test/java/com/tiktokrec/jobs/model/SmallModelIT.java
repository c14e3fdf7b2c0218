package com.tiktokrec.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.ChatSpec;
import com.tiktokrec.common.model.ModelClients;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.SharedSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wire to a language model that is none of ours: llama.cpp's server with SmolLM2, whose answers mean nothing and
 * hold to their schema. Skipped where {@code bin/demo-llm --fetch-small} did not put them.
 */
class SmallModelIT {

    private static final Instant NOW = Instant.parse("2026-11-24T02:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RUN = "small-model-run";
    private static final String SCHEMA = """
            {"type": "object", "additionalProperties": false, "required": ["tags"], "properties": {"tags": {
              "type": "array", "minItems": 1, "maxItems": 2, "items": {
                "type": "object", "additionalProperties": false, "required": ["tag", "degree"], "properties": {
                  "tag": {"type": "string", "enum": ["dance", "rescue_dog", "street_food"]},
                  "degree": {"type": "integer", "minimum": 0, "maximum": 9}}}}}}""";

    @TempDir
    private static Path folder;

    private static Process server;
    private static String address;

    @BeforeAll
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    static void serve() throws IOException {
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(set -> !set.isBlank())
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("tiktok-rec");
        Path weights = cache.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");
        Optional<Path> python = python(cache);
        assumeTrue(
                Files.exists(weights) && python.isPresent(),
                () -> "skipped: SmolLM2 and llama.cpp's server are not in " + cache
                        + " (`bin/demo-llm --fetch-small` puts them there)");
        ProcessBuilder builder = new ProcessBuilder(
                python.orElseThrow().toString(),
                Path.of("..", "bin", "llm-server.py").toString(),
                weights.toString(),
                "2",
                "1024");
        builder.environment().put("OMP_WAIT_POLICY", "passive");
        server = builder.redirectError(folder.resolve("server.log").toFile()).start();
        address = server.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(address)
                .as(() -> "the server's address; its log: " + read(folder.resolve("server.log")))
                .startsWith("http");
        Secrets.install(Map.of());
    }

    private static Optional<Path> python(Path cache) throws IOException {
        if (!Files.isDirectory(cache)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(cache)) {
            return folders.filter(each -> each.getFileName().toString().startsWith("xllamacpp-"))
                    .filter(each -> Files.exists(each.resolve("complete")))
                    .map(each -> each.resolve("bin").resolve("python"))
                    .filter(Files::exists)
                    .findFirst();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @AfterAll
    static void stop() {
        ModelClients.close(RUN);
        if (server != null) {
            server.destroyForcibly();
        }
    }

    private static Dataset<Row> prompts(String... captions) {
        return SharedSpark.session()
                .createDataFrame(
                        Stream.of(captions)
                                .map(caption -> RowFactory.create(
                                        "of " + caption,
                                        "Say which tags fit the caption, and how well from 0 to 9.",
                                        caption,
                                        "tags",
                                        SCHEMA))
                                .toList(),
                        new StructType()
                                .add(Fields.string(Users.USERNAME))
                                .add(Fields.string(ChatCalls.SYSTEM))
                                .add(Fields.string(ChatCalls.USER))
                                .add(Fields.string(ChatCalls.SCHEMA_NAME))
                                .add(Fields.string(ChatCalls.SCHEMA)));
    }

    private static ChatCalls calls(LoggedCalls log) {
        return new ChatCalls(
                new Warehouse(SharedSpark.session(), folder.resolve("warehouse").toString(), RUN, NOW),
                new ChatSpec(address + "/v1", "smollm2", 0.3, 200, Duration.ofMinutes(2), 2, 2, 0, 0),
                Clock.fixed(NOW, ZoneOffset.UTC),
                log,
                Optional.empty());
    }

    @Test
    void answersHoldToTheirSchemaAndAreBoughtOnce() throws IOException {
        String[] captions = {"Salsa in the rain #dance", "Noodles at midnight", "She found a home \uD83D\uDC36"};
        LoggedCalls log = new LoggedCalls();

        List<Row> answers =
                calls(log).answers("a step", "v1", prompts(captions)).collectAsList();

        assertThat(answers).hasSize(captions.length);
        for (Row row : answers) {
            assertThat(row.<String>getAs(ChatCalls.FAILURE)).isNull();
            JsonNode tags = JSON.readTree(row.<String>getAs(ChatCalls.RESPONSE)).path("tags");
            assertThat(tags).hasSizeBetween(1, 2).allSatisfy(tag -> {
                assertThat(tag.path("tag").asText()).isIn("dance", "rescue_dog", "street_food");
                assertThat(tag.path("degree").asInt(-1)).isBetween(0, 9);
            });
        }
        assertThat(log.last().promptTokens()).isBetween(60L, 1_000L);
        assertThat(log.last().completionTokens()).isBetween(30L, 600L);

        // When: asked again.
        assertThat(calls(log).answers("a step", "v1", prompts(captions)).collectAsList())
                .containsExactlyInAnyOrderElementsOf(answers);
        assertThat(log.last().attempts()).isZero();
    }
}
