package com.tiktokrec.common.model.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.core.JsonValue;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.ResponseFormatJsonSchema.JsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.tiktokrec.common.model.client.ChatAnswer.Finish;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Chat completions of an OpenAI-compatible server, with strict structured output. Makes one attempt a call. */
public final class OpenAiChatModel implements ChatModel {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final OpenAiSettings settings;
    private final OpenAiConnection connection;

    public OpenAiChatModel(OpenAiSettings settings) {
        this(settings, limits -> {});
    }

    /** @param limits hears what the server says about its limits */
    public OpenAiChatModel(OpenAiSettings settings, Consumer<RateLimits> limits) {
        this(settings, Clock.systemUTC(), limits);
    }

    OpenAiChatModel(OpenAiSettings settings, Clock clock) {
        this(settings, clock, limits -> {});
    }

    private OpenAiChatModel(OpenAiSettings settings, Clock clock, Consumer<RateLimits> limits) {
        this.settings = settings;
        this.connection = new OpenAiConnection(settings, clock, limits);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // The connection closes what it is given.
    public ChatAnswer complete(ChatPrompt prompt) {
        ChatCompletionCreateParams request = request(prompt);
        return connection.call(
                client -> client.chat().completions().withRawResponse().create(request), this::answer);
    }

    private ChatCompletionCreateParams request(ChatPrompt prompt) {
        ChatCompletionCreateParams.Builder request = ChatCompletionCreateParams.builder()
                .model(settings.model())
                .addSystemMessage(prompt.system())
                .addUserMessage(prompt.user())
                .responseFormat(responseFormat(prompt));
        settings.temperature().ifPresent(request::temperature);
        settings.maxOutputTokens()
                .ifPresent(limit -> request.putAdditionalBodyProperty(
                        settings.servedByOpenAi() ? "max_completion_tokens" : "max_tokens", JsonValue.from(limit)));
        return request.build();
    }

    private static ResponseFormatJsonSchema responseFormat(ChatPrompt prompt) {
        JsonSchema.Schema.Builder schema = JsonSchema.Schema.builder();
        try {
            JSON.readValue(prompt.schema(), OBJECT)
                    .forEach((name, value) -> schema.putAdditionalProperty(name, JsonValue.from(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The schema " + prompt.schemaName() + " is not a JSON object: correct it", e);
        }
        return ResponseFormatJsonSchema.builder()
                .jsonSchema(JsonSchema.builder()
                        .name(prompt.schemaName())
                        .strict(true)
                        .schema(schema.build())
                        .build())
                .build();
    }

    private ChatAnswer answer(ChatCompletion completion) {
        Choice choice = completion.choices().stream()
                .findFirst()
                .orElseThrow(() -> connection.failures().brokenAnswer("it holds no choice"));
        Finish finish = finish(choice);
        String content =
                finish == Finish.REFUSED ? "" : choice.message().content().orElse("");
        Optional<CompletionUsage> usage = completion._usage().asKnown();
        return new ChatAnswer(
                content,
                finish,
                usage.flatMap(counts -> counts._promptTokens().asKnown()).orElse(0L),
                usage.flatMap(counts -> counts._completionTokens().asKnown()).orElse(0L));
    }

    /** Servers that leave the reason out, or have one of their own, count as done: the answer is validated anyway. */
    private static Finish finish(Choice choice) {
        Optional<FinishReason> reason = choice._finishReason().asKnown();
        if (choice.message().refusal().filter(text -> !text.isBlank()).isPresent()
                || reason.filter(FinishReason.CONTENT_FILTER::equals).isPresent()) {
            return Finish.REFUSED;
        }
        return reason.filter(FinishReason.LENGTH::equals).isPresent() ? Finish.LENGTH : Finish.STOP;
    }

    @Override
    public void close() {
        connection.close();
    }
}
