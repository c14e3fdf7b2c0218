package com.tiktokrec.common.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.text.Hashes;
import java.util.List;
import java.util.Map;

/** The key of a chat request: SHA-256 of its canonical JSON. Run, date and user are no part of it. */
final class RequestHash {

    private static final ObjectMapper CANONICAL =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private RequestHash() {}

    static String of(ChatSpec spec, ChatPrompt prompt) {
        try {
            return Hashes.sha256(CANONICAL.writeValueAsString(Map.of(
                    "provider", "openai",
                    "base_url_host", spec.host(),
                    "kind", "chat",
                    "model", spec.model(),
                    "temperature", spec.temperature(),
                    "max_output_tokens", spec.maxOutputTokens(),
                    "messages", List.of(message("system", prompt.system()), message("user", prompt.user())),
                    "schema", CANONICAL.readValue(prompt.schema(), Object.class))));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the answer schema " + prompt.schemaName() + " is not JSON", e);
        }
    }

    private static Map<String, String> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }
}
