package com.tiktokrec.common.model;

import java.time.Duration;

/**
 * How far a step's calls are.
 *
 * @param done requests answered or failed
 * @param perSecond of them, since the step began
 * @param left expected time until the end, zero while nothing is done
 */
public record CallProgress(String step, long done, long of, double perSecond, double costUsd, Duration left) {}
