package com.tiktokrec.common.model;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** This JVM's secrets, from the environment of the driver; they never travel in Spark's configuration. */
public final class Secrets {

    public static final String OPENAI_API_KEY = "OPENAI_API_KEY";
    public static final String RAPIDAPI_KEY = "RAPIDAPI_KEY";

    private static final AtomicReference<Map<String, String>> ENVIRONMENT = new AtomicReference<>(System.getenv());

    private Secrets() {}

    /** Makes an environment's secrets those of this JVM. */
    public static void install(Map<String, String> environment) {
        ENVIRONMENT.set(Map.copyOf(environment));
    }

    /** The key of an OpenAI-compatible server, if one is set. */
    public static Optional<String> openAiKey() {
        return key(OPENAI_API_KEY);
    }

    /** The key of the TikTok API on RapidAPI, if one is set. */
    public static Optional<String> rapidApiKey() {
        return key(RAPIDAPI_KEY);
    }

    private static Optional<String> key(String variable) {
        return Optional.ofNullable(ENVIRONMENT.get().get(variable)).filter(key -> !key.isBlank());
    }
}
