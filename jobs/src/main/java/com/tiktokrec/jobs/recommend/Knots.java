package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;

/** A piecewise linear curve: linear between its knots, flat beyond the first and the last. */
final class Knots {

    private final double[] inputs;
    private final double[] outputs;

    private Knots(double[] inputs, double[] outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** A curve through pairs of input and output, inputs rising. */
    static Knots of(double... inputsAndOutputs) {
        int count = inputsAndOutputs.length / 2;
        double[] inputs = new double[count];
        double[] outputs = new double[count];
        for (int knot = 0; knot < count; knot++) {
            inputs[knot] = inputsAndOutputs[2 * knot];
            outputs[knot] = inputsAndOutputs[2 * knot + 1];
        }
        return new Knots(inputs, outputs);
    }

    /** The curve's value at a column of doubles. */
    Column at(Column value) {
        Column curve = when(value.leq(inputs[0]), lit(outputs[0]));
        for (int knot = 1; knot < inputs.length; knot++) {
            double slope = (outputs[knot] - outputs[knot - 1]) / (inputs[knot] - inputs[knot - 1]);
            curve = curve.when(
                    value.leq(inputs[knot]),
                    value.minus(inputs[knot - 1]).multiply(slope).plus(outputs[knot - 1]));
        }
        return curve.otherwise(lit(outputs[outputs.length - 1]));
    }
}
