package com.tiktokrec.jobs.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.run.RunSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.SparkSession;

/**
 * Measures what the model layer makes of a quota or of a latency, against a {@link ModelServer} in a process of its own,
 * through what jobs use: a run's embedding and chat calls. {@code bin/bench-models} starts both.
 *
 * <p>Arguments: server address, master, executors, seconds a run, folder for warehouses, runs to make.
 */
public final class ModelBench {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double SIGMA = 0.6;
    private static final double EMBEDDING_MEDIAN = 400;
    private static final double CHAT_MEDIAN = 1500;
    private static final int DIMENSIONS = 256;
    private static final int INPUTS = 8;
    private static final int SHORT_TEXT = 6;
    private static final int LONG_TEXT = 50;
    private static final long REQUESTS_PER_MINUTE = 600;
    private static final long TOKENS_PER_MINUTE = 1_200_000;
    private static final double MORE_WORK = 1.05;
    private static final int HELD = 256;
    private static final int NAIVE_SECONDS = 30;

    /**
     * One run.
     *
     * @param inFlight over all executors
     * @param words of a text or prompt
     */
    private record Scenario(String name, String what, boolean chat, int inFlight, int words, Load load) {

        int inputs() {
            return chat ? 1 : INPUTS;
        }

        /** Inputs a second that the quota or the latency allows. */
        double ceiling(double meanLatencyMillis) {
            double requests = inFlight / (meanLatencyMillis / 1000);
            if (load.requestsPerMinute() > 0) {
                requests = Math.min(requests, load.requestsPerMinute() / 60.0);
            }
            if (load.tokensPerMinute() > 0) {
                requests = Math.min(requests, load.tokensPerMinute() / 60.0 / ((double) words * inputs()));
            }
            return requests * inputs();
        }

        Scenario failing() {
            return new Scenario("d-" + name, what + ", failures", chat, inFlight, words, load.withFailures());
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final String server;
    private final String master;
    private final int executors;
    private final long seconds;
    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    private ModelBench(String server, String master, int executors, long seconds, Path folder) {
        this.server = server;
        this.master = master;
        this.executors = executors;
        this.seconds = seconds;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ModelBench bench = new ModelBench(
                arguments[0],
                arguments[1],
                Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[3]),
                Path.of(arguments[4]));
        bench.run(Set.of(arguments[5].split(",")));
    }

    private static List<Scenario> scenarios() {
        Load embeddings = new Load(EMBEDDING_MEDIAN, SIGMA, 0, 0, DIMENSIONS, 0, 0, 0, 7);
        Load tokens = new Load(EMBEDDING_MEDIAN, SIGMA, 0, TOKENS_PER_MINUTE, DIMENSIONS, 0, 0, 0, 7);
        Load requests = new Load(CHAT_MEDIAN, SIGMA, REQUESTS_PER_MINUTE, 0, DIMENSIONS, 0, 0, 0, 7);
        List<Scenario> plain = List.of(
                new Scenario("a64", "embeddings, 64 in flight", false, 64, SHORT_TEXT, embeddings),
                new Scenario("a256", "embeddings, 256 in flight", false, 256, SHORT_TEXT, embeddings),
                new Scenario("b", "chat, " + REQUESTS_PER_MINUTE + " requests/min", true, 64, LONG_TEXT, requests),
                new Scenario("c", "embeddings, " + TOKENS_PER_MINUTE + " tokens/min", false, 64, LONG_TEXT, tokens));
        List<Scenario> all = new ArrayList<>(plain);
        plain.forEach(scenario -> all.add(scenario.failing()));
        return all;
    }

