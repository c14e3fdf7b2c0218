package com.tiktokrec.common.config;

/** How much text the taxonomy reads, in chunks of that many characters. */
public record Taxonomy(int maxChunks, int chunkCharacters) {

    static Taxonomy read(SettingsReader reader) {
        return new Taxonomy(
                reader.value("taxonomy.max-chunks", Rule.count(1, 10_000)),
                reader.value("taxonomy.chunk-characters", Rule.count(100, 1_000_000)));
    }
}
