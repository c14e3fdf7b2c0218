package com.tiktokrec.common.tiktok;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A request that brought no answer, classified by what to do about it. Its message holds no key and no user's text. */
public final class TikTokFailure extends RuntimeException {

    /** What went wrong. */
    public enum Kind {
        KEY_REFUSED(Remedy.STOP),
        NOT_SUBSCRIBED(Remedy.STOP),
        /** The plan's monthly (or daily) requests are used up: no retry helps. */
        QUOTA_SPENT(Remedy.STOP),
        /** tiktok.monthly-request-budget is used up. */
        BUDGET_SPENT(Remedy.STOP),
        /** The address answers, and is not the API's. */
        MISDIRECTED(Remedy.STOP),
        /** Too many requests a second. */
        RATE(Remedy.RETRY),
        SERVER_ERROR(Remedy.RETRY),
        TIMEOUT(Remedy.RETRY),
        CONNECTION(Remedy.RETRY),
        /** Not JSON, cut, or not of the shape that the endpoint has. */
        MALFORMED(Remedy.RETRY),
        NOT_FOUND(Remedy.NONE),
        PRIVATE(Remedy.NONE),
        /** Any other error, of which a retry would bring the same. */
        REFUSED(Remedy.NONE);

        private enum Remedy {
            RETRY,
            STOP,
            NONE
        }

        private final Remedy remedy;

        Kind(Remedy remedy) {
            this.remedy = remedy;
        }

        /** Whether the same request may go through later. */
        public boolean isRetriable() {
            return remedy == Remedy.RETRY;
        }

        /** Whether no request of this run can succeed any more. */
        public boolean stopsTheRun() {
            return remedy == Remedy.STOP;
        }

        /** Whether the API did answer, and an older answer would be wrong. */
        boolean isAnAnswer() {
            return this == NOT_FOUND || this == PRIVATE;
        }

        /** In words for people. */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient Duration retryAfter;

    public TikTokFailure(Kind kind, String message) {
        this(kind, message, null, null);
    }

    TikTokFailure(Kind kind, String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** How long the server asked to wait before the next request, if it did. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
