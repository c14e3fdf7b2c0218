package com.tiktokrec.jobs.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.tiktokrec.jobs.bench.ServerState.Decision;
import com.tiktokrec.jobs.bench.ServerState.Quota;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An OpenAI-compatible server to measure against: latencies, quota and failures of a {@link Load}, and exact
 * {@link Counts}. Answers wait in a scheduler, so hundreds under way cost no thread each, and they are made beforehand,
 * so that the server takes little of the machine that it shares. As a process of its own it prints its address, and
 * ends with the process that started it.
 *
 * <p>{@code PUT /bench} with a load forgets all counts; {@code GET /bench} tells them. A token is a word.
 */
final class ModelServer implements AutoCloseable {

    static final String EMBEDDINGS = "/v1/embeddings";
    static final String CHAT = "/v1/chat/completions";
    static final String BENCH = "/bench";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BODY_THREADS = 2;
    private static final int BACKLOG = 1024;
    private static final int VECTORS = 64;

    /** Tokens that each chat answer has written. */
    static final int COMPLETION_TOKENS = 6;

    private final HttpServer http;
    private final ExecutorService bodies = Executors.newFixedThreadPool(BODY_THREADS);
    private final ScheduledExecutorService answers = Executors.newScheduledThreadPool(1);
    private volatile ServerState state;
    private volatile String[] vectors = {};

    ModelServer(Load load) throws IOException {
        // The JDK's server drops idle connections above 200 and delays small writes, unless told.
        System.setProperty("sun.net.httpserver.maxIdleConnections", "4096");
        System.setProperty("sun.net.httpserver.nodelay", "true");
        take(load);
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        http.setExecutor(bodies);
        http.createContext(BENCH, this::bench);
        http.createContext(EMBEDDINGS, this::embeddings);
        http.createContext(CHAT, this::chat);
        http.start();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        try (ModelServer server = new ModelServer(new Load(0, 0, 0, 0, 8, 0, 0, 0, 1))) {
            System.out.println(server.address());
            parent.onExit().join();
        }
    }

