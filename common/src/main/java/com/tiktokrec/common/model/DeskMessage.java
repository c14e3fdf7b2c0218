package com.tiktokrec.common.model;

import com.tiktokrec.common.model.quota.Claims;
import java.io.Serializable;
import java.util.List;

/** What an executor tells and asks the driver about the calls of a run; each is answered at once. */
sealed interface DeskMessage extends Serializable {

    String runId();

    /** Claims requests for a task; the answer is {@link Claimed}. */
    record Claim(String runId, String batch, long task, String executor, List<String> hashes) implements DeskMessage {}

    record Claimed(List<Claims.Verdict> verdicts) implements Serializable {}

    /** Outcomes of a task are safe in a file; the answer is {@link Noted}. */
    record Staged(
            String runId,
            String batch,
            long task,
            List<String> hashes,
            long answered,
            long failed,
            long calls,
            String firstFailure)
            implements DeskMessage {}

    /** A task is over, whatever came of it; the answer is {@link Noted}. */
    record TaskOver(String runId, String batch, long task) implements DeskMessage {}

    record Noted() implements Serializable {}

    /** Asks for leases and gives back others; the answer is {@link Leases}. */
    record Ask(
            String runId,
            ModelKind kind,
            String executor,
            List<Want> wants,
            List<Ended> ended,
            List<Unused> unused,
            Throttled throttled)
            implements DeskMessage {}

    /** One call that is ready: the most tokens it may take, and the most it can cost. */
    record Want(long tokens, double usd) implements Serializable {}

    record Unused(long lease, double reservedUsd) implements Serializable {}

    /**
     * One attempt that was sent and has ended.
     *
     * @param ended {@code ANSWERED}, or a failure's outcome
     * @param stop why no call of this run can succeed any more, null where others can
     * @param pauseMillis how long the server wants to hear nothing more
     */
    record Ended(
            long lease,
            long agoMillis,
            String ended,
            long promptTokens,
            long completionTokens,
            double usd,
            double reservedUsd,
            boolean perhapsPaid,
            long latencyMillis,
            String stop,
            long pauseMillis,
            long requestsPerMinute,
            long tokensPerMinute)
            implements Serializable {

        static final String ANSWERED = "ANSWERED";
    }

    /** How long, since the last report, calls waited for what; and the most calls under way at once. */
    record Throttled(double byQuota, double byLatency, double byProvider, int inFlight) implements Serializable {}

    /**
     * Answers to wants, in their order.
     *
     * @param pauseMillis nothing is to be sent for so long
     * @param stopped why calling has stopped for the run, null while it goes on
     */
    record Leases(List<Grant> grants, long pauseMillis, String stopped) implements Serializable {}

    /** Leave for one call; lease 0: ask again later. */
    record Grant(long lease, long delayMillis) implements Serializable {}

    /** Asks for the key of the models' server; the answer is {@link Key}. */
    record KeyWanted(String runId) implements DeskMessage {}

    /** The key; its text form leaves it out. */
    record Key(String value) implements Serializable {

        @Override
        public String toString() {
            return "Key[***]";
        }
    }
}
