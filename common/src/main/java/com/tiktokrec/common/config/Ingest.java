package com.tiktokrec.common.config;

/** When the landing files are too bad to load, and whether authors of bare items are treated as users to profile. */
public record Ingest(double maxBadRatio, boolean profileBareAuthors) {

    static Ingest read(SettingsReader reader) {
        return new Ingest(
                reader.value("ingest.max-bad-ratio", Rule.number(0, 1)),
                reader.value("ingest.profile-bare-authors", Rule.flag()));
    }
}