    private void run(Set<String> wanted) throws IOException, InterruptedException {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of(
                "run",
                "what",
                "achieved/s",
                "ceiling/s",
                "efficiency",
                "over s",
                "whole step s",
                "in 60 s",
                "429",
                "again",
                "at once",
                "outcomes"));
        for (Scenario scenario : scenarios()) {
            if (wanted.contains("all") || wanted.contains(scenario.name())) {
                List<String> row = measured(scenario);
                System.err.println(String.join("  ", row));
                table.add(row);
            }
        }
        if (wanted.contains("all") || wanted.contains("naive")) {
            naive(scenarios().get(0));
            naive(scenarios().get(2));
        }
        if ((wanted.contains("all") || wanted.contains("heap")) && master.startsWith("local[")) {
            heap();
        }
        print(table);
        notes.forEach(System.out::println);
    }

    private List<String> measured(Scenario scenario) throws IOException, InterruptedException {
        Load load = scenario.load();
        put(load);
        double expected = load.medianMillis()
                * Math.exp(load.sigma() * load.sigma() / 2)
                * (1 + load.slowShare() * (Load.SLOW - 1));
        long inputs = (long) (scenario.ceiling(expected) * seconds * MORE_WORK);
        long started = System.nanoTime();
        inRun(scenario, run -> calls(run, scenario, inputs));
        double whole = (System.nanoTime() - started) / 1e9;
        Counts counts = counts();
        long over = Math.max(1, Math.min(seconds, counts.firstToLastMillis() / 1000));
        double achieved = (double) counts.answeredWithin(over) / over;
        double ceiling = scenario.ceiling(counts.meanLatencyMillis());
        boolean byTokens = load.tokensPerMinute() > 0;
        return List.of(
                scenario.name(),
                scenario.what(),
                text("%.1f", achieved),
                text("%.1f", ceiling),
                text("%.1f%%", 100 * achieved / ceiling),
                Long.toString(over),
                text("%.1f", whole),
                byTokens ? counts.mostTokens() + " tokens" : counts.mostRequests() + " requests",
                Long.toString(counts.outcome("refused_requests") + counts.outcome("refused_tokens")),
                Long.toString(counts.sentAgain()),
                Long.toString(counts.mostAtOnce()),
                counts.outcomes() + text(", mean %.0f ms", counts.meanLatencyMillis()));
    }

    private void calls(Run run, Scenario scenario, long inputs) {
        SparkSession spark = run.spark();
        if (scenario.chat()) {
            long answered = run.models()
                    .chat()
                    .orElseThrow()
                    .answers(
                            "bench",
                            "bench-1",
                            BenchTexts.prompts(spark, inputs, scenario.words()).persist())
                    .where("response is not null")
                    .count();
            System.err.println(scenario.name() + ": " + answered + " of " + inputs + " have an answer");
        } else {
            run.models().embeddings().embed("bench", Role.DOCUMENT, BenchTexts.texts(spark, inputs, scenario.words()));
            long stored = run.models().embeddings().vectors(Role.DOCUMENT).count();
            System.err.println(scenario.name() + ": " + stored + " of " + inputs + " have a vector");
        }
    }

    private interface Work {
        void in(Run run);
    }

    private void inRun(Scenario scenario, Work work) {
        Load load = scenario.load();
        String group = scenario.chat() ? "models.llm." : "models.embedding.";
        Map<String, String> settings = new HashMap<>(Map.of(
                "models.llm.provider",
                scenario.chat() ? "openai" : "local",
                "models.embedding.provider",
                scenario.chat() ? "local" : "openai",
                group + "base-url",
                server + "/v1",
                group + "model",
                "bench",
                group + "max-in-flight",
                Integer.toString(scenario.inFlight() / executors)));
        if (!scenario.chat()) {
            settings.put("models.embedding.dimensions", Integer.toString(load.dimensions()));
            settings.put("models.embedding.max-inputs-per-request", Integer.toString(INPUTS));
        }
        if (load.requestsPerMinute() > 0) {
            settings.put(group + "requests-per-minute", Long.toString(load.requestsPerMinute()));
        }
        if (load.tokensPerMinute() > 0) {
            settings.put(group + "tokens-per-minute", Long.toString(load.tokensPerMinute()));
        }
        String warehouse =
                folder.resolve(scenario.name() + "-" + System.nanoTime()).toString();
        new RunSession(
                        "bench",
                        LocalDate.of(2026, 11, 24),
                        Settings.load(Optional.empty(), settings, Map.of()),
                        warehouse,
                        Optional.of(master),
                        Clock.systemUTC())
                .run(
                        true,
                        run -> {
                            work.in(run);
                            return run.id();
                        },
                        id -> new RunSession.Coverage(1, 0));
    }

