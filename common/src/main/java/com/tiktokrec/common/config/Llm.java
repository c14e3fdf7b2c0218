package com.tiktokrec.common.config;

import java.util.Map;
import java.util.Optional;

/**
 * The chat model. The explicit flags tell whether a configuration file or --set gave the key: only then may it change
 * what a warehouse remembers.
 */
public record Llm(
        Provider provider,
        boolean providerExplicit,
        String model,
        boolean modelExplicit,
        Optional<String> baseUrl,
        double temperature,
        int maxInputTokens,
        int maxOutputTokens,
        CallLimits limits) {

    static Llm read(SettingsReader reader, Map<String, String> environment) {
        Provider provider = reader.value("models.llm.provider", Rule.oneOf(Provider.class));
        return new Llm(
                provider,
                provider != Provider.AUTO && reader.given("models.llm.provider"),
                reader.value("models.llm.model", Rule.name()),
                reader.given("models.llm.model"),
                reader.address("models.llm.base-url", "OPENAI_BASE_URL", environment),
                reader.value("models.llm.temperature", Rule.number(0, 2)),
                reader.value("models.llm.max-input-tokens", Rule.count(100, 2_000_000)),
                reader.value("models.llm.max-output-tokens", Rule.count(16, 1_000_000)),
                CallLimits.read(reader, "models.llm"));
    }
}
