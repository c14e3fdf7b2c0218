package com.tiktokrec.common.model.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.openai.core.http.Headers;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.tiktokrec.common.http.RetryAfter;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import com.tiktokrec.common.model.client.ModelCallException.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns what the SDK throws into retriable, this input's fault, or final. A server's own words may repeat the prompt
 * or the key, so neither they nor the SDK's exception (as a cause) are passed on: only status, code and parameter.
 */
final class OpenAiFailures {

    private static final Set<String> SPENT =
            Set.of("insufficient_quota", "billing_not_active", "billing_hard_limit_reached");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.\\[\\]-]{1,64}");

    private final String host;
    private final String model;
    private final Duration timeout;
    private final Clock clock;

    OpenAiFailures(OpenAiSettings settings, Clock clock) {
        this.host = settings.host();
        this.model = settings.model();
        this.timeout = settings.timeout();
        this.clock = clock;
    }

    ModelCallException classify(OpenAIException failure) {
        return failure instanceof OpenAIServiceException answered ? refused(answered) : broken(failure);
    }

    /** An answer that came through and makes no sense: a second try may bring a whole one. */
    ModelCallException brokenAnswer(String what) {
        return new ModelCallException(
                Kind.RETRIABLE,
                "The answer of " + host + " for model " + model + " is broken: " + what
                        + "; if it goes on, check that the base URL is an OpenAI-compatible server");
    }

    private ModelCallException refused(OpenAIServiceException answered) {
        int status = answered.statusCode();
        Optional<String> type = field(answered, "type");
        Optional<String> code = field(answered, "code").or(() -> type);
        if (status == 402
                || code.filter(SPENT::contains).isPresent()
                || type.filter(SPENT::contains).isPresent()) {
            return fatal("The quota of OPENAI_API_KEY at " + host + " is spent (" + status
                    + code.map(c -> ", " + c).orElse("") + "): add credit or raise the account's limit");
        }
        return switch (status) {
            case 401 -> fatal("OPENAI_API_KEY was refused (401) by " + host + ": set a valid key");
            case 403 ->
                fatal(host + " denies OPENAI_API_KEY the use of model " + model
                        + " (403): ask for access or choose another model");
            case 404 ->
                fatal(host + " has no model " + model
                        + " or no such address (404): check the model's name and the base URL");
            case 408, 409, 429 -> retriable(status, code, answered.headers());
            default -> {
                if (status >= 500) {
                    yield retriable(status, code, answered.headers());
                }
                if (status < 400) {
                    yield fatal(host + " answered with status " + status
                            + ", not with a model's answer: set the base URL to where the server really is");
                }
                yield new ModelCallException(
                        Kind.INPUT,
                        host + " rejected this request to model " + model + " (" + status
                                + code.map(c -> ", " + c).orElse("")
                                + field(answered, "param")
                                        .map(p -> ", parameter " + p)
                                        .orElse("")
                                + "): the row is left out; shorten its input or check the model's settings");
            }
        };
    }

    private ModelCallException retriable(int status, Optional<String> code, Headers headers) {
        String remedy = status == 429
                ? "lower requests-per-minute or tokens-per-minute if it goes on"
                : "try again later if it goes on";
        return new ModelCallException(
                Kind.RETRIABLE,
                status == 429 ? Outcome.RATE_LIMITED : Outcome.SERVER_ERROR,
                host + " did not answer for model " + model + " (" + status
                        + code.map(c -> ", " + c).orElse("") + "): " + remedy,
                retryAfter(headers).orElse(null),
                1,
                null);
    }

    private static ModelCallException fatal(String message) {
        return new ModelCallException(Kind.FINAL, message);
    }

    private ModelCallException broken(OpenAIException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedIOException) {
                return lost(
                        Outcome.TIMEOUT,
                        "No whole answer from " + host + " within " + timeout.toMillis()
                                + " ms: raise the timeout if it goes on",
                        cause);
            }
            if (cause instanceof IOException && !(cause instanceof JacksonException)) {
                return lost(
                        Outcome.CONNECTION,
                        "The connection to " + host + " failed ("
                                + cause.getClass().getSimpleName()
                                + "): check the base URL and the network if it goes on",
                        cause);
            }
        }
        return brokenAnswer(
                "it is not the JSON that was expected (" + failure.getClass().getSimpleName() + ")");
    }

    private static ModelCallException lost(Outcome outcome, String message, Throwable cause) {
        return new ModelCallException(Kind.RETRIABLE, outcome, message, null, 1, cause);
    }

    /** A field of the error's body, if it looks like an identifier; servers send anything here, or numbers, or HTML. */
    private static Optional<String> field(OpenAIServiceException answered, String name) {
        JsonNode body = answered.body().isMissing() ? null : answered.body().convert(JsonNode.class);
        return Optional.ofNullable(body)
                .map(node -> node.get(name))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .filter(text -> IDENTIFIER.matcher(text).matches());
    }

    private Optional<Duration> retryAfter(Headers headers) {
        Optional<Duration> milliseconds = headers.values("retry-after-ms").stream()
                .findFirst()
                .flatMap(value -> RetryAfter.seconds(value).map(duration -> duration.dividedBy(1000)));
        return milliseconds.or(() ->
                headers.values("retry-after").stream().findFirst().flatMap(value -> RetryAfter.parse(value, clock)));
    }
}