    /** Without the path. */
    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private void take(Load load) {
        Random random = new Random(load.seed());
        String[] made = new String[VECTORS];
        for (int vector = 0; vector < made.length; vector++) {
            ByteBuffer floats =
                    ByteBuffer.allocate(load.dimensions() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (floats.hasRemaining()) {
                floats.putFloat((float) random.nextGaussian());
            }
            made[vector] = Base64.getEncoder().encodeToString(floats.array());
        }
        vectors = made;
        state = new ServerState(load);
    }

    private void bench(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] told = {};
            if (exchange.getRequestMethod().equals("PUT")) {
                take(JSON.readValue(exchange.getRequestBody(), Load.class));
            } else {
                told = JSON.writeValueAsBytes(state.counts());
            }
            exchange.sendResponseHeaders(200, told.length == 0 ? -1 : told.length);
            exchange.getResponseBody().write(told);
        }
    }

    private void embeddings(HttpExchange exchange) throws IOException {
        JsonNode texts = JSON.readTree(exchange.getRequestBody()).path("input");
        long[] inputs = new long[texts.size()];
        long tokens = 0;
        for (int index = 0; index < inputs.length; index++) {
            String text = texts.get(index).asText();
            inputs[index] = hash(text);
            tokens += words(text);
        }
        serve(exchange, inputs, tokens, vectors(inputs.length, tokens));
    }

    private void chat(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        StringBuilder prompt = new StringBuilder();
        long tokens = 0;
        for (JsonNode message : request.path("messages")) {
            prompt.append(message.path("content").asText()).append('\n');
            tokens += words(message.path("content").asText());
        }
        String answer =
                "{\"id\":\"chatcmpl-0\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"bench\","
                        + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
                        + "\"{\\\"topic\\\":\\\"dance\\\"}\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":" + tokens + ",\"completion_tokens\":" + COMPLETION_TOKENS
                        + ",\"total_tokens\":" + (tokens + COMPLETION_TOKENS) + "}}";
        serve(
                exchange,
                new long[] {hash(prompt.toString())},
                tokens + COMPLETION_TOKENS,
                answer.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] vectors(int count, long tokens) {
        String[] made = vectors;
        ByteArrayOutputStream body = new ByteArrayOutputStream(64 + count * (made[0].length() + 64));
        body.writeBytes(ascii("{\"object\":\"list\",\"data\":["));
        for (int index = 0; index < count; index++) {
            body.writeBytes(ascii((index == 0 ? "" : ",") + "{\"object\":\"embedding\",\"index\":" + index
                    + ",\"embedding\":\"" + made[index % made.length] + "\"}"));
        }
        body.writeBytes(ascii(
                "],\"model\":\"bench\",\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}}"));
        return body.toByteArray();
    }

    private void serve(HttpExchange exchange, long[] inputs, long tokens, byte[] answer) {
        ServerState counted = state;
        Decision decision = counted.arrived(System.nanoTime(), inputs, tokens);
        Runnable answering = () -> answer(exchange, counted, decision, inputs, tokens, answer);
        Future<?> unused = answers.schedule(answering, decision.latencyNanos(), TimeUnit.NANOSECONDS);
    }

    private static void answer(
            HttpExchange exchange, ServerState counted, Decision decision, long[] inputs, long tokens, byte[] answer) {
        boolean whole = false;
        counted.answering();
        try (exchange) {
            switch (decision.fate()) {
                case ANSWER, SLOW -> send(exchange, counted, 200, answer);
                case ERROR ->
                    send(
                            exchange,
                            counted,
                            500,
                            error(
                                    "The server had an error while processing your request. Sorry about that!",
                                    "server_error",
                                    "null"));
                case CUT -> cut(exchange, answer);
                case REFUSED_REQUESTS -> refuse(exchange, counted, decision, "requests", 1);
                case REFUSED_TOKENS -> refuse(exchange, counted, decision, "tokens", tokens);
            }
            whole = true;
        } catch (IOException e) {
            // The caller is gone: counted as abandoned.
            whole = false;
        } finally {
            counted.left(System.nanoTime(), decision.fate(), inputs, whole);
        }
    }

    private static void send(HttpExchange exchange, ServerState counted, int status, byte[] body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        long now = System.nanoTime();
        tell(headers, "requests", counted.requests(now));
        tell(headers, "tokens", counted.tokens(now));
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
    }

    private static void tell(Headers headers, String name, Quota quota) {
        if (quota.limit() > 0) {
            headers.set("x-ratelimit-limit-" + name, Long.toString(quota.limit()));
            headers.set("x-ratelimit-remaining-" + name, Long.toString(quota.remaining()));
            headers.set("x-ratelimit-reset-" + name, duration(quota.resetNanos()));
        }
    }

    /** Promises the whole answer, sends half of it, and closes. */
    private static void cut(HttpExchange exchange, byte[] answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer, 0, answer.length / 2);
        exchange.getResponseBody().flush();
    }

    private static void refuse(
            HttpExchange exchange, ServerState counted, Decision decision, String what, long requested)
            throws IOException {
        Quota quota = what.equals("requests") ? counted.requests(System.nanoTime()) : counted.tokens(System.nanoTime());
        long millis = TimeUnit.NANOSECONDS.toMillis(decision.retryNanos()) + 1;
        exchange.getResponseHeaders().set("retry-after-ms", Long.toString(millis));
        exchange.getResponseHeaders().set("retry-after", Long.toString((millis + 999) / 1000));
        send(
                exchange,
                counted,
                429,
                error(
                        "Rate limit reached for bench on " + what + " per min: Limit " + quota.limit() + ", Used "
                                + (quota.limit() - quota.remaining()) + ", Requested " + requested
                                + ". Please try again in " + duration(decision.retryNanos()) + ".",
                        what,
                        "\"rate_limit_exceeded\""));
    }

    private static byte[] error(String message, String type, String code) {
        return ascii("{\"error\":{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"param\":null,\"code\":"
                + code + "}}");
    }

    /** As OpenAI writes them: 6m0s, 1.25s, 17ms. */
    static String duration(long nanos) {
        long millis = nanos / 1_000_000;
        if (millis < 1000) {
            return millis + "ms";
        }
        String seconds = millis % 60_000 % 1000 == 0
                ? Long.toString(millis % 60_000 / 1000)
                : String.format(Locale.ROOT, "%.3f", millis % 60_000 / 1000.0);
        return (millis >= 60_000 ? millis / 60_000 + "m" : "") + seconds + "s";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static long words(String text) {
        return text.isEmpty() ? 0 : text.chars().filter(c -> c == ' ').count() + 1;
    }

    /** 64 bits of FNV-1a: two of a million texts are alike with a chance of one in ten million. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int index = 0; index < text.length(); index++) {
            hash = (hash ^ text.charAt(index)) * 0x100000001b3L;
        }
        return hash;
    }

    @Override
    public void close() {
        http.stop(0);
        answers.shutdownNow();
        bodies.shutdownNow();
    }
}
