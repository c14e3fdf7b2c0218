package com.tiktokrec.common.model;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.files.WholeFile;
import com.tiktokrec.common.model.client.BatchJournal;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Notes of batches, a small JSON file each, in a folder that outlives the run. They hold no text of anyone. */
final class BatchFolder implements BatchJournal {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
    private static final String SUFFIX = ".json";

    private final Path folder;
    private final FileSystem files;

    BatchFolder(String folder, Configuration hadoop) {
        this.folder = new Path(folder);
        try {
            this.files = this.folder.getFileSystem(hadoop);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public void write(Entry entry) {
        ObjectNode note = JSON.createObjectNode()
                .put("token", entry.token())
                .put("endpoint", entry.endpoint())
                .put("file_id", entry.fileId())
                .put("requests", entry.requests());
        entry.batchId().ifPresent(id -> note.put("batch_id", id));
        note.set("labels", JSON.valueToTree(entry.labels()));
        // The id goes into a file of its own: a rename that replaces is not to be had everywhere.
        Path file = file(entry, entry.batchId().isPresent());
        try {
            WholeFile.write(files, file, out -> out.write(JSON.writeValueAsBytes(note)));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        try {
            for (FileStatus status : files.listStatus(folder)) {
                String name = status.getPath().getName();
                boolean superseded =
                        !name.endsWith(CREATED) && files.exists(new Path(folder, name.replace(SUFFIX, CREATED)));
                if (name.endsWith(SUFFIX) && !name.startsWith(".") && !superseded) {
                    entries.add(read(status.getPath()));
                }
            }
            return entries;
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private Entry read(Path path) throws IOException {
        try (InputStream in = files.open(path)) {
            JsonNode note = JSON.readTree(in);
            return new Entry(
                    note.path("token").asText(),
                    note.path("endpoint").asText(),
                    note.path("file_id").asText(),
                    Optional.ofNullable(note.get("batch_id")).map(JsonNode::asText),
                    note.path("requests").asLong(),
                    JSON.convertValue(note.path("labels"), LABELS));
        }
    }

    @Override
    public void remove(Entry entry) {
        try {
            // The older note first: alone, it would read as a batch that may not have been created.
            files.delete(file(entry, false), false);
            files.delete(file(entry, true), false);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static final String CREATED = ".created" + SUFFIX;

    private Path file(Entry entry, boolean created) {
        return new Path(folder, entry.token() + (created ? CREATED : SUFFIX));
    }

    private UncheckedIOException unwritable(IOException e) {
        return new UncheckedIOException("the notes of batches at " + folder + " cannot be read or written", e);
    }
}
