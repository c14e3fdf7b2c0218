package com.tiktokrec.jobs.generate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A word list from the resources: lines {@code key: value}, or {@code key:} and then a line {@code - value} each. */
final class Lexicon {

    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern COMMAS = Pattern.compile("\\s*,\\s*");

    private final String resource;
    private final Map<String, List<String>> entries;

    private Lexicon(String resource, Map<String, List<String>> entries) {
        this.resource = resource;
        this.entries = entries;
    }

    static Lexicon read(String resource) throws IOException {
        Map<String, List<String>> entries = new TreeMap<>();
        List<String> open = new ArrayList<>();
        for (String line : lines(resource)) {
            if (line.startsWith("- ")) {
                open.add(line.substring(2));
            } else if (!line.isBlank()) {
                int colon = line.indexOf(':');
                open = new ArrayList<>();
                entries.put(line.substring(0, colon), open);
                if (colon + 1 < line.length()) {
                    open.add(line.substring(colon + 1).strip());
                }
            }
        }
        return new Lexicon(resource, entries);
    }

    /** The non-blank lines of a resource beside this class. */
    static List<String> lines(String resource) throws IOException {
        try (InputStream stream = Lexicon.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IOException("The resource " + resource + " is missing from the jar: build it again.");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            return reader.lines().filter(line -> !line.isBlank()).toList();
        }
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    String text(String key) {
        return list(key).get(0);
    }

    List<String> words(String key) {
        return SPACES.splitAsStream(text(key)).toList();
    }

    List<String> phrases(String key) {
        return COMMAS.splitAsStream(text(key)).toList();
    }

    List<String> list(String key) {
        List<String> values = entries.get(key);
        if (values == null || values.isEmpty()) {
            throw new IllegalStateException("The resource " + resource + " has no values for " + key + ": add them.");
        }
        return List.copyOf(values);
    }
}
