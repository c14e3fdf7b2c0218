package com.tiktokrec.common.model.client;

import com.openai.core.RequestOptions;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpClient;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIIoException;
import com.tiktokrec.common.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/**
 * Sends each request exactly once. OkHttp's own client, which the SDK would make, sends a request again after a broken
 * connection, a 408, and a 503 with {@code Retry-After: 0}: sends that no quota would know of.
 */
final class SingleSends implements HttpClient {

    /** Under this name OkHttp does not see it. */
    private static final String HIDDEN = "x-hidden-retry-after";

    private static final String RETRY_AFTER = "Retry-After";
    private static final int UNAVAILABLE = 503;

    /** OkHttp's default of 5 would open a connection for nearly every call to an HTTP/1.1 server. */
    private static final int IDLE_CONNECTIONS = 256;

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private final ExecutorService threads;
    private final OkHttpClient client;

    /** @param timeout bound of one whole attempt */
    SingleSends(Duration timeout) {
        this.threads = Executors.newCachedThreadPool(DaemonThreads.named("model-http"));
        Dispatcher dispatcher = new Dispatcher(threads);
        // The gate bounds what is under way; OkHttp's own bounds are 64, and 5 a host.
        dispatcher.setMaxRequests(Integer.MAX_VALUE);
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        this.client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .callTimeout(timeout)
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, KEEP_ALIVE.toMinutes(), TimeUnit.MINUTES))
                .addNetworkInterceptor(SingleSends::hideRetryAfter)
                .build();
    }

    private static Response hideRetryAfter(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        String wait = response.header(RETRY_AFTER);
        return response.code() == UNAVAILABLE && wait != null
                ? response.newBuilder()
                        .removeHeader(RETRY_AFTER)
                        .header(HIDDEN, wait)
                        .build()
                : response;
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        if (threads.isShutdown()) {
            throw new IllegalStateException("this client is closed");
        }
        Call call = client.newCall(translated(request));
        CompletableFuture<Response> answered = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                answered.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call done, Response response) {
                if (!answered.complete(response)) {
                    response.close();
                }
            }
        });
        try {
            return new Answer(answered.get());
        } catch (ExecutionException e) {
            throw new OpenAIIoException("Request failed", e.getCause());
        } catch (InterruptedException e) {
            // A read from a socket knows no interrupt; a call that nobody waits for is ended here.
            call.cancel();
            answered.cancel(false);
            Thread.currentThread().interrupt();
            throw new OpenAIIoException("Request failed", new InterruptedIOException("cancelled"));
        } finally {
            if (request.body() != null) {
                request.body().close();
            }
        }
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(HttpRequest request, RequestOptions options) {
        throw new UnsupportedOperationException("calls are made on their callers' threads");
    }

    private static Request translated(HttpRequest request) {
        HttpUrl.Builder url = HttpUrl.get(request.baseUrl()).newBuilder();
        request.pathSegments().forEach(url::addPathSegment);
        request.queryParams()
                .keys()
                .forEach(key -> request.queryParams().values(key).forEach(value -> url.addQueryParameter(key, value)));
        Request.Builder translated = new Request.Builder().url(url.build());
        request.headers()
                .names()
                .forEach(name -> request.headers().values(name).forEach(value -> translated.addHeader(name, value)));
        HttpRequestBody body = request.body();
        return translated
                .method(request.method().name(), body == null ? null : new Body(body))
                .build();
    }

    @Override
    public void close() {
        threads.shutdown();
        client.connectionPool().evictAll();
    }

    private static final class Body extends RequestBody {

        private final HttpRequestBody body;

        Body(HttpRequestBody body) {
            this.body = body;
        }

        @Override
        public MediaType contentType() {
            return body.contentType() == null ? null : MediaType.get(body.contentType());
        }

        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) {
            body.writeTo(sink.outputStream());
        }
    }

    private static final class Answer implements HttpResponse {

        private final Response response;
        private final Headers headers;

        Answer(Response response) {
            this.response = response;
            Headers.Builder told = Headers.builder();
            response.headers()
                    .forEach(header -> told.put(
                            header.getFirst().equals(HIDDEN) ? RETRY_AFTER : header.getFirst(), header.getSecond()));
            this.headers = told.build();
        }

        @Override
        public int statusCode() {
            return response.code();
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public InputStream body() {
            return response.body().byteStream();
        }

        @Override
        public void close() {
            response.close();
        }
    }
}
