package com.tiktokrec.jobs.taxonomy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.files.WholeFile;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A taxonomy as a file: a JSON array of {@code {tag, description, keywords, embedding}}, local or at a Hadoop URI. */
final class TaxonomyFile {

    static final int MOST_CATEGORIES = 500;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LISTED_PROBLEMS = 20;

    private TaxonomyFile() {}

    /**
     * The categories of a file.
     *
     * @throws RunFailure exit 3 where it is missing, unreadable or no JSON array; exit 2, with all problems, where its
     *     content breaks the rules
     */
    static List<EmbeddedCategory> read(Configuration configuration, String file) {
        JsonNode content = parsed(configuration, file);
        List<String> problems = new ArrayList<>();
        List<EmbeddedCategory> categories = new ArrayList<>();
        for (int index = 0; index < content.size(); index++) {
            category(content.get(index), index, problems).ifPresent(categories::add);
        }
        if (content.isEmpty()) {
            problems.add("it holds no categories");
        }
        if (content.size() > MOST_CATEGORIES) {
            problems.add("it holds " + content.size() + " categories, and " + MOST_CATEGORIES + " is the most");
        }
        noteDuplicates(content, problems);
        noteMixedDimensions(categories, problems);
        if (!problems.isEmpty()) {
            throw RunFailure.usage("the taxonomy file " + file + " cannot be used: "
                    + String.join("; ", problems.subList(0, Math.min(LISTED_PROBLEMS, problems.size())))
                    + (problems.size() > LISTED_PROBLEMS
                            ? "; and " + (problems.size() - LISTED_PROBLEMS) + " more"
                            : "")
                    + ". Correct them, or write a file to start from with: taxonomy --output FILE");
        }
        return categories;
    }

    private static JsonNode parsed(Configuration configuration, String file) {
        try {
            Path path = new Path(file);
            FileSystem files = path.getFileSystem(configuration);
            if (!files.exists(path)) {
                throw RunFailure.input("the taxonomy file does not exist: check the path (value: " + file + ")");
            }
            try (InputStream stream = files.open(path)) {
                JsonNode content = JSON.readTree(stream);
                if (content == null || !content.isArray()) {
                    throw RunFailure.input("the taxonomy file is no JSON array: give an array of {tag, description,"
                            + " keywords, embedding} (value: " + file + ")");
                }
                return content;
            }
        } catch (JsonProcessingException e) {
            throw RunFailure.input(
                    "the taxonomy file is no JSON (" + e.getOriginalMessage() + ", line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
                            + "): correct it (value: " + file + ")",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw RunFailure.input(
                    "the taxonomy file cannot be read (" + e.getMessage()
                            + "): check the path and its permissions (value: " + file + ")",
                    e);
        }
    }

    private static Optional<EmbeddedCategory> category(JsonNode node, int index, List<String> problems) {
        int before = problems.size();
        JsonNode tag = node.path(Categories.TAG);
        String place = "category " + (index + 1) + (tag.isTextual() ? " (" + tag.asText() + ")" : "");
        if (!tag.isTextual()) {
            problems.add(place + " has no tag");
        } else if (!TagRule.holds(tag.asText())) {
            problems.add(place + ": a tag is " + TagRule.RULE);
        }
        JsonNode description = node.path(Videos.DESCRIPTION);
        if (!description.isTextual() || description.asText().isBlank()) {
            problems.add(place + " has no description");
        }
        Optional<List<String>> keywords = keywords(node.path(Categories.KEYWORDS));
        if (keywords.isEmpty()) {
            problems.add(place + " has no keywords: give an array of texts");
        }
        JsonNode embedding = node.path(Categories.EMBEDDING);
        Optional<List<Float>> vector = vector(embedding);
        if (vector.isEmpty() && !embedding.isMissingNode() && !embedding.isNull()) {
            problems.add(place + ": its embedding is no array of numbers");
        }
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new EmbeddedCategory(
                        new Category(tag.asText(), description.asText(), keywords.orElseThrow()), vector));
    }

