package com.tiktokrec.common.model.client;

import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.client.BatchClient.Batch;
import com.tiktokrec.common.model.client.BatchClient.State;
import com.tiktokrec.common.model.client.BatchJournal.Entry;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has requests answered by batch jobs, and pays each once: a batch is noted before it is created, with a token that the
 * provider keeps, and noted with its id before it is waited for; it is forgotten once its answers are stored. Whatever
 * ends a run in between, the next one takes the batch up where it stands.
 */
public final class BatchJobs {

    /**
     * How much a file may hold, and how the provider is asked.
     *
     * @param maxRequests of one file, 50,000 at OpenAI
     * @param maxBytes of one file, 200 MB at OpenAI
     * @param poll time between two looks at a batch
     * @param maxAttempts at one call, looks in a row included
     */
    public record Limits(int maxRequests, long maxBytes, Duration poll, int maxAttempts) {

        /** OpenAI's limits, and a look each minute. */
        public static Limits openAi(int maxAttempts) {
            return new Limits(50_000, 200_000_000, Duration.ofMinutes(1), maxAttempts);
        }
    }

    /** Takes what came of a batch. */
    public interface Sink {

        /**
         * Stores answers, durably; called again after a crash, so storing twice must do no harm.
         *
         * @param requests the file of the batch's requests
         * @param answers its output and error files, in any order of lines
         */
        void take(Entry entry, Path requests, List<Path> answers);

