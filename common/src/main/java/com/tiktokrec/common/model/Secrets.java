package com.tiktokrec.common.model;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * This JVM's secrets: from the environment of the driver, else from Hadoop's credential provider under the same names;
 * they never travel in Spark's configuration.
 */
public final class Secrets {

    public static final String OPENAI_API_KEY = "OPENAI_API_KEY";
    public static final String RAPIDAPI_KEY = "RAPIDAPI_KEY";

    /** @param provided what the credential provider was asked for, and gave */
    private record Source(Map<String, String> environment, Map<String, Optional<String>> provided) {}

    private static final AtomicReference<Source> SOURCE = new AtomicReference<>(source(System.getenv()));

    private Secrets() {}

    private static Source source(Map<String, String> environment) {
        return new Source(Map.copyOf(environment), new ConcurrentHashMap<>());
    }

    /** Makes an environment's secrets those of this JVM. */
    public static void install(Map<String, String> environment) {
        SOURCE.set(source(environment));
    }

    /**
     * The key of an OpenAI-compatible server, if one is set.
     *
     * @throws com.tiktokrec.common.RunFailure exit 2 where a credential provider is set and cannot be read
     */
    public static Optional<String> openAiKey() {
        return key(OPENAI_API_KEY);
    }

    /**
     * The key of the TikTok API on RapidAPI, if one is set.
     *
     * @throws com.tiktokrec.common.RunFailure exit 2 where a credential provider is set and cannot be read
     */
    public static Optional<String> rapidApiKey() {
        return key(RAPIDAPI_KEY);
    }

    private static Optional<String> key(String name) {
        Source source = SOURCE.get();
        Optional<String> key = Optional.ofNullable(source.environment().get(name));
        if (key.isEmpty() && CredentialProviderKeys.areThere()) {
            key = source.provided().computeIfAbsent(name, CredentialProviderKeys::key);
        }
        return key.filter(value -> !value.isBlank());
    }
}
