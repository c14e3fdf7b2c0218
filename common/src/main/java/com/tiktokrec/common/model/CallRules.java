package com.tiktokrec.common.model;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What holds for all calls of a run together.
 *
 * @param quotas by kind; a kind without one is not limited
 * @param waveCalls answers are stored after so many calls
 * @param wave answers are stored after so long
 */
public record CallRules(Map<ModelKind, Quota> quotas, OptionalDouble budgetUsd, int waveCalls, Duration wave) {

    /** Limits a minute over all executors. */
    public record Quota(OptionalLong requestsPerMinute, OptionalLong tokensPerMinute) {

        static final Quota NONE = new Quota(OptionalLong.empty(), OptionalLong.empty());

        boolean limited() {
            return requestsPerMinute.isPresent() || tokensPerMinute.isPresent();
        }
    }

    /** No quota and no budget. */
    public static final CallRules NONE = new CallRules(Map.of(), OptionalDouble.empty(), 2000, Duration.ofMinutes(1));

    Quota quota(ModelKind kind) {
        return quotas.getOrDefault(kind, Quota.NONE);
    }

    /** Whether any kind has a quota. */
    public boolean limited() {
        return quotas.values().stream().anyMatch(Quota::limited);
    }
}
