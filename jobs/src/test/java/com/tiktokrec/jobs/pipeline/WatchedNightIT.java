package com.tiktokrec.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.JvmProcess;
import com.tiktokrec.jobs.Main;
import com.tiktokrec.jobs.StoredTables;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a night shows to those who watch it: Prometheus, Spark's event log, the log. A night in a process of its own, with
 * Spark's UI, whose embedding server stops answering until the metrics have been read.
 */
@Timeout(600)
class WatchedNightIT {

    private static final String DATE = "2026-11-23";
    private static final int ANSWERED = 3;
    private static final Pattern METRIC = Pattern.compile(
            "metrics_tiktok_rec_driver_plugin_com_tiktokrec_common_model_ModelCallsPlugin_(\\w+)_Value\\{type=\"gauges\"\\}"
                    + " (\\S+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static List<String> lines;
    private static Map<String, Double> halfway;
    private static Row run;

    @BeforeAll
    static void oneNight() throws Exception {
        CrawlGenerator.generate(new CrawlGenerator.Options(8, 200, 42, folder.resolve("crawl"), LocalDate.parse(DATE)));
        Files.createDirectories(folder.resolve("events"));
        Path log = folder.resolve("log4j2.properties");
        Files.writeString(
                log,
                Files.readString(Path.of("..", "conf", "log4j2-cluster.properties"))
                        + "\nlogger.ports.name = org.apache.spark.util.Utils\nlogger.ports.level = info\n");
        CountDownLatch read = new CountDownLatch(1);
        AtomicInteger texts = new AtomicInteger();
        try (FakeOpenAi server = new FakeOpenAi()) {
            server.rejectEmbedding(text -> {
                // A text a request.
                if (texts.incrementAndGet() > ANSWERED) {
                    await(read);
                }
                return false;
            });
            try (JvmProcess night = night(server, log)) {
                Matcher port =
                        Pattern.compile("service 'SparkUI' on port (\\d+)").matcher("");
                night.awaitLine(line -> port.reset(line).find());
                String found = port.group(1);
                night.awaitLine(line -> line.contains("Run " + DATE + "-pipeline-"));
                halfway = metricsOnce(found, ANSWERED);
                read.countDown();
                assertThat(night.await())
                        .as(() -> String.join("\n", night.lines()))
                        .isZero();
                lines = night.lines();
            } finally {
                read.countDown();
            }
        }
        run = new StoredTables(folder.resolve("warehouse")).lastRun();
    }

    @AfterAll
    static void forget() {
        lines = null;
        run = null;
    }

    private static JvmProcess night(FakeOpenAi server, Path log) {
        return new JvmProcess(
                Map.of(Secrets.OPENAI_API_KEY, FakeOpenAi.KEY, "OPENAI_BASE_URL", server.baseUrl()),
                List.of(
                        "-Dlog4j2.configurationFile=" + log.toUri(),
                        "-Dspark.ui.enabled=true",
                        "-Dspark.ui.port=0",
                        "-Dspark.metrics.conf.driver.sink.prometheusServlet.class"
                                + "=org.apache.spark.metrics.sink.PrometheusServlet",
                        "-Dspark.metrics.conf.driver.sink.prometheusServlet.path=/metrics/prometheus",
                        "-Dspark.eventLog.enabled=true",
                        "-Dspark.eventLog.rolling.enabled=false",
                        "-Dspark.eventLog.compress=false",
                        "-Dspark.eventLog.dir=" + folder.resolve("events").toUri(),
                        "-Dspark.sql.codegen.wholeStage=false",
                        "-Dspark.sql.codegen.factoryMode=NO_CODEGEN"),
                Main.class,
                "pipeline",
                "--all",
                "--input",
                folder.resolve("crawl").toString(),
                "--warehouse",
                folder.resolve("warehouse").toString(),
                "--run-date",
                DATE,
                "--master",
                "local[2]",
                "--set",
                "pipeline.num-categories=8",
                "--set",
                "models.llm.provider=local",
                "--set",
                "models.embedding.provider=openai",
                "--set",
                "models.embedding.max-inputs-per-request=1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** This program's metrics on the page for Prometheus, as soon as it tells of so many calls. */
    private static Map<String, Double> metricsOnce(String port, int calls) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpRequest page = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics/prometheus"))
                .build();
        while (true) {
            HttpResponse<String> response = client.send(page, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            Map<String, Double> metrics = new TreeMap<>();
            METRIC.matcher(response.body())
                    .results()
                    .forEach(found -> metrics.put(found.group(1), Double.valueOf(found.group(2))));
            assertThat(metrics).containsEntry("runs", 1.0);
            if (metrics.get("model_calls") >= calls) {
                return metrics;
            }
        }
    }

    @Test
    void prometheusSeesCallsTokensAndRowsWhileTheNightRuns() {
        assertThat(halfway)
                .containsEntry("model_calls", (double) ANSWERED)
                .containsEntry("model_prompt_tokens", (double) ANSWERED)
                .containsEntry("model_completion_tokens", 0.0)
                .containsEntry("model_cached_calls", 0.0)
                .containsEntry("fallbacks", 0.0)
                .containsEntry("chat_efficiency_percent", Double.NaN)
                .containsKeys("embedding_efficiency_percent", "model_cost_usd")
                .hasEntrySatisfying("count_videos", videos -> assertThat(videos).isGreaterThan(100))
                .hasEntrySatisfying("count_users", users -> assertThat(users).isGreaterThan(7));
        assertThat(halfway.get("model_cost_usd")).isPositive();
        assertThat(run.<Long>getAs(Runs.MODEL_CALLS)).isGreaterThan(ANSWERED);
    }

    @Test
    void everyJobInTheEventLogIsOfTheRunAndSaysWhatItDoes() throws Exception {
        String id = run.getAs(Table.RUN_ID);
        List<JsonNode> jobs = new ArrayList<>();
        try (Stream<Path> logs = Files.list(folder.resolve("events"))) {
            for (Path log : logs.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList()) {
                for (String line : Files.readAllLines(log)) {
                    JsonNode event = JSON.readTree(line);
                    if (event.path("Event").asText().equals("SparkListenerJobStart")) {
                        jobs.add(event);
                    }
                }
            }
        }

        assertThat(jobs).hasSizeGreaterThan(50);
        assertThat(jobs).allSatisfy(job -> {
            JsonNode properties = job.path("Properties");
            assertThat(properties.path("spark.jobGroup.id").asText())
                    .as(() -> job.path("Stage Infos").path(0).path("Details").asText())
                    .isEqualTo(id);
            assertThat(properties.path("spark.job.description").asText()).isNotBlank();
        });
        assertThat(jobs)
                .extracting(job ->
                        job.path("Properties").path("spark.job.description").asText())
                .anyMatch(description -> description.contains("ingest: read landing files"));
    }

    @Test
    void everyLineThatTheProgramLogsWhileTheRunGoesOnCarriesItsId() {
        String id = run.getAs(Table.RUN_ID);
        assertThat(lines)
                .filteredOn(line -> line.contains(" INFO ") && line.contains(" c.t."))
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(line).contains("[" + id + "]"));
        assertThat(lines).noneMatch(line -> line.contains(FakeOpenAi.KEY));
    }
}
