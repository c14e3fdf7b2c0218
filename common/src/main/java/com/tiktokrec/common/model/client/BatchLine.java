package com.tiktokrec.common.model.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.model.client.ChatAnswer.Finish;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A line of a batch's files: what is asked, as the same request would be sent by itself, and what came of it.
 *
 * @param id {@code custom_id}, unique within the batch: the request's hash
 */
public record BatchLine(String id, String json) {

    public static final String CHAT = "/v1/chat/completions";
    public static final String EMBEDDINGS = "/v1/embeddings";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int OK = 200;

    /** An answered or failed request of a batch. */
    public sealed interface Answer {

        String id();

        /**
         * The provider answered.
         *
         * @param body as to a request by itself
         */
        record Body(String id, JsonNode body) implements Answer {}

        /**
         * It did not.
         *
         * @param reason status or code, no user's text
         */
        record Failure(String id, String reason) implements Answer {}
    }

    /** One prompt. */
    public static BatchLine chat(String id, OpenAiSettings settings, ChatPrompt prompt) {
        ObjectNode body = JSON.createObjectNode().put("model", settings.model());
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", prompt.system());
        messages.addObject().put("role", "user").put("content", prompt.user());
        ObjectNode format = body.putObject("response_format").put("type", "json_schema");
        ObjectNode schema = format.putObject("json_schema").put("name", prompt.schemaName());
        schema.put("strict", true).set("schema", parsed(prompt.schema()));
        settings.temperature().ifPresent(value -> body.put("temperature", value));
        settings.maxOutputTokens()
                .ifPresent(
                        limit -> body.put(settings.servedByOpenAi() ? "max_completion_tokens" : "max_tokens", limit));
        return line(id, CHAT, body);
    }

    /** One text. */
    public static BatchLine embedding(String id, OpenAiSettings settings, OptionalInt dimensions, String text) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", settings.model())
                .put("input", text)
                .put("encoding_format", "base64");
        dimensions.ifPresent(count -> body.put("dimensions", count));
        return line(id, EMBEDDINGS, body);
    }

    private static BatchLine line(String id, String url, ObjectNode body) {
        ObjectNode line = JSON.createObjectNode()
                .put("custom_id", id)
                .put("method", "POST")
                .put("url", url);
        line.set("body", body);
        return new BatchLine(id, line.toString());
    }

    /** Bytes in a file, the line's end included. */
    int size() {
        return json.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    /** The JSON schema that a chat request's line holds; of another line, none. */
    public static Optional<String> schemaOf(String line) {
        JsonNode schema = parsed(line).at("/body/response_format/json_schema/schema");
        return schema.isMissingNode() ? Optional.empty() : Optional.of(schema.toString());
    }

    /** The {@code custom_id} of any line. */
    public static String idOf(String line) {
        return parsed(line).path("custom_id").asText();
    }

    /** Reads a line of an output or error file. */
    public static Answer answer(String line) {
        JsonNode node = parsed(line);
        String id = node.path("custom_id").asText();
        int status = node.at("/response/status_code").asInt();
        if (status == OK) {
            return new Answer.Body(id, node.at("/response/body"));
        }
        JsonNode error = node.path("error").isObject() ? node.path("error") : node.at("/response/body/error");
        String code = error.path("code").asText("");
        String reason = IDENTIFIER.matcher(code).matches() ? code : "no code";
        return new Answer.Failure(
                id, "the batch did not answer this request (" + (status == 0 ? "" : status + ", ") + reason + ")");
    }

    /** A chat completion as the model's answer. */
    public static ChatAnswer chatAnswer(JsonNode body) {
        JsonNode choice = body.at("/choices/0");
        JsonNode message = choice.path("message");
        String reason = choice.path("finish_reason").asText("");
        Finish finish = Finish.STOP;
        if (!message.path("refusal").asText("").isBlank()
                        && !message.path("refusal").isNull()
                || reason.equals("content_filter")) {
            finish = Finish.REFUSED;
        } else if (reason.equals("length")) {
            finish = Finish.LENGTH;
        }
        return new ChatAnswer(
                finish == Finish.REFUSED ? "" : message.path("content").asText(""),
                finish,
                body.at("/usage/prompt_tokens").asLong(),
                body.at("/usage/completion_tokens").asLong());
    }

    /** The vector of an answer to one text; empty where it holds none, or one with NaN or infinity. */
    public static Optional<float[]> vector(JsonNode body) {
        JsonNode value = body.at("/data/0/embedding");
        float[] vector;
        if (value.isTextual()) {
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(value.asText());
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            vector = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
        } else {
            vector = new float[value.size()];
            for (int index = 0; index < vector.length; index++) {
                vector[index] = (float) value.get(index).asDouble(Double.NaN);
            }
        }
        for (float coordinate : vector) {
            if (!Float.isFinite(coordinate)) {
                return Optional.empty();
            }
        }
        return vector.length == 0 ? Optional.empty() : Optional.of(vector);
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            // Its message would quote the text.
            throw new ModelCallException(
                    ModelCallException.Kind.INPUT, "a line of a batch's files is no JSON: the file is damaged");
        }
    }
}
