package com.tiktokrec.common.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the outcomes of one task and stages them, a file at a time, while its calls go on. Used by one thread.
 */
final class StagedOutcomes {

    /** Writes the fields of one line. */
    @FunctionalInterface
    interface Line {
        void write(JsonGenerator json) throws IOException;
    }

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LARGEST_FILE = 32 << 20;

    private final CallTask task;
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final ByteArrayOutputStream failures = new ByteArrayOutputStream();
    private final List<String> hashes = new ArrayList<>();
    private long answered;
    private long failed;
    private long calls;
    private String firstFailure;
    private long stagedAt = System.nanoTime();
    private int number;

    StagedOutcomes(CallTask task) {
        this.task = task;
    }

    void answered(String hash, Line line) {
        hashes.add(hash);
        answered++;
        write(answers, line);
    }

    void failed(String hash, String keyColumn, String reason) {
        hashes.add(hash);
        failed++;
        firstFailure = firstFailure == null ? reason : firstFailure;
        write(failures, json -> {
            json.writeStringField(keyColumn, hash);
            json.writeStringField(ChatCalls.FAILURE, reason);
        });
    }

    /** Counts a call that has ended, and stages what there is when a part of a wave is full. */
    void called() {
        calls++;
        if (calls >= task.callsOfAFile() || answers.size() >= LARGEST_FILE) {
            stage();
        }
    }

    /** Stages what there is if it has waited for long enough. */
    void stageIfDue() {
        if (!hashes.isEmpty()
                && System.nanoTime() - stagedAt >= task.secondsOfAFile().toNanos()) {
            stage();
        }
    }

    /** Stages what there is. */
    void stage() {
        if (!hashes.isEmpty()) {
            String name = task.batch() + "-" + task.task() + "-" + number++;
            if (answers.size() > 0) {
                task.answerFiles().write(task.runId(), name, answers.toByteArray(), answers.size());
            }
            if (failures.size() > 0) {
                task.failureFiles().write(task.batch(), name, failures.toByteArray(), failures.size());
            }
            task.driver()
                    .ask(new DeskMessage.Staged(
                            task.runId(),
                            task.batch(),
                            task.task(),
                            List.copyOf(hashes),
                            answered,
                            failed,
                            calls,
                            firstFailure));
        }
        answers.reset();
        failures.reset();
        hashes.clear();
        answered = 0;
        failed = 0;
        calls = 0;
        firstFailure = null;
        stagedAt = System.nanoTime();
    }

    private static void write(ByteArrayOutputStream to, Line line) {
        try (JsonGenerator json = JSON.createGenerator(to)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            line.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written", e);
        }
        to.write('\n');
    }

    /** Where and when a task stages. */
    interface CallTask {
        String runId();

        String batch();

        long task();

        DriverLink driver();

        StagedFiles answerFiles();

        StagedFiles failureFiles();

        int callsOfAFile();

        Duration secondsOfAFile();
    }
}
