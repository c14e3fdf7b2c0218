package com.tiktokrec.jobs;

import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.jobs.cli.Launcher;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** The program in this process, at a fixed time and with an environment of its own. */
public final class Program {

    /** What a command line came to. */
    public record Ended(int exitCode, String out, String err) {

        /** The line that a person reads last. */
        public String lastError() {
            List<String> lines = err.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    private final Clock clock;
    private final Map<String, String> environment;

    private Program(Clock clock, Map<String, String> environment) {
        this.clock = clock;
        this.environment = environment;
    }

    public static Program at(String instant) {
        return new Program(Clock.fixed(Instant.parse(instant), ZoneOffset.UTC), Map.of());
    }

    public Program withEnvironment(Map<String, String> variables) {
        return new Program(clock, variables);
    }

    /** Runs a command line, and takes its secrets from this JVM again. */
    public Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try {
            int exitCode = new Launcher(new PrintWriter(out), new PrintWriter(err), clock, environment).run(arguments);
            return new Ended(exitCode, out.toString(), err.toString());
        } finally {
            Secrets.install(Map.of());
        }
    }
}
