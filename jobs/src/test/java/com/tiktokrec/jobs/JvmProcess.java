package com.tiktokrec.jobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A program with this JVM's classes in a process of its own, for a test to watch and to kill. */
public final class JvmProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<String> lines = new ArrayList<>();

    /**
     * Starts a program.
     *
     * @param options of the JVM, besides those of this one
     */
    public JvmProcess(Map<String, String> environment, List<String> options, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-opens") || option.startsWith("-XX:"))
                .forEach(command::add);
        command.add("-Xmx1g");
        command.add("-Duser.timezone=UTC");
        command.addAll(options);
        // Surefire starts tests from a jar that only names the class path.
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Reads on to a line. */
    public String awaitLine(Predicate<String> wanted) {
        for (String line = read(); line != null; line = read()) {
            if (wanted.test(line)) {
                return line;
            }
        }
        throw new AssertionError("The process ended before it said so:\n" + String.join("\n", lines));
    }

    /** Reads on to the end; gives the exit code. */
    public int await() throws InterruptedException {
        String line = read();
        while (line != null) {
            line = read();
        }
        return process.waitFor();
    }

    private String read() {
        try {
            String line = output.readLine();
            if (line != null) {
                lines.add(line);
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed and logged, as far as it was read. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGKILL. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
