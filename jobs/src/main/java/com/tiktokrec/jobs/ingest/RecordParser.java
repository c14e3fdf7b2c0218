package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** A record of either shape, told apart by its keys: an API answer in its envelope, or a bare item. */
final class RecordParser {

    private static final ObjectReader JSON = JsonMapper.builder(
                    // Interned keys go to a table of the whole JVM, and keys may be anything in a bad file.
                    JsonFactory.builder()
                            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                            .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readerFor(JsonNode.class);

    private final boolean profileBareAuthors;

    RecordParser(boolean profileBareAuthors) {
        this.profileBareAuthors = profileBareAuthors;
    }

    /** Adds what a record holds; nothing of it but a bad row where it can't be read. */
    void parse(RawRecord record, RecordRows rows) {
        rows.start(record);
        try {
            if (record.defect() != null) {
                throw new BadRecord(record.defect());
            }
            JsonNode node = json(record.bytes());
            if (!node.isObject()) {
                throw BadRecord.wrongType("the record", node);
            }
            JsonObject object = JsonObject.of(node);
            if (object.has("endpoint")) {
                AnswerParser.parse(object, rows);
            } else {
                bareItem(object, rows);
            }
        } catch (BadRecord e) {
            rows.bad(e.getMessage());
        }
    }

    private void bareItem(JsonObject object, RecordRows rows) throws BadRecord {
        Instant crawledAt = object.time("crawledAt");
        rows.bareItem(
                ItemParser.parse(object, profileBareAuthors),
                crawledAt == null ? rows.file().modifiedAt() : crawledAt);
    }

    private static JsonNode json(byte[] bytes) throws BadRecord {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new BadRecord("not JSON");
        } catch (IOException e) {
            // Broken UTF-8 comes as one of these.
            if (e instanceof java.io.CharConversionException) {
                throw new BadRecord("not UTF-8");
            }
            throw new UncheckedIOException(e);
        }
    }
}
