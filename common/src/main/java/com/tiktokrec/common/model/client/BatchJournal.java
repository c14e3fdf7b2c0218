package com.tiktokrec.common.model.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Remembers batches from before they are created until their answers are stored, beyond the end of a run. */
public interface BatchJournal {

    /**
     * A batch.
     *
     * @param token its name here, and what the provider keeps with it
     * @param batchId the provider's id, empty until it is known
     * @param requests how many it holds
     * @param labels what whoever stores its answers needs to know
     */
    record Entry(
            String token,
            String endpoint,
            String fileId,
            Optional<String> batchId,
            long requests,
            Map<String, String> labels) {

        Entry created(String id) {
            return new Entry(token, endpoint, fileId, Optional.of(id), requests, labels);
        }
    }

    /** Remembers an entry, durably, in place of one with the same token. */
    void write(Entry entry);

    List<Entry> entries();

    void remove(Entry entry);
}
