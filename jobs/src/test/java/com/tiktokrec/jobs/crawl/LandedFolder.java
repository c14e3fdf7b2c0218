package com.tiktokrec.jobs.crawl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A folder of landing files as a test finds it. */
record LandedFolder(Path folder) {

    private static final ObjectMapper JSON = new ObjectMapper();

    List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> answers() {
        List<JsonNode> answers = new ArrayList<>();
        for (Path file : files()) {
            try (InputStream gzip = new GZIPInputStream(Files.newInputStream(file))) {
                for (String line : new String(gzip.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                    answers.add(JSON.readTree(line));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return answers;
    }

    /** All answers but for when they came, in the order of the files. */
    List<String> content() {
        return answers().stream()
                .map(answer -> ((ObjectNode) answer).without("fetchedAt").toString())
                .toList();
    }
}
