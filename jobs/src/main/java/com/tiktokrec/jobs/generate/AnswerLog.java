package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Draws.Subject;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Writes API answers in the landing envelope, and among them the errors and malformed records of a real crawl. */
final class AnswerLog {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter LOG_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int FIRST_RATE_LIMIT = 7;
    private static final int FIRST_REFUSAL = 11;
    private static final int ERROR_EVERY = 500;
    private static final String RATE_LIMIT =
            "You have exceeded the rate limit per second for your plan, BASIC, by the API provider";

    private final long seed;
    private final LandingFolder folder;
    private final CrawlClock clock;
    private final SpoiledItems spoiledItems;
    private final Flaws flaws;
    private int pages;

    AnswerLog(long seed, LandingFolder folder, CrawlClock clock, SpoiledItems spoiledItems, Flaws flaws) {
        this.seed = seed;
        this.folder = folder;
        this.clock = clock;
        this.spoiledItems = spoiledItems;
        this.flaws = flaws;
    }

    /** Called before the requests for a user or a search phrase. */
    void begin() {
        clock.begin();
    }

    /** Writes an answer without a list. */
    void answer(RecordSeries target, String endpoint, ObjectNode params, ObjectNode body) throws IOException {
        folder.write(target, envelope(endpoint, params, clock.next(), 200, body));
    }

    /**
     * Writes an answer with a list of items, which is part of the body already; {@code mostItems} is what a page can
     * hold. Returns the answer's {@code impr_id}.
     */
    String page(
            RecordSeries target, String endpoint, ObjectNode params, ObjectNode body, ArrayNode items, int mostItems)
            throws IOException {
        pages++;
        if (pages == FIRST_RATE_LIMIT || pages % (2 * ERROR_EVERY) == 0) {
            ObjectNode limited = JSON.objectNode().put("message", RATE_LIMIT);
            folder.write(target, envelope(endpoint, params, clock.next(), 429, limited));
        } else if (pages == FIRST_REFUSAL || pages % ERROR_EVERY == 0) {
            ObjectNode refused = JSON.objectNode().put("statusCode", 10221).put("status_msg", "");
            folder.write(target, envelope(endpoint, params, clock.next(), 200, refused));
        }
        Optional<Flaw> flaw = items.isEmpty() ? Optional.empty() : flaws.due(folder.records());
        if (flaw.isPresent() && flaw.get().ofLine()) {
            ObjectNode lost = envelope(endpoint, params, clock.next(), 200, body);
            folder.writeLine(target, flaw.get().spoiled(lost.toString()));
        }
        boolean spoil = flaw.isPresent() && !flaw.get().ofLine();
        if (spoil && items.size() < mostItems) {
            items.insert(items.size() / 2, spoiledItems.next(flaw.get()));
        }
        Instant fetchedAt = clock.next();
        String logId = logId(fetchedAt);
        body.putObject("extra").put("logid", logId).put("now", fetchedAt.toEpochMilli());
        body.putObject("log_pb").put("impr_id", logId);
        folder.write(target, envelope(endpoint, params, fetchedAt, 200, body));
        if (spoil && items.size() >= mostItems) {
            folder.write(target, spoiledItems.next(flaw.get()));
        }
        return logId;
    }

    /** Writes an answer that was fetched at a given time. */
    void answerAt(Instant fetchedAt, RecordSeries target, String endpoint, ObjectNode params, ObjectNode body)
            throws IOException {
        folder.write(target, envelope(endpoint, params, fetchedAt, 200, body));
    }

    private static ObjectNode envelope(
            String endpoint, ObjectNode params, Instant fetchedAt, int status, ObjectNode body) {
        ObjectNode envelope = JSON.objectNode();
        envelope.put("endpoint", endpoint);
        envelope.set("params", params);
        envelope.put("fetchedAt", fetchedAt.toString());
        envelope.put("status", status);
        envelope.set("body", body);
        return envelope;
    }

    private String logId(Instant fetchedAt) {
        long bits = Draws.of(seed, Subject.ANSWER, pages).bits();
        return LOG_TIME.format(fetchedAt) + String.format(Locale.ROOT, "%016X%04X", bits, pages & 0xFFFF);
    }
}