    /** One call at a time, as the first version of this system made them. */
    private void naive(Scenario scenario) throws IOException, InterruptedException {
        put(scenario.load());
        long end = System.nanoTime()
                + Duration.ofSeconds(Math.min(seconds, NAIVE_SECONDS)).toNanos();
        for (int call = 0; System.nanoTime() < end; call++) {
            String text = "\"naive " + call + "\"";
            String body = scenario.chat()
                    ? "{\"model\":\"bench\",\"messages\":[{\"role\":\"user\",\"content\":" + text + "}]}"
                    : "{\"model\":\"bench\",\"input\":[" + text + "]}";
            http.send(
                    HttpRequest.newBuilder(
                                    URI.create(server + (scenario.chat() ? ModelServer.CHAT : ModelServer.EMBEDDINGS)))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
        Counts counts = counts();
        double achieved = counts.outcome("answered") * 1000.0 / counts.firstToLastMillis();
        double ceiling = scenario.ceiling(counts.meanLatencyMillis());
        notes.add(text(
                "The naive loop, one call of one input at a time: %.1f/s of %.1f/s (%s), %.1f%%",
                achieved, ceiling, scenario.what(), 100 * achieved / ceiling));
    }

    /** Used heap with requests held open less that before, both after a collection. */
    private void heap() throws IOException, InterruptedException {
        Load held = new Load(5000, 0, 0, 0, DIMENSIONS, 0, 0, 0, 7);
        Scenario scenario = new Scenario("heap", "embeddings held for 5 s", false, HELD, SHORT_TEXT, held);
        // Once for what is loaded at first use.
        long perRequest = 0;
        for (int round = 0; round < 2; round++) {
            put(held);
            long before = usedHeap();
            CompletableFuture<OptionalLong> sample = CompletableFuture.supplyAsync(() -> heldHeap(HELD));
            inRun(scenario, run -> calls(run, scenario, (long) HELD * INPUTS));
            perRequest = (sample.join().orElse(before) - before) / HELD;
        }
        notes.add(
                text("Heap a request in flight (%d at once, 8 inputs, driver included): %,d bytes", HELD, perRequest));
    }

    private OptionalLong heldHeap(int requests) {
        try {
            for (int attempt = 0; attempt < 600; attempt++) {
                if (counts().mostAtOnce() >= requests) {
                    return OptionalLong.of(usedHeap());
                }
                Thread.sleep(100);
            }
            return OptionalLong.empty();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the bench's server does not tell its counts", e);
        }
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private void put(Load load) throws IOException, InterruptedException {
        http.send(
                HttpRequest.newBuilder(URI.create(server + ModelServer.BENCH))
                        .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(load)))
                        .build(),
                BodyHandlers.discarding());
    }

    private Counts counts() throws IOException, InterruptedException {
        return JSON.readValue(
                http.send(
                                HttpRequest.newBuilder(URI.create(server + ModelServer.BENCH))
                                        .build(),
                                BodyHandlers.ofByteArray())
                        .body(),
                Counts.class);
    }

    private void print(List<List<String>> table) {
        System.out.println();
        System.out.println(
                text("%s, %d s a run, %s", master, seconds, executors == 1 ? "one process" : executors + " executors"));
        int columns = table.get(0).size();
        for (List<String> row : table) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int at = column;
                int width = table.stream()
                        .mapToInt(cells -> cells.get(at).length())
                        .max()
                        .orElse(0);
                line.append(text("%-" + width + "s  ", row.get(column)));
            }
            System.out.println(line.toString().stripTrailing());
        }
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
