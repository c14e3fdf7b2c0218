package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reads a generated crawl whole, as a test needs it: which lines are JSON, which answers, which items. */
final class LandingReader {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<String> brokenLines = new ArrayList<>();
    private final List<JsonNode> answers = new ArrayList<>();
    private final List<JsonNode> bareItems = new ArrayList<>();

    static LandingReader read(List<Path> files) throws IOException {
        LandingReader reader = new LandingReader();
        for (Path file : files) {
            reader.readFile(file);
        }
        return reader;
    }

    private void readFile(Path file) throws IOException {
        String text = text(file);
        if (file.toString().endsWith(".json")) {
            MAPPER.readTree(text).forEach(bareItems::add);
            return;
        }
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                readLine(line);
            }
        }
    }

    private void readLine(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            (node.has("endpoint") ? answers : bareItems).add(node);
        } catch (JsonProcessingException notJson) {
            brokenLines.add(line);
        }
    }

    static String text(Path file) throws IOException {
        try (InputStream bytes = new ByteArrayInputStream(Files.readAllBytes(file));
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(file.toString(), unreadable);
        }
    }

    List<String> brokenLines() {
        return brokenLines;
    }

    List<JsonNode> bareItems() {
        return bareItems;
    }

    List<JsonNode> answers() {
        return answers;
    }

    /** The answers of an endpoint without those that tell an error. */
    List<JsonNode> answersOf(String endpoint) {
        return answers.stream()
                .filter(answer -> answer.get("endpoint").asText().equals(endpoint))
                .filter(answer -> !isError(answer))
                .toList();
    }

    static boolean isError(JsonNode answer) {
        JsonNode body = answer.get("body");
        return answer.get("status").asInt() != 200
                || body.path("statusCode").asInt() != 0
                || body.path("status_code").asInt() != 0;
    }

    /** All that is shown as an item, cards without one left out. */
    List<JsonNode> items() {
        List<JsonNode> items = new ArrayList<>(bareItems);
        for (JsonNode answer : answers) {
            listOf(answer).forEach(items::add);
        }
        items.removeIf(item -> item.has("type"));
        return items;
    }

    List<JsonNode> goodItems() {
        return items().stream()
                .filter(item -> item.has("id") && item.has("author"))
                .filter(item -> !item.path("stats").path("playCount").isObject())
                .toList();
    }

    static JsonNode listOf(JsonNode answer) {
        JsonNode body = answer.get("body");
        JsonNode list = body.path("data").isMissingNode() ? body : body.get("data");
        return list.has("item_list") ? list.get("item_list") : list.path("itemList");
    }
}
