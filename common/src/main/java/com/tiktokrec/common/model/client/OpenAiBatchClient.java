package com.tiktokrec.common.model.client;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.LogLevel;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchCreateParams.CompletionWindow;
import com.openai.models.batches.BatchError;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The Batch API of OpenAI, or of a server that has the same. */
public final class OpenAiBatchClient implements BatchClient {

    private static final String TOKEN = "tiktok_rec_token";
    private static final int NEWEST = 100;
    private static final int LISTED_PROBLEMS = 5;
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private final OpenAIClient client;
    private final OpenAiFailures failures;

    /** @param settings the timeout bounds each call, uploads of 200 MB among them */
    public OpenAiBatchClient(OpenAiSettings settings) {
        this.client = OpenAIOkHttpClient.builder()
                .baseUrl(settings.baseUrl())
                .apiKey(settings.apiKey().isEmpty() ? "none" : settings.apiKey())
                .timeout(settings.timeout())
                .maxRetries(0)
                .followRedirects(false)
                .logLevel(LogLevel.OFF)
                .build();
        this.failures = new OpenAiFailures(settings, Clock.systemUTC());
    }

    @Override
    public String upload(Path requests) {
        return call(client -> client.files()
                .create(FileCreateParams.builder()
                        .file(requests)
                        .purpose(FilePurpose.BATCH)
                        .build())
                .id());
    }

    @Override
    public Batch create(String fileId, String endpoint, String token) {
        return call(client -> told(client.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(fileId)
                        .endpoint(BatchCreateParams.Endpoint.of(endpoint))
                        .completionWindow(CompletionWindow._24H)
                        .metadata(BatchCreateParams.Metadata.builder()
                                .putProperty(TOKEN, token)
                                .build())
                        .build())));
    }

    @Override
    public Batch batch(String id) {
        return call(client -> told(client.batches().retrieve(id)));
    }

    @Override
    public Optional<Batch> find(String token) {
        return call(client -> client.batches().list().autoPager().stream()
                .limit(NEWEST)
                .filter(batch -> token.equals(tokenOf(batch)))
                .findFirst()
                .map(OpenAiBatchClient::told));
    }

    private static String tokenOf(com.openai.models.batches.Batch batch) {
        return batch.metadata()
                .map(metadata -> metadata._allProperties().get(TOKEN))
                .map(value -> value.convert(String.class))
                .orElse("");
    }

    @Override
    public void download(String fileId, Path target) {
        call(client -> {
            try (HttpResponse response = client.files().content(fileId);
                    InputStream body = response.body()) {
                return Files.copy(body, target, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new ModelCallException(
                        Kind.RETRIABLE,
                        "a batch's file could not be read to its end ("
                                + e.getClass().getSimpleName()
                                + "): check the network and the room for temporary files if it goes on");
            }
        });
    }

    @Override
    public void delete(String fileId) {
        call(client -> client.files().delete(fileId));
    }

    private static Batch told(com.openai.models.batches.Batch batch) {
        State state = switch (batch.status().value()) {
            case COMPLETED -> State.COMPLETED;
            case FAILED -> State.REFUSED;
            case EXPIRED -> State.EXPIRED;
            case CANCELLED -> State.CANCELLED;
            default -> State.UNDER_WAY;
        };
        List<String> problems = batch.errors().flatMap(errors -> errors.data()).orElse(List.of()).stream()
                .limit(LISTED_PROBLEMS)
                .map(OpenAiBatchClient::problem)
                .toList();
        return new Batch(
                batch.id(),
                state,
                batch.outputFileId().filter(id -> !id.isEmpty()),
                batch.errorFileId().filter(id -> !id.isEmpty()),
                problems.isEmpty() && state == State.REFUSED ? List.of("no reason given") : problems);
    }

    /** Its code and line; messages may quote the request. */
    private static String problem(BatchError error) {
        String code =
                error.code().filter(text -> IDENTIFIER.matcher(text).matches()).orElse("no code");
        return code + error.line().map(line -> " in line " + line).orElse("");
    }

    private <T> T call(Function<OpenAIClient, T> request) {
        try {
            return request.apply(client);
        } catch (OpenAIException e) {
            throw failures.classify(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
