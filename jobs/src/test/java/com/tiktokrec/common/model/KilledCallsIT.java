package com.tiktokrec.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.SharedSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a kill costs: processes of their own, killed while they call. */
@Timeout(300)
class KilledCallsIT {

    private static final int QUESTIONS = 80;
    private static final int BEFORE_THE_KILL = 40;

    /** What an executor had not staged yet, a file of two calls and what came meanwhile, and what was in flight. */
    private static final int PAID_TWICE = 3 * CallingProgram.IN_FLIGHT;

    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch half = new CountDownLatch(1);
    private final CountDownLatch killed = new CountDownLatch(1);
    private FakeOpenAi server;
    private Process process;

    @BeforeEach
    void start() {
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, FakeOpenAi.KEY));
        server = new FakeOpenAi();
        server.chat(request -> {
            if (asked.incrementAndGet() > BEFORE_THE_KILL) {
                half.countDown();
                await(killed);
            }
            return FakeOpenAi.answer("{\"n\": 1}");
        });
    }

    @AfterEach
    void stop() {
        killed.countDown();
        if (process != null) {
            process.destroyForcibly();
        }
        server.close();
        Secrets.install(Map.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(200, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process started(String master) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-opens") || option.startsWith("-XX:"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx1g",
                "-cp",
                classPath(),
                CallingProgram.class.getName(),
                master,
                server.baseUrl(),
                folder.resolve("warehouse").toString(),
                "killed",
                Integer.toString(QUESTIONS)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.environment()
                .putAll(Map.of(
                        Secrets.OPENAI_API_KEY,
                        FakeOpenAi.KEY,
                        "SPARK_LOCAL_IP",
                        "127.0.0.1",
                        // Spark starts executors by a launcher that wants a distribution; under test it does without.
                        "SPARK_HOME",
                        folder.toString(),
                        "SPARK_TESTING",
                        "1",
                        "SPARK_SCALA_VERSION",
                        "2.13"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Surefire starts tests from a jar that only names the class path; Spark's own process builders do not read it. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long distinctStored() {
        return new Warehouse(SharedSpark.session(), folder.resolve("warehouse").toString(), "a-reader", Instant.EPOCH)
                .read(ModelResponses.TABLE)
                .select(ModelResponses.REQUEST_HASH)
                .distinct()
                .count();
    }

    private long stored() {
        return new Warehouse(SharedSpark.session(), folder.resolve("warehouse").toString(), "a-reader", Instant.EPOCH)
                .read(ModelResponses.TABLE)
                .count();
    }

    @Test
    void aDriverKilledInMidWaveCostsWhatWasInFlightAndNotStagedOnce() throws Exception {
        process = started("local[2]");
        assertThat(half.await(200, TimeUnit.SECONDS)).as(output()).isTrue();

        process.destroyForcibly().waitFor();
        killed.countDown();
        long answered = CallingProgram.ask(
                SharedSpark.session(),
                server.baseUrl(),
                folder.resolve("warehouse").toString(),
                "next",
                QUESTIONS);

        assertThat(answered).isEqualTo(QUESTIONS);
        assertThat(asked.get()).isBetween(QUESTIONS, QUESTIONS + PAID_TWICE);
        assertThat(stored()).isEqualTo(QUESTIONS);
        assertThat(distinctStored()).isEqualTo(QUESTIONS);
    }

    @Test
    void anExecutorKilledInMidWaveCostsWhatItHadInFlightAndNotStagedOnce() throws Exception {
        process = started("local-cluster[2,1,1024]");
        assertThat(half.await(200, TimeUnit.SECONDS)).as(output()).isTrue();

        // The driver starts nothing but executors.
        ProcessHandle executor = process.descendants()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no executor of its own process: " + output()));
        executor.destroyForcibly();
        executor.onExit().get(30, TimeUnit.SECONDS);
        killed.countDown();

        assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output()).isZero();
        assertThat(asked.get()).isBetween(QUESTIONS, QUESTIONS + PAID_TWICE);
        assertThat(stored()).isEqualTo(QUESTIONS);
        assertThat(distinctStored()).isEqualTo(QUESTIONS);
        assertThat(output()).doesNotContain(FakeOpenAi.KEY);
    }
}
