package com.tiktokrec.jobs.taxonomy;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.tables.Videos;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Packs the distinct texts of the whole corpus into chunks for the chat model; of too many, a sample by text hash. */
final class TextChunks {

    private static final int LONGEST_TEXT = 1_000;
    private static final int MOST_CHARACTERS_PER_TOKEN = 6;
    private static final int LINE_OVERHEAD = 3;
    private static final double SAMPLE_MARGIN = 1.2;
    private static final double HASH_RANGE = 0x1p32;

    private final TokenCounter tokens;
    private final int characters;
    private final int maxTokens;
    private final int maxChunks;

    /** Chunks of at most so many characters and tokens, and at most so many of them. */
    TextChunks(TokenCounter tokens, int characters, int maxTokens, int maxChunks) {
        this.tokens = tokens;
        this.characters = characters;
        this.maxTokens = maxTokens;
        this.maxChunks = maxChunks;
    }

    /** The chunks of documents, each some JSON strings, one a line; texts in the order of their hashes. */
    List<String> of(Dataset<Row> documents) {
        Column counted = when(col(Documents.WEIGHT).gt(1), concat(lit(" ("), col(Documents.WEIGHT), lit(" videos)")))
                .otherwise("");
        Dataset<Row> texts = documents
                .select(concat(substring(col(Documents.TEXT), 1, LONGEST_TEXT), counted)
                        .as(Documents.TEXT))
                .distinct()
                .withColumn(Videos.TEXT_HASH, sha2(col(Documents.TEXT).cast("binary"), 256));
        Row size = texts.agg(
                        count(lit(1)), coalesce(sum(length(col(Documents.TEXT)).plus(LINE_OVERHEAD)), lit(0L)))
                .head();
        double room = SAMPLE_MARGIN * maxChunks * Math.min(characters, (long) maxTokens * MOST_CHARACTERS_PER_TOKEN);
        double share = room / Math.max(1, size.getLong(1));
        // The hash is uniform, so a bound on it takes that share of the texts, the same ones in every run.
        Dataset<Row> chosen = share >= 1
                ? texts
                : texts.where(col(Videos.TEXT_HASH).lt("%08x".formatted((long) (share * (HASH_RANGE - 1)))));
        return packed(chosen.orderBy(Videos.TEXT_HASH).select(Documents.TEXT).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList());
    }

    /** Packs texts in their order; what does not fit into the last chunk is left out. */
    List<String> packed(List<String> texts) {
        List<String> chunks = new ArrayList<>();
        StringBuilder chunk = new StringBuilder();
        int used = 0;
        for (String text : texts) {
            String line = fitting(text);
            int cost = tokens.count(line) + 1;
            boolean full = chunk.length() + 1 + line.length() > characters || used + cost > maxTokens;
            if (full && !chunk.isEmpty()) {
                chunks.add(chunk.toString());
                chunk.setLength(0);
                used = 0;
                if (chunks.size() == maxChunks) {
                    return chunks;
                }
            }
            chunk.append(chunk.isEmpty() ? "" : "\n").append(line);
            used += cost;
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk.toString());
        }
        return chunks;
    }

    /** A text as a line, cut where it would not fit into a chunk of its own. */
    private String fitting(String text) {
        String cut = text;
        String line = TaxonomyPrompts.line(cut);
        while (cut.length() > 1 && (line.length() > characters || tokens.count(line) + 1 > maxTokens)) {
            int half = cut.length() / 2;
            cut = cut.substring(0, Character.isHighSurrogate(cut.charAt(half - 1)) && half > 1 ? half - 1 : half);
            line = TaxonomyPrompts.line(cut);
        }
        return line;
    }
}
