package com.tiktokrec.common.config;

import java.util.List;

/** Where candidates come from; at least one source, without duplicates. */
public record Retrieval(List<RetrievalSource> sources) {

    static Retrieval read(SettingsReader reader) {
        return new Retrieval(reader.value("retrieval.sources", Rule.listOf(Rule.oneOf(RetrievalSource.class), false)));
    }
}
