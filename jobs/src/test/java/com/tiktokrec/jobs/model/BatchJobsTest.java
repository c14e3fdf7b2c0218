package com.tiktokrec.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.client.BatchJobs;
import com.tiktokrec.common.model.client.BatchJobs.Limits;
import com.tiktokrec.common.model.client.BatchJournal;
import com.tiktokrec.common.model.client.BatchLine;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.model.client.ModelCallException;
import com.tiktokrec.common.model.client.OpenAiBatchClient;
import com.tiktokrec.common.model.client.OpenAiSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches against a real server: each request paid once, whatever ends the run in between. */
class BatchJobsTest {

    private static final Limits LIMITS = new Limits(50_000, 200_000_000, Duration.ofMinutes(1), 3);

    /** Stands for a killed process. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What survives a run. */
    private static final class Notes implements BatchJournal {
        private final Map<String, Entry> notes = new LinkedHashMap<>();
        private boolean killedOnNextId;

        @Override
        public void write(Entry entry) {
            if (killedOnNextId && entry.batchId().isPresent()) {
                throw new Killed();
            }
            notes.put(entry.token(), entry);
        }

        @Override
        public List<Entry> entries() {
            return List.copyOf(notes.values());
        }

        @Override
        public void remove(Entry entry) {
            notes.remove(entry.token());
        }
    }

    /** What came. */
    private static final class Came implements BatchJobs.Sink {
        private final Map<String, String> byId = new TreeMap<>();
        private final List<String> reasons = new ArrayList<>();
        private boolean killed;

        @Override
        public void take(BatchJournal.Entry entry, Path requests, List<Path> answers) {
            assertThat(lines(requests)).hasSize((int) entry.requests());
            for (Path file : answers) {
                for (String line : lines(file)) {
                    BatchLine.Answer answer = BatchLine.answer(line);
                    byId.put(
                            answer.id(),
                            answer instanceof BatchLine.Answer.Body body
                                    ? BatchLine.chatAnswer(body.body()).content()
                                    : ((BatchLine.Answer.Failure) answer).reason());
                }
            }
            if (killed) {
                throw new Killed();
            }
        }

        @Override
        public void refused(BatchJournal.Entry entry, Path requests, String reason) {
            reasons.add(reason);
        }

