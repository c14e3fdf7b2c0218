package com.tiktokrec.common.model;

import java.util.List;

/**
 * What a step's calls would come to.
 *
 * @param step what the calls are for
 * @param model who would answer
 * @param calls requests that the store does not answer
 * @param assumed whether the step's inputs are not bought yet, so that they had to be guessed
 */
public record StepEstimate(
        String step, String model, long calls, long promptTokens, long completionTokens, double usd, boolean assumed) {

    /** The cost of steps together. */
    public static double usd(List<StepEstimate> steps) {
        return steps.stream().mapToDouble(StepEstimate::usd).sum();
    }
}
