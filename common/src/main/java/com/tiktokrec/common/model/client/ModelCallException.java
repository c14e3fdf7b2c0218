package com.tiktokrec.common.model.client;

import java.time.Duration;
import java.util.Optional;

/**
 * A model call that brought no answer, classified by what to do about it. Its message holds no key and no user's text.
 */
public final class ModelCallException extends RuntimeException {

    /** What to do about a failed call. */
    public enum Kind {
        /** 408, 409, 429 for rate, 5xx, timeouts, broken connections: the same call may go through later. */
        RETRIABLE,
        /** The request itself is at fault (a 400): this row fails, others go on. */
        INPUT,
        /** Wrong key, spent quota, unknown model: no call of this run can succeed. */
        FINAL
    }

    /** How an attempt ended, for the run's summary. */
    public enum Outcome {
        RATE_LIMITED,
        SERVER_ERROR,
        TIMEOUT,
        CONNECTION,
        BROKEN_ANSWER,
        REJECTED,
        STOPPED
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient Duration retryAfter;
    private final int attempts;
    private final Outcome outcome;

    public ModelCallException(Kind kind, String message, Duration retryAfter, Throwable cause) {
        this(kind, message, retryAfter, 1, cause);
    }

    ModelCallException(Kind kind, String message, Duration retryAfter, int attempts, Throwable cause) {
        this(kind, usual(kind), message, retryAfter, attempts, cause);
    }

    ModelCallException(Kind kind, Outcome outcome, String message, Duration retryAfter, int attempts, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.outcome = outcome;
        this.retryAfter = retryAfter;
        this.attempts = attempts;
    }

    private static Outcome usual(Kind kind) {
        return switch (kind) {
            case RETRIABLE -> Outcome.BROKEN_ANSWER;
            case INPUT -> Outcome.REJECTED;
            case FINAL -> Outcome.STOPPED;
        };
    }

    /** Calling has stopped for the run: nothing was sent. */
    public static ModelCallException stopped(String reason) {
        return new ModelCallException(Kind.FINAL, Outcome.STOPPED, reason, null, 0, null);
    }

    public ModelCallException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public Kind kind() {
        return kind;
    }

    /** How the last attempt ended. */
    public Outcome outcome() {
        return outcome;
    }

    /** Whether the server may have worked, and may want to be paid, although no answer came. */
    public boolean fateUnknown() {
        return outcome == Outcome.TIMEOUT || outcome == Outcome.CONNECTION || outcome == Outcome.BROKEN_ANSWER;
    }

    /** Attempts that were sent, 0 where the run had stopped calling before. */
    public int attempts() {
        return attempts;
    }

    /** How long the server asked to wait before the next attempt, if it did. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
