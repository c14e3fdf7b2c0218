package com.tiktokrec.common.model.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A provider's batch jobs: files of requests, answered within a day for less. Each method makes one attempt and throws a
 * {@link ModelCallException}, classified.
 */
public interface BatchClient extends AutoCloseable {

    /** Where a batch stands. */
    enum State {
        UNDER_WAY,
        /** All requests were tried: answers in the output file, failures in the error file. */
        COMPLETED,
        /** The file did not pass validation: nothing was tried, nothing is to pay. */
        REFUSED,
        /** The time was up: what was answered until then is in the output file. */
        EXPIRED,
        CANCELLED
    }

    /**
     * A batch as the provider tells it.
     *
     * @param outputFile id of the file of answers, where there are any
     * @param errorFile id of the file of requests without one, where there are any
     * @param problems why the file was refused: codes and lines, no user's text
     */
    record Batch(
            String id, State state, Optional<String> outputFile, Optional<String> errorFile, List<String> problems) {}

    /** Uploads a file of {@link BatchLine requests}, and gives its id. */
    String upload(Path requests);

    /**
     * Creates a batch.
     *
     * @param endpoint {@code /v1/chat/completions} or {@code /v1/embeddings}
     * @param token kept with the batch, by which {@link #find} finds it where the answer to this call got lost
     */
    Batch create(String fileId, String endpoint, String token);

    Batch batch(String id);

    /** The batch that was created with a token, among the newest. */
    Optional<Batch> find(String token);

    void download(String fileId, Path target);

    void delete(String fileId);

    @Override
    void close();
}