        private static List<String> lines(Path file) {
            try {
                return Files.readAllLines(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Notes notes = new Notes();
    private final Came came = new Came();
    private final List<Duration> slept = new ArrayList<>();
    private FakeBatches server;
    private OpenAiBatchClient client;

    @BeforeEach
    void start() {
        server = new FakeBatches();
        client = new OpenAiBatchClient(settings(FakeBatches.KEY));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private OpenAiSettings settings(String key) {
        return new OpenAiSettings(
                server.baseUrl(), key, "a-model", OptionalDouble.of(0.7), OptionalInt.of(500), Duration.ofSeconds(20));
    }

    private BatchJobs jobs(Sleeper sleeper, Limits limits) {
        return new BatchJobs(client, notes, sleeper, limits);
    }

    private BatchJobs jobs() {
        return jobs(slept::add, LIMITS);
    }

    private List<BatchLine> lines(int count) {
        return IntStream.range(0, count)
                .mapToObj(id -> BatchLine.chat(
                        "id" + id,
                        settings(FakeBatches.KEY),
                        new ChatPrompt("Be brief.", "question " + id + " ü", "s", "{\"type\":\"object\"}")))
                .toList();
    }

    private void send(BatchJobs jobs, int count) {
        jobs.send(BatchLine.CHAT, Map.of("step", "a step"), lines(count).iterator(), came);
    }

    @Test
    void requestsAreAnsweredAndNothingIsLeftBehind() {
        send(jobs(), 3);

        assertThat(came.byId).containsOnlyKeys("id0", "id1", "id2").containsValue("{\"n\": 1}");
        assertThat(server.created()).isEqualTo(1);
        assertThat(slept).containsExactly(Duration.ofMinutes(1));
        assertThat(server.uploads().get(0))
                .contains(
                        "\"custom_id\":\"id2\"", "\"url\":\"/v1/chat/completions\"", "question 2 ü", "\"strict\":true")
                .contains("\"max_tokens\":500", "\"temperature\":0.7");
        assertThat(notes.entries()).isEmpty();
        assertThat(server.files())
                .as("no stranger's text stays with the provider")
                .isZero();
    }

    @Test
    void aFileHoldsNoMoreThanItMay() {
        send(jobs(slept::add, new Limits(2, 200_000_000, Duration.ofMinutes(1), 3)), 5);
        assertThat(server.uploads()).extracting(file -> file.lines().count()).containsExactly(2L, 2L, 1L);
        assertThat(slept).as("all are under way at once").hasSize(1);

        int line = lines(1).get(0).json().length() + 2;
        send(jobs(slept::add, new Limits(50_000, 3L * line, Duration.ofMinutes(1), 3)), 5);
        assertThat(server.uploads().subList(3, 5))
                .extracting(file -> file.lines().count())
                .containsExactly(3L, 2L);
        assertThat(came.byId).hasSize(5);
    }

    @Test
    void aRunThatDiesBetweenCreationAndPollingPaysNothingTwice() {
        assertThatThrownBy(() -> send(
                        jobs(
                                duration -> {
                                    throw new Killed();
                                },
                                LIMITS),
                        3))
                .isInstanceOf(Killed.class);
        assertThat(came.byId).isEmpty();

        jobs().resume(BatchLine.EMBEDDINGS, came);
        assertThat(came.byId).as("another endpoint's batches are not its").isEmpty();
        jobs().resume(BatchLine.CHAT, came);

        assertThat(came.byId).hasSize(3);
        assertThat(server.created()).isEqualTo(1);
        assertThat(server.uploads()).hasSize(1);
        assertThat(notes.entries()).isEmpty();
    }

    @Test
    void aRunThatDiesBeforeItNotesTheIdFindsTheBatchAgain() {
        notes.killedOnNextId = true;
        assertThatThrownBy(() -> send(jobs(), 3)).isInstanceOf(Killed.class);
        notes.killedOnNextId = false;

        jobs().resume(BatchLine.CHAT, came);

        assertThat(came.byId).hasSize(3);
        assertThat(server.created()).isEqualTo(1);
    }

    @Test
    void aCreationWhoseAnswerGotLostIsNotRepeated() {
        server.loseTheNextCreation();

        send(jobs(), 3);

        assertThat(came.byId).hasSize(3);
        assertThat(server.created()).isEqualTo(1);
    }

    @Test
    void answersThatWereNotStoredAreTakenAgain() {
        came.killed = true;
        assertThatThrownBy(() -> send(jobs(), 2)).isInstanceOf(Killed.class);
        came.killed = false;

        jobs().resume(BatchLine.CHAT, came);

        assertThat(server.created()).isEqualTo(1);
        assertThat(notes.entries()).isEmpty();
    }

    @Test
    void anExpiredBatchGivesWhatItHas() {
        server.endAs("expired", 2);

        send(jobs(), 3);

        assertThat(came.byId.values()).filteredOn("{\"n\": 1}"::equals).hasSize(2);
        assertThat(came.byId).containsEntry("id0", "the batch did not answer this request (batch_expired)");
    }

    @Test
    void aFailedLineIsAFailureOfItsOwn() {
        server.failLines(line -> line.contains("question 1"));

        send(jobs(), 3);

        assertThat(came.byId)
                .containsEntry("id1", "the batch did not answer this request (400, bad_input)")
                .containsEntry("id2", "{\"n\": 1}");
    }

    @Test
    void aRefusedFileIsToldByCodeAndLineAlone() {
        server.endAs("failed", 0);

        send(jobs(), 3);

        assertThat(came.byId).isEmpty();
        assertThat(came.reasons)
                .singleElement()
                .asString()
                .contains("invalid_method in line 2")
                .doesNotContain("user");
        assertThat(notes.entries()).isEmpty();
    }

    @Test
    void aServerThatFailsForAWhileIsAskedAgain() {
        server.failNext(2);

        send(jobs(), 1);

        assertThat(came.byId).hasSize(1);
        assertThat(slept).hasSize(3);
    }

    @Test
    void aWrongKeyIsFinalAndLeavesNoNote() {
        client.close();
        client = new OpenAiBatchClient(settings("wrong"));

        assertThatThrownBy(() -> send(jobs(), 1))
                .isInstanceOfSatisfying(
                        ModelCallException.class, e -> assertThat(e.kind()).isEqualTo(ModelCallException.Kind.FINAL))
                .hasMessageContaining("401");
        assertThat(notes.entries()).isEmpty();
        assertThat(slept).isEmpty();
    }
}
