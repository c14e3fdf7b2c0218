package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tiktokrec.common.http.RetryAfter;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * One attempt at a request over HTTP, and what its outcome means. It neither retries nor follows a redirect, which
 * would take the key along. What a server says reaches no message: it may repeat the key.
 */
final class HttpTikTokApi implements TikTokApi, AutoCloseable {

    static final String API_HOST = "tiktok-api23.p.rapidapi.com";

    private static final String GATEWAY = ".rapidapi.com";
    private static final long MOST_BYTES = 64L << 20;
    private static final int IDLE_CONNECTIONS = 64;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final HttpUrl base;
    private final String key;
    private final Duration timeout;
    private final Clock clock;
    private final OkHttpClient client;

    /**
     * @param timeout of a whole attempt
     * @param onSending called when a request is about to be written, its connection being made
     */
    HttpTikTokApi(String baseUrl, String key, Duration timeout, Clock clock, Runnable onSending) {
        this.base = HttpUrl.get(baseUrl);
        this.key = key;
        this.timeout = timeout;
        this.clock = clock;
        this.client = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                // A request that OkHttp sent again by itself would be counted by nobody.
                .retryOnConnectionFailure(false)
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .callTimeout(timeout)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
                .eventListener(new EventListener() {
                    @Override
                    public void requestHeadersStart(Call call) {
                        onSending.run();
                    }
                })
                .build();
    }

    @Override
    public TikTokAnswer fetch(TikTokRequest request) {
        try (Response response = client.newCall(http(request)).execute()) {
            if (response.code() >= 300 && response.code() < 400) {
                throw new TikTokFailure(
                        Kind.MISDIRECTED,
                        base.host() + " answers with a redirect (" + response.code()
                                + "), which is not followed with a key: set tiktok.base-url to the API's own address");
            }
            String text = text(response);
            if (response.code() != 200) {
                throw refused(request, response, text);
            }
            return new TikTokAnswer(request, Instant.now(clock), false, body(request, text));
        } catch (InterruptedIOException e) {
            throw lost(
                    Kind.TIMEOUT,
                    "no whole answer to " + what(request) + " within " + timeout.toMillis()
                            + " ms: raise tiktok.timeout if it goes on",
                    e);
        } catch (IOException e) {
            throw lost(
                    Kind.CONNECTION,
                    "the connection to " + base.host() + " failed for " + what(request) + " ("
                            + e.getClass().getSimpleName() + "): check tiktok.base-url and the network if it goes on",
                    e);
        }
    }

    private Request http(TikTokRequest request) {
        HttpUrl.Builder url =
                base.newBuilder().addPathSegments(request.endpoint().path());
        request.params().forEach(url::addQueryParameter);
        return new Request.Builder()
                .url(url.build())
                .header("x-rapidapi-key", key)
                // A proxy in between has to be told whom it stands for.
                .header("x-rapidapi-host", base.host().endsWith(GATEWAY) ? base.host() : API_HOST)
                .header("accept", "application/json")
                .header("user-agent", "tiktok-rec")
                .build();
    }

    /** The body as text, in which a server that repeats the key does not: bodies are kept. */
    private String text(Response response) throws IOException {
        BufferedSource source = response.body().source();
        if (source.request(MOST_BYTES + 1)) {
            throw new TikTokFailure(
                    Kind.REFUSED,
                    base.host() + " sent more than " + (MOST_BYTES >> 20) + " MiB: no answer is that long");
        }
        return source.readUtf8().replace(key, "***");
    }

    private JsonNode body(TikTokRequest request, String text) {
        JsonNode body = json(text);
        if (!body.isObject()) {
            throw malformed(request, "no JSON object, or a cut one");
        }
        failOnErrorCode(request, body);
        try {
            if (request.endpoint().isUser()) {
                Account.of(body);
            } else {
                VideoPage.of(body);
            }
        } catch (TikTokFailure e) {
            throw malformed(request, e.getMessage());
        }
        return body;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    /** TikTok's own codes, which come with status 200. */
    private void failOnErrorCode(TikTokRequest request, JsonNode body) {
        long code = errorCode(body);
        if (code == 0 || (request.endpoint().isUser() && Account.isAbsent(body))) {
            return;
        }
        Kind kind = switch ((int) Math.min(code, Integer.MAX_VALUE)) {
            case 10202, 10221 -> Kind.NOT_FOUND;
            case 10222 -> Kind.PRIVATE;
            // A captcha in TikTok's way, and its own server error.
            case 10000, 10101 -> Kind.SERVER_ERROR;
            default -> Kind.REFUSED;
        };
        throw new TikTokFailure(kind, "TikTok answered " + what(request) + " with its error code " + code);
    }

    private static long errorCode(JsonNode body) {
        OptionalLong camel = Fields.whole(body, "statusCode");
        OptionalLong snake = Fields.whole(body, "status_code");
        return camel.orElse(0) != 0 ? camel.getAsLong() : snake.orElse(0);
    }

    private TikTokFailure refused(TikTokRequest request, Response response, String text) {
        String says = json(text).path("message").asText("").toLowerCase(Locale.ROOT);
        int status = response.code();
        String host = base.host();
        return switch (status) {
            case 401 ->
                new TikTokFailure(Kind.KEY_REFUSED, "RAPIDAPI_KEY was refused by " + host + " (401): set a valid key");
            case 402 ->
                new TikTokFailure(
                        Kind.QUOTA_SPENT, host + " asks for payment (402): look at the plan of the key's account");
            case 403 ->
                new TikTokFailure(
                        Kind.NOT_SUBSCRIBED,
                        "the account of RAPIDAPI_KEY is not subscribed to " + API_HOST
                                + " (403): subscribe to a plan, a free one is enough to try");
            case 404 ->
                says.startsWith("endpoint")
                        ? new TikTokFailure(
                                Kind.MISDIRECTED,
                                host + " has no endpoint " + request.endpoint().path()
                                        + " (404): set tiktok.base-url to the API's own address")
                        : new TikTokFailure(Kind.NOT_FOUND, host + " finds nothing for " + what(request) + " (404)");
            case 429 ->
                says.contains("quota")
                        ? new TikTokFailure(
                                Kind.QUOTA_SPENT,
                                "the quota of the plan of RAPIDAPI_KEY is spent (429): wait until it is renewed, or take a"
                                        + " larger plan")
                        : new TikTokFailure(
                                Kind.RATE,
                                host + " finds requests too many a second (429): raise tiktok.delay if it goes on",
                                retryAfter(response),
                                null);
            default ->
                status == 408 || status >= 500
                        ? new TikTokFailure(
                                Kind.SERVER_ERROR,
                                host + " did not answer " + what(request) + " (" + status
                                        + "): try later if it goes on",
                                retryAfter(response),
                                null)
                        : new TikTokFailure(Kind.REFUSED, host + " refused " + what(request) + " (" + status + ")");
        };
    }

    private Duration retryAfter(Response response) {
        String header = response.header("retry-after");
        return header == null ? null : RetryAfter.parse(header, clock).orElse(null);
    }

    private TikTokFailure malformed(TikTokRequest request, String how) {
        return new TikTokFailure(
                Kind.MALFORMED,
                "the answer of " + base.host() + " to " + what(request) + " is broken: " + how
                        + "; check tiktok.base-url if it goes on");
    }

    private static TikTokFailure lost(Kind kind, String message, Throwable cause) {
        return new TikTokFailure(kind, message, null, cause);
    }

    /** The request without its parameters: queries are made from strangers' texts. */
    private static String what(TikTokRequest request) {
        return request.endpoint().path();
    }

    @Override
    public void close() {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }
}