    private static Optional<List<String>> keywords(JsonNode node) {
        List<String> keywords = new ArrayList<>();
        for (JsonNode keyword : node) {
            if (!keyword.isTextual() || keyword.asText().isBlank()) {
                return Optional.empty();
            }
            keywords.add(keyword.asText());
        }
        return node.isArray() && !keywords.isEmpty() ? Optional.of(List.copyOf(keywords)) : Optional.empty();
    }

    private static Optional<List<Float>> vector(JsonNode node) {
        List<Float> vector = new ArrayList<>(node.size());
        for (JsonNode value : node) {
            if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
                return Optional.empty();
            }
            vector.add(value.floatValue());
        }
        return node.isArray() && !vector.isEmpty() ? Optional.of(List.copyOf(vector)) : Optional.empty();
    }

    private static void noteDuplicates(JsonNode content, List<String> problems) {
        Map<String, Integer> seen = new HashMap<>();
        content.forEach(node -> seen.merge(node.path(Categories.TAG).asText(), 1, Integer::sum));
        new TreeSet<>(seen.keySet())
                .stream()
                        .filter(tag -> !tag.isEmpty() && seen.get(tag) > 1)
                        .forEach(tag -> problems.add("the tag " + tag + " stands " + seen.get(tag) + " times"));
    }

    private static void noteMixedDimensions(List<EmbeddedCategory> categories, List<String> problems) {
        TreeSet<Integer> dimensions = new TreeSet<>();
        categories.forEach(category -> category.embedding().ifPresent(vector -> dimensions.add(vector.size())));
        if (dimensions.size() > 1) {
            problems.add("its embeddings have different dimensions: " + dimensions);
        }
    }

    /** Writes categories in the order given; a reader sees the old file or the whole new one. */
    static void write(Configuration configuration, String file, List<EmbeddedCategory> categories) {
        ArrayNode content = JSON.createArrayNode();
        for (EmbeddedCategory category : categories) {
            ObjectNode node = content.addObject()
                    .put(Categories.TAG, category.category().tag())
                    .put(Videos.DESCRIPTION, category.category().description());
            ArrayNode keywords = node.putArray(Categories.KEYWORDS);
            category.category().keywords().forEach(keywords::add);
            if (category.embedding().isPresent()) {
                ArrayNode embedding = node.putArray(Categories.EMBEDDING);
                category.embedding().get().forEach(value -> embedding.add(value.floatValue()));
            } else {
                node.putNull(Categories.EMBEDDING);
            }
        }
        try {
            replace(configuration, file, lines(content));
        } catch (IOException | IllegalArgumentException e) {
            throw RunFailure.failed(
                    "the taxonomy file cannot be written (" + e.getMessage()
                            + "): give a path that this user may write (value: --output " + file + ")",
                    e);
        }
    }

    /** One category a line: a diff shows what changed. */
    private static byte[] lines(ArrayNode content) throws IOException {
        StringBuilder text = new StringBuilder("[");
        for (int index = 0; index < content.size(); index++) {
            text.append(index == 0 ? "\n" : ",\n").append(JSON.writeValueAsString(content.get(index)));
        }
        return text.append("\n]\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void replace(Configuration configuration, String file, byte[] bytes) throws IOException {
        Path path = new Path(file);
        FileSystem files = path.getFileSystem(configuration);
        if (files.getScheme().equals("file")) {
            replaceLocal(
                    FileSystems.getDefault()
                            .getPath(Path.getPathWithoutSchemeAndAuthority(path).toString()),
                    bytes);
            return;
        }
        WholeFile.write(files, path, out -> out.write(bytes));
    }

    private static void replaceLocal(java.nio.file.Path path, byte[] bytes) throws IOException {
        java.nio.file.Path folder = path.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        java.nio.file.Path temporary = Files.createTempFile(folder, "." + path.getFileName(), ".tmp");
        try {
            Files.write(temporary, bytes);
            Files.move(
                    temporary,
                    path.toAbsolutePath(),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
