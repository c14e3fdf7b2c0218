package com.tiktokrec.jobs.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A server on this machine with the Files and Batch APIs of OpenAI, and the calls that batches replace. */
final class FakeBatches implements AutoCloseable {

    static final String KEY = "batch-key-123";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer http;
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, ObjectNode> batches = new LinkedHashMap<>();
    private final List<String> online = new ArrayList<>();
    private final List<String> uploads = new ArrayList<>();
    private Predicate<String> failing = line -> false;
    private int looks = 1;
    private String ending = "completed";
    private int answeredAtEnd = Integer.MAX_VALUE;
    private boolean losesAnswer;
    private int failures;
    private String content = "{\"n\": 1}";

    FakeBatches() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/v1", this::handle);
        http.start();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/v1";
    }

    /** Batches end so from now on: completed, failed, expired, cancelled; with so many lines answered at most. */
    synchronized void endAs(String status, int answered) {
        ending = status;
        answeredAtEnd = answered;
    }

    /** Lines with such a text get a 400 from now on. */
    synchronized void failLines(Predicate<String> lines) {
        failing = lines;
    }

    /** What chats say from now on. */
    synchronized void say(String answer) {
        content = answer;
    }

    /** The next batch is created, and the answer that says so gets lost. */
    synchronized void loseTheNextCreation() {
        losesAnswer = true;
    }

    /** So many of the next requests get a 500. */
    synchronized void failNext(int requests) {
        failures = requests;
    }

    synchronized int created() {
        return batches.size();
    }

    /** Content of the files that were uploaded. */
    synchronized List<String> uploads() {
        return List.copyOf(uploads);
    }

    /** Bodies of the requests that were made one by one. */
    synchronized List<String> online() {
        return List.copyOf(online);
    }

    /** Files that are still there. */
    synchronized int files() {
        return files.size();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath().substring("/v1".length());
            if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 401, "{\"error\":{\"message\":\"who\",\"code\":\"invalid_api_key\"}}");
            } else if (failures > 0) {
                failures--;
                send(exchange, 500, "{\"error\":{\"message\":\"sorry\",\"type\":\"server_error\"}}");
            } else {
                send(exchange, 200, answered(exchange.getRequestMethod(), path, body));
            }
        } catch (LostAnswer e) {
            // Closed without an answer.
            exchange.close();
        }
    }

    private static final class LostAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private String answered(String method, String path, byte[] body) throws IOException {
        if (path.equals("/files")) {
            String id = "file-in-" + (uploads.size() + 1);
            String uploaded = filePart(new String(body, StandardCharsets.ISO_8859_1));
            files.put(id, uploaded);
            uploads.add(uploaded);
            return "{\"id\":\"" + id + "\",\"object\":\"file\",\"bytes\":1,\"created_at\":1,\"filename\":\"f\","
                    + "\"purpose\":\"batch\",\"status\":\"processed\"}";
        }
        if (path.startsWith("/files/") && method.equals("DELETE")) {
            String id = path.substring("/files/".length());
            files.remove(id);
            return "{\"id\":\"" + id + "\",\"object\":\"file\",\"deleted\":true}";
        }
        if (path.startsWith("/files/")) {
            return files.get(path.split("/")[2]);
        }
        if (path.equals("/batches") && method.equals("POST")) {
            return created(JSON.readTree(body));
        }
        if (path.equals("/batches")) {
            ObjectNode list = JSON.createObjectNode().put("object", "list").put("has_more", false);
            list.putArray("data").addAll(batches.values());
            return list.toString();
        }
        if (path.startsWith("/batches/")) {
            return looked(batches.get(path.split("/")[2])).toString();
        }
        online.add(new String(body, StandardCharsets.UTF_8));
        return answer(JSON.readTree(body), path).toString();
    }

    private String created(JsonNode request) {
        String id = "batch_" + (batches.size() + 1);
        ObjectNode batch = JSON.createObjectNode()
                .put("id", id)
                .put("object", "batch")
                .put("endpoint", request.path("endpoint").asText())
                .put("input_file_id", request.path("input_file_id").asText())
                .put("completion_window", "24h")
                .put("status", "validating")
                .put("created_at", 1)
                .put("looks", 0);
        batch.set("metadata", request.path("metadata"));
        batches.put(id, batch);
        if (losesAnswer) {
            losesAnswer = false;
            throw new LostAnswer();
        }
        return batch.toString();
    }

    private ObjectNode looked(ObjectNode batch) throws IOException {
        batch.put("looks", batch.path("looks").asInt() + 1);
        if (batch.path("looks").asInt() <= looks) {
            return batch.put("status", "in_progress");
        }
        batch.put("status", ending);
        if (ending.equals("failed")) {
            batch.putObject("errors")
                    .put("object", "list")
                    .putArray("data")
                    .addObject()
                    .put("code", "invalid_method")
                    .put("line", 2)
                    .put("message", "secret words of a user");
            return batch;
        }
        StringBuilder output = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        int answered = 0;
        List<String> lines = new ArrayList<>(
                files.get(batch.path("input_file_id").asText()).lines().toList());
        // In another order than asked.
        Collections.reverse(lines);
        for (String text : lines) {
            JsonNode line = JSON.readTree(text);
            ObjectNode came = JSON.createObjectNode()
                    .put("id", "r")
                    .put("custom_id", line.path("custom_id").asText());
            if (answered == answeredAtEnd) {
                came.putNull("response")
                        .putObject("error")
                        .put("code", "batch_expired")
                        .put("message", "late");
                errors.append(came).append('\n');
            } else if (failing.test(text)) {
                ObjectNode response = came.putObject("response").put("status_code", 400);
                response.putObject("body")
                        .putObject("error")
                        .put("code", "bad_input")
                        .put("message", "x");
                errors.append(came.putNull("error")).append('\n');
            } else {
                came.putObject("response")
                        .put("status_code", 200)
                        .set("body", answer(line.path("body"), line.path("url").asText()));
                output.append(came.putNull("error")).append('\n');
                answered++;
            }
        }
        String id = batch.path("id").asText();
        if (!output.isEmpty()) {
            files.put("file-out-" + id, output.toString());
            batch.put("output_file_id", "file-out-" + id);
        }
        if (!errors.isEmpty()) {
            files.put("file-err-" + id, errors.toString());
            batch.put("error_file_id", "file-err-" + id);
        }
        return batch;
    }

    private JsonNode answer(JsonNode request, String url) {
        if (url.endsWith("/embeddings")) {
            ObjectNode body = JSON.createObjectNode().put("object", "list").put("model", "m");
            List<String> texts = new ArrayList<>();
            if (request.path("input").isArray()) {
                request.path("input").forEach(text -> texts.add(text.asText()));
            } else {
                texts.add(request.path("input").asText());
            }
            var data = body.putArray("data");
            for (int index = 0; index < texts.size(); index++) {
                ByteBuffer bytes = ByteBuffer.allocate(2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.putFloat(texts.get(index).length()).putFloat(1);
                data.addObject()
                        .put("object", "embedding")
                        .put("index", index)
                        .put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            }
            body.putObject("usage").put("prompt_tokens", 10 * texts.size()).put("total_tokens", 10 * texts.size());
            return body;
        }
        ObjectNode completion = JSON.createObjectNode()
                .put("id", "1")
                .put("object", "chat.completion")
                .put("created", 1)
                .put("model", "m");
        ObjectNode choice =
                completion.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", content)
                .putNull("refusal");
        completion
                .putObject("usage")
                .put("prompt_tokens", 100)
                .put("completion_tokens", 10)
                .put("total_tokens", 110);
        return completion;
    }

    /** The content of a form's file. */
    private static String filePart(String form) {
        String boundary = form.substring(0, form.indexOf("\r\n"));
        int name = form.indexOf("name=\"file\"");
        int start = form.indexOf("\r\n\r\n", name) + 4;
        byte[] content =
                form.substring(start, form.indexOf("\r\n" + boundary, start)).getBytes(StandardCharsets.ISO_8859_1);
        return new String(content, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
