package com.tiktokrec.common.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The effective configuration of a run, validated. {@code hash} is the SHA-256 of its canonical form: the same for the
 * same values, whatever file or option they came from.
 */
public record Settings(
        Optional<String> warehouse,
        Pipeline pipeline,
        Ranking ranking,
        Ingest ingest,
        Taxonomy taxonomy,
        Retrieval retrieval,
        Models models,
        TikTok tiktok,
        Cache cache,
        Checks checks,
        String hash) {

    /** {@link #load(Optional, Map, Map)} with the environment of this process. */
    public static Settings load(Optional<Path> file, Map<String, String> overrides) {
        return load(file, overrides, System.getenv());
    }

    /**
     * Layers reference.conf, the file and the overrides (key with or without "tiktok-rec.", value in HOCON or plain).
     * OPENAI_BASE_URL stands in for a base-url that is not configured. Throws a usage failure that lists all mistakes.
     */
    public static Settings load(Optional<Path> file, Map<String, String> overrides, Map<String, String> environment) {
        Mistakes mistakes = new Mistakes();
        SettingsReader reader = new SettingsReader(Layers.read(file, overrides, environment, mistakes), mistakes);
        Settings settings = read(reader, mistakes, environment);
        reader.noteUnknownKeys();
        if (!mistakes.none()) {
            throw mistakes.failure();
        }
        return settings;
    }

    /** All keys, in the order they are read. */
    static Set<String> keys() {
        Mistakes mistakes = new Mistakes();
        SettingsReader reader =
                new SettingsReader(Layers.read(Optional.empty(), Map.of(), Map.of(), mistakes), mistakes);
        read(reader, mistakes, Map.of());
        return reader.keys();
    }

    private static Settings read(SettingsReader reader, Mistakes mistakes, Map<String, String> environment) {
        Optional<String> warehouse = reader.optional("warehouse", Rule.location());
        Pipeline pipeline = Pipeline.read(reader);
        Ranking ranking = Ranking.read(reader, mistakes);
        Ingest ingest = Ingest.read(reader);
        Taxonomy taxonomy = Taxonomy.read(reader);
        Retrieval retrieval = Retrieval.read(reader);
        Models models = Models.read(reader, environment);
        TikTok tiktok = TikTok.read(reader);
        Cache cache = Cache.read(reader, mistakes);
        Checks checks = Checks.read(reader);
        return new Settings(
                warehouse,
                pipeline,
                ranking,
                ingest,
                taxonomy,
                retrieval,
                models,
                tiktok,
                cache,
                checks,
                reader.hash());
    }
}
