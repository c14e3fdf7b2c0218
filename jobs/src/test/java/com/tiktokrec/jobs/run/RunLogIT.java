package com.tiktokrec.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.DaemonThreads;
import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.http.InFlight;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.run.RunSession.Coverage;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Which run a log line belongs to, as conf/log4j2-cluster.properties shows it. */
class RunLogIT {

    private static final Logger LOG = LoggerFactory.getLogger(RunLogIT.class);

    /** Formats each event on the thread that logs it, as an appender to standard error does. */
    private static final class Lines extends AbstractAppender {

        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        Lines(String pattern) {
            super("lines", null, PatternLayout.newBuilder().withPattern(pattern).build(), true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(getLayout().toSerializable(event).toString().strip());
        }
    }

    @TempDir
    private Path folder;

    private Lines lines;
    private LoggerConfig root;

    @BeforeEach
    void listen() throws IOException {
        SharedSpark.session();
        Properties conf = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("..", "conf", "log4j2-cluster.properties"))) {
            conf.load(file);
        }
        lines = new Lines(conf.getProperty("appender.stderr.layout.pattern"));
        lines.start();
        root = ((LoggerContext) LogManager.getContext(false)).getConfiguration().getRootLogger();
        root.addAppender(lines, null, null);
    }

    @AfterEach
    void leave() {
        root.removeAppender(lines.getName());
        lines.stop();
    }

    private String line(String message) {
        return lines.lines.stream()
                .filter(line -> line.endsWith(": " + message))
                .findFirst()
                .orElseThrow(() -> new AssertionError(message + " is not in " + lines.lines));
    }

    @Test
    void everyLineOfARunCarriesItsIdOnTheDriverInTasksAndOnThreadsOfTheirOwn() {
        LOG.info("before");
        String id = new RunSession(
                        "profile",
                        LocalDate.of(2026, 11, 23),
                        Settings.load(Optional.empty(), Map.of(), Map.of()),
                        folder.toString(),
                        Optional.empty(),
                        Clock.fixed(Instant.parse("2026-11-24T02:00:00Z"), ZoneOffset.UTC))
                .run(
                        false,
                        run -> {
                            LOG.info("between steps");
                            run.step("say something", () -> {
                                LOG.info("in a step");
                                return run.spark()
                                        .range(1)
                                        .map(
                                                (MapFunction<Long, Long>) number -> {
                                                    LOG.info("in a task");
                                                    InFlight.inFlight(
                                                                    List.of(1, 2)
                                                                            .iterator(),
                                                                    2,
                                                                    call -> {
                                                                        LOG.info("call {} of a task", call);
                                                                        return call;
                                                                    })
                                                            .forEachRemaining(done -> {});
                                                    return number;
                                                },
                                                Encoders.LONG())
                                        .count();
                            });
                            return run.id();
                        },
                        result -> new Coverage(0, 0))
                .result();
        LOG.info("after");

        assertThat(line("before")).matches("\\S+Z INFO  \\[main\\] c\\.t\\.j\\.r\\.RunLogIT: before");
        assertThat(List.of("between steps", "in a step", "in a task", "call 1 of a task", "call 2 of a task"))
                .allSatisfy(message -> assertThat(line(message)).contains(" INFO  [" + id + "] ["));
        assertThat(line("in a task")).contains("Executor task launch worker");
        assertThat(line("call 1 of a task")).contains("[call-");
        assertThat(line("after")).doesNotContain(id);
        assertThat(MDC.get(DaemonThreads.RUN_ID)).isNull();
        assertThat(SharedSpark.session().sparkContext().getLocalProperty(DaemonThreads.RUN_ID))
                .isNull();
    }
}
