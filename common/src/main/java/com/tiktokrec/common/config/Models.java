package com.tiktokrec.common.config;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;

/** How models are called and paid for; prices are per model name. */
public record Models(
        int maxAttempts,
        int waveCalls,
        Duration waveSeconds,
        OptionalDouble budgetUsd,
        double confirmAboveUsd,
        ModelMode mode,
        Map<String, Price> prices,
        Llm llm,
        Embedding embedding) {

    private static final double MOST_USD = 1e9;

    static Models read(SettingsReader reader, Map<String, String> environment) {
        return new Models(
                reader.value("models.max-attempts", Rule.count(1, 20)),
                reader.value("models.wave-calls", Rule.count(1, 100_000)),
                reader.value("models.wave-seconds", Rule.seconds(Duration.ofSeconds(1), Duration.ofHours(1))),
                reader.optional("models.budget-usd", Rule.number(0, MOST_USD))
                        .map(OptionalDouble::of)
                        .orElseGet(OptionalDouble::empty),
                reader.value("models.confirm-above-usd", Rule.number(0, MOST_USD)),
                reader.value("models.mode", Rule.oneOf(ModelMode.class)),
                reader.map("models.prices", Rule.price()),
                Llm.read(reader, environment),
                Embedding.read(reader, environment));
    }
}
