package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The folder that a crawl is written to; counts its records. */
final class LandingFolder implements Closeable {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path folder;
    private final List<RecordSeries> series = new ArrayList<>();
    private final List<Path> arrays = new ArrayList<>();
    private int records;

    LandingFolder(Path folder) {
        this.folder = folder;
    }

    RecordSeries series(String name, boolean gzip) {
        RecordSeries added = new RecordSeries(folder, name, gzip);
        series.add(added);
        return added;
    }

    void write(RecordSeries target, ObjectNode record) throws IOException {
        target.write(MAPPER.writeValueAsBytes(record));
        records++;
    }

    void writeLine(RecordSeries target, String line) throws IOException {
        target.write(line.getBytes(StandardCharsets.UTF_8));
        records++;
    }

    /** Writes a file that is one JSON array, each item of which counts as a record. */
    void writeArray(String name, ArrayNode items) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, MAPPER.writeValueAsBytes(items));
        arrays.add(file);
        records += items.size();
    }

    int records() {
        return records;
    }

    /** All files, in the order of their names. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(arrays);
        series.forEach(one -> files.addAll(one.files()));
        files.sort(null);
        return List.copyOf(files);
    }

    /** Dates all files, which stands in for the crawl time of bare items. */
    void date(Instant modified) throws IOException {
        for (Path file : files()) {
            Files.setLastModifiedTime(file, FileTime.from(modified));
        }
    }

    @Override
    public void close() throws IOException {
        for (RecordSeries one : series) {
            one.close();
        }
    }
}
