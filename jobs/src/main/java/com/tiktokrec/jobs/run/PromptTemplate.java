package com.tiktokrec.jobs.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Texts that models are asked with: templates shipped as resources, and data kept apart from them. */
public final class PromptTemplate {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PromptTemplate() {}

    /** A template next to a class, with its {@code ${name}} slots filled. */
    public static String fill(Class<?> owner, String resource, Map<String, String> slots) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            for (Map.Entry<String, String> slot : slots.entrySet()) {
                text = text.replace("${" + slot.getKey() + "}", slot.getValue());
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException("the prompt template " + resource + " cannot be read", e);
        }
    }

    /** Data as JSON between markers: whatever strangers wrote stays inside JSON strings, and is data. */
    public static String data(Object value) {
        return "<data>\n" + json(value).replace("<", "\\u003c") + "\n</data>";
    }

    /** The JSON schema of an object with exactly these properties, as strict structured output wants it. */
    public static Map<String, Object> strictObject(Map<String, Object> properties) {
        return new TreeMap<>(Map.of(
                "type",
                "object",
                "additionalProperties",
                false,
                "required",
                properties.keySet().stream().sorted().toList(),
                "properties",
                properties));
    }

    /** A value as JSON text. */
    public static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists, texts and numbers can always be written", e);
        }
    }
}
