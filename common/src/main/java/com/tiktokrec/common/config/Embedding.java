package com.tiktokrec.common.config;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The embedding model: {@code model} where the provider is openai, {@code localModel} where it is local. The explicit
 * flags tell whether a configuration file or --set gave the key: only then may it change what a warehouse remembers.
 */
public record Embedding(
        Provider provider,
        boolean providerExplicit,
        String model,
        boolean modelExplicit,
        Optional<String> baseUrl,
        OptionalInt dimensions,
        String localModel,
        boolean localModelExplicit,
        String queryPrefix,
        String documentPrefix,
        OptionalDouble cosineFloor,
        int maxInputsPerRequest,
        int maxTokensPerRequest,
        CallLimits limits) {

    /** The value of localModel that names the model shipped with the program, bge-small-en-v1.5. */
    public static final String BUILT_IN = "built-in";

    static Embedding read(SettingsReader reader, Map<String, String> environment) {
        Provider provider = reader.value("models.embedding.provider", Rule.oneOf(Provider.class));
        return new Embedding(
                provider,
                provider != Provider.AUTO && reader.given("models.embedding.provider"),
                reader.value("models.embedding.model", Rule.name()),
                reader.given("models.embedding.model"),
                reader.address("models.embedding.base-url", "OPENAI_BASE_URL", environment),
                reader.optional("models.embedding.dimensions", Rule.count(1, 65_536))
                        .map(OptionalInt::of)
                        .orElseGet(OptionalInt::empty),
                reader.value("models.embedding.local-model", Rule.name()),
                reader.given("models.embedding.local-model"),
                reader.value("models.embedding.query-prefix", Rule.anyText()),
                reader.value("models.embedding.document-prefix", Rule.anyText()),
                reader.optional("models.embedding.cosine-floor", Rule.number(0, 0.99))
                        .map(OptionalDouble::of)
                        .orElseGet(OptionalDouble::empty),
                reader.value("models.embedding.max-inputs-per-request", Rule.count(1, 65_536)),
                reader.value("models.embedding.max-tokens-per-request", Rule.count(1, 10_000_000)),
                CallLimits.read(reader, "models.embedding"));
    }
}
