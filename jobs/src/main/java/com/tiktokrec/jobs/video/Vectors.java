package com.tiktokrec.jobs.video;

import java.util.List;

/** Arithmetic on embeddings, in doubles. */
public final class Vectors {

    private Vectors() {}

    /** The vector divided by its length; null for null and for a vector without length. */
    public static double[] unit(List<Float> vector) {
        if (vector == null) {
            return null;
        }
        double[] values = new double[vector.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = vector.get(index);
        }
        return unit(values);
    }

    /** The vector divided by its length, in place; null where it has none. */
    public static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        if (length == 0) {
            return null;
        }
        for (int index = 0; index < vector.length; index++) {
            vector[index] /= length;
        }
        return vector;
    }

    public static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int index = 0; index < left.length; index++) {
            sum += left[index] * right[index];
        }
        return sum;
    }
}
