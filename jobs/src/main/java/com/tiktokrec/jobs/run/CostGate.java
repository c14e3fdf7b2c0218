package com.tiktokrec.jobs.run;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.model.StepEstimate;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a run before it buys more than {@code models.confirm-above-usd} unasked. */
public final class CostGate {

    private static final Logger LOG = LoggerFactory.getLogger(CostGate.class);

    private CostGate() {}

    /**
     * Lets a run go on, or not; nothing is estimated where no model in use has a price.
     *
     * @throws RunFailure exit 2 with the estimate, where it is above the limit
     */
    public static void confirm(Run run, Supplier<List<StepEstimate>> estimate) {
        if (!buys(run)) {
            return;
        }
        List<StepEstimate> steps = run.step("estimate the cost of model calls", estimate);
        double usd = StepEstimate.usd(steps);
        double limit = run.settings().models().confirmAboveUsd();
        LOG.info("Model calls of this run: about {} USD", amount(usd));
        if (usd > limit) {
            throw RunFailure.usage("this run's model calls would cost about " + amount(usd)
                    + " USD, more than models.confirm-above-usd (" + limit + "): "
                    + steps.stream()
                            .filter(step -> step.usd() > 0)
                            .map(step -> step.step() + " " + amount(step.usd()) + (step.assumed() ? " (assumed)" : ""))
                            .collect(Collectors.joining(", "))
                    + ". Nothing was bought. Confirm with --yes, raise the limit, or see --estimate.");
        }
    }

    private static boolean buys(Run run) {
        EmbeddingSpec embeddings = run.models().embeddings().spec();
        return embeddings.inputPrice() > 0
                || run.models()
                        .chat()
                        .map(ChatCalls::spec)
                        .filter(spec -> spec.inputPrice() > 0 || spec.outputPrice() > 0)
                        .isPresent();
    }

    private static String amount(double usd) {
        return String.format(Locale.ROOT, "%.2f", usd);
    }
}