        /** Hears that a batch's file was refused as a whole: none of its requests was tried. */
        void refused(Entry entry, Path requests, String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(BatchJobs.class);

    private final BatchClient client;
    private final BatchJournal journal;
    private final Sleeper sleeper;
    private final Limits limits;

    public BatchJobs(BatchClient client, BatchJournal journal, Sleeper sleeper, Limits limits) {
        this.client = client;
        this.journal = journal;
        this.sleeper = sleeper;
        this.limits = limits;
    }

    /** Waits for the batches that earlier runs left for an endpoint, and takes what came. */
    public void resume(String endpoint, Sink sink) {
        Map<Entry, Path> underWay = new HashMap<>();
        for (Entry entry : journal.entries()) {
            if (entry.endpoint().equals(endpoint)) {
                adopted(entry).ifPresent(found -> underWay.put(found, null));
            }
        }
        await(underWay, sink);
    }

    /** An entry with its batch; a batch that was never created is forgotten, and its requests are asked anew. */
    private Optional<Entry> adopted(Entry entry) {
        if (entry.batchId().isPresent()) {
            LOG.info(
                    "Batch {} of an earlier run is taken up: {} requests",
                    entry.batchId().get(),
                    entry.requests());
            return Optional.of(entry);
        }
        Optional<Batch> found = insisted(() -> client.find(entry.token()));
        if (found.isEmpty()) {
            forget(entry, List.of());
            return Optional.empty();
        }
        LOG.info(
                "Batch {} was created and not noted: it is taken up, {} requests",
                found.get().id(),
                entry.requests());
        Entry created = entry.created(found.get().id());
        journal.write(created);
        return Optional.of(created);
    }

    /**
     * Sends requests in as few batches as the limits allow, waits for all of them, and hands on what came.
     *
     * @throws ModelCallException where not even a batch could be created, or looked at; those created stay noted
     */
    public void send(String endpoint, Map<String, String> labels, Iterator<BatchLine> lines, Sink sink) {
        Map<Entry, Path> underWay = new HashMap<>();
        ModelCallException failure = null;
        Lines rest = new Lines(lines);
        try {
            while (rest.hasNext()) {
                Path file = Files.createTempFile("batch", ".jsonl");
                try {
                    long requests = rest.fill(file);
                    underWay.put(created(endpoint, labels, file, requests), file);
                } catch (ModelCallException e) {
                    Files.delete(file);
                    failure = e;
                    break;
                }
            }
            await(underWay, sink);
        } catch (IOException e) {
            throw new UncheckedIOException("a batch's file cannot be written: " + e.getMessage(), e);
        } finally {
            underWay.values().forEach(BatchJobs::deleted);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Entry created(String endpoint, Map<String, String> labels, Path file, long requests) {
        String fileId = insisted(() -> client.upload(file));
        Entry entry = new Entry(UUID.randomUUID().toString(), endpoint, fileId, Optional.empty(), requests, labels);
        journal.write(entry);
        try {
            // An answer that got lost may have left a batch: look before a second one is paid.
            boolean[] tried = {false};
            Batch batch = insisted(() -> {
                Optional<Batch> before = tried[0] ? client.find(entry.token()) : Optional.empty();
                tried[0] = true;
                return before.orElseGet(() -> client.create(fileId, endpoint, entry.token()));
            });
            Entry created = entry.created(batch.id());
            journal.write(created);
            LOG.info("Batch {} holds {} requests to {}", batch.id(), requests, endpoint);
            return created;
        } catch (ModelCallException e) {
            if (e.kind() != Kind.RETRIABLE) {
                forget(entry, List.of());
            }
            throw e;
        }
    }

    private void await(Map<Entry, Path> underWay, Sink sink) {
        List<Entry> waiting = new ArrayList<>(underWay.keySet());
        int failures = 0;
        while (!waiting.isEmpty()) {
            for (Entry entry : List.copyOf(waiting)) {
                try {
                    Batch batch = client.batch(entry.batchId().orElseThrow());
                    failures = 0;
                    if (batch.state() != State.UNDER_WAY) {
                        taken(entry, batch, Optional.ofNullable(underWay.get(entry)), sink);
                        waiting.remove(entry);
                    }
                } catch (ModelCallException e) {
                    failures++;
                    if (e.kind() != Kind.RETRIABLE || failures >= limits.maxAttempts()) {
                        throw e;
                    }
                }
            }
            if (!waiting.isEmpty()) {
                slept(limits.poll());
            }
        }
    }

    private void taken(Entry entry, Batch batch, Optional<Path> sent, Sink sink) {
        List<Path> temporary = new ArrayList<>();
        List<String> files = new ArrayList<>();
        batch.outputFile().ifPresent(files::add);
        batch.errorFile().ifPresent(files::add);
        try {
            Path requests = sent.orElseGet(() -> downloaded(entry.fileId(), temporary));
            if (batch.state() == State.REFUSED) {
                LOG.warn("Batch {} was refused: {}", batch.id(), String.join(", ", batch.problems()));
                sink.refused(
                        entry,
                        requests,
                        "the provider refused the batch's file (" + String.join(", ", batch.problems())
                                + "): nothing was paid, and the next run tries again; correct what it names, or set"
                                + " models.mode = online");
            } else {
                List<Path> answers =
                        files.stream().map(file -> downloaded(file, temporary)).toList();
                sink.take(entry, requests, answers);
                LOG.info("Batch {} is {}", batch.id(), batch.state());
            }
            forget(entry, files);
        } finally {
            temporary.forEach(BatchJobs::deleted);
        }
    }

    private Path downloaded(String fileId, List<Path> temporary) {
        try {
            Path file = Files.createTempFile("batch", ".jsonl");
            temporary.add(file);
            insisted(() -> {
                client.download(fileId, file);
                return true;
            });
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("a batch's file cannot be written: " + e.getMessage(), e);
        }
    }

    /** Strangers' texts do not stay with the provider longer than needed. */
    private void forget(Entry entry, List<String> files) {
        journal.remove(entry);
        List<String> all = new ArrayList<>(files);
        all.add(entry.fileId());
        for (String file : all) {
            try {
                client.delete(file);
            } catch (ModelCallException e) {
                LOG.info("File {} of a batch could not be deleted at the provider: {}", file, e.getMessage());
            }
        }
    }

    private <T> T insisted(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (ModelCallException e) {
                if (e.kind() != Kind.RETRIABLE || attempt == limits.maxAttempts()) {
                    throw e;
                }
                slept(e.retryAfter().orElse(limits.poll()));
            }
        }
    }

    private void slept(Duration duration) {
        try {
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted while a batch was under way");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    private static void deleted(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.info("The temporary file {} could not be deleted: {}", file, e.toString());
        }
    }

    /** Requests that go into one file after the other. */
    private final class Lines {

        private final Iterator<BatchLine> lines;
        private BatchLine next;

        Lines(Iterator<BatchLine> lines) {
            this.lines = lines;
        }

        boolean hasNext() {
            return next != null || lines.hasNext();
        }

        /** Writes as many as one file may hold, at least one, and tells how many. */
        long fill(Path file) throws IOException {
            long requests = 0;
            long bytes = 0;
            try (Writer out = Files.newBufferedWriter(file)) {
                while (hasNext() && requests < limits.maxRequests()) {
                    BatchLine line = next == null ? lines.next() : next;
                    next = line;
                    if (requests > 0 && bytes + line.size() > limits.maxBytes()) {
                        break;
                    }
                    out.write(line.json());
                    out.write('\n');
                    bytes += line.size();
                    requests++;
                    next = null;
                }
            }
            return requests;
        }
    }
}
