package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.udf;

import java.io.Serializable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;

/** A piecewise linear curve: linear between its knots, flat beyond the first and the last. */
final class Knots implements Serializable {

    private static final long serialVersionUID = 1L;

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
        // A function, not a chain of cases: each case would repeat the whole expression of the value, and plans grow
        // with it until Spark takes longer to optimise them than to run them.
        return udf((Double input) -> valueAt(input), DataTypes.DoubleType).apply(value);
    }

    private double valueAt(double input) {
        if (input <= inputs[0]) {
            return outputs[0];
        }
        for (int knot = 1; knot < inputs.length; knot++) {
            if (input <= inputs[knot]) {
                double slope = (outputs[knot] - outputs[knot - 1]) / (inputs[knot] - inputs[knot - 1]);
                return (input - inputs[knot - 1]) * slope + outputs[knot - 1];
            }
        }
        return outputs[outputs.length - 1];
    }
}
