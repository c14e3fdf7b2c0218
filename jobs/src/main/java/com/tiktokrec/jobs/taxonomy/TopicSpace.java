package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.Associations.Associate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Topics as unit vectors around their common centre, each drawn towards the topics it stands with in texts. */
final class TopicSpace {

    private static final double CONTEXT_WEIGHT = 0.6;
    private static final int CONTEXT_TOPICS = 6;
    private static final int NAMED_CONTEXT = 3;
    private static final double SCRIPT_APART = 1.5;

    private final List<double[]> vectors;

    private TopicSpace(List<double[]> vectors) {
        this.vectors = vectors;
    }

    static TopicSpace of(Run run, List<Topic> topics, Associations associations) {
        List<String> texts = IntStream.range(0, topics.size())
                .mapToObj(topic -> text(topics, associations, topic))
                .toList();
        Map<String, List<Float>> embedded = run.step("taxonomy: embed hashtags", () -> CategoryVectors.of(run, texts));
        return new TopicSpace(
                spread(topics, associations, texts.stream().map(embedded::get).toList()));
    }

    /** A hashtag alone embeds poorly: the ones it stands with say what it is about. */
    private static String text(List<Topic> topics, Associations associations, int topic) {
        List<String> phrases = new ArrayList<>();
        phrases.add(topics.get(topic).phrase());
        associations
                .of(topic, NAMED_CONTEXT)
                .forEach(associate -> phrases.add(topics.get(associate.topic()).phrase()));
        return String.join(", ", phrases);
    }

    private static List<double[]> spread(List<Topic> topics, Associations associations, List<List<Float>> embedded) {
        int dimensions = embedded.stream()
                .filter(Objects::nonNull)
                .findFirst()
                .map(List::size)
                .orElse(1);
        List<double[]> units =
                embedded.stream().map(vector -> unit(vector, dimensions)).toList();
        double[] mean = new double[dimensions];
        units.forEach(vector -> add(mean, vector, 1.0 / units.size()));
        List<double[]> own = units.stream().map(vector -> around(mean, vector)).toList();
        List<double[]> placed = new ArrayList<>();
        for (int topic = 0; topic < topics.size(); topic++) {
            double[] context = new double[dimensions];
            double sure = 0;
            for (Associate associate : associations.of(topic, CONTEXT_TOPICS)) {
                add(context, own.get(associate.topic()), associate.strength());
                sure += associate.strength();
            }
            double[] vector = own.get(topic).clone();
            add(vector, normalised(context), CONTEXT_WEIGHT * Math.min(1, sure));
            placed.add(
                    withScript(normalised(vector), Scripts.of(topics.get(topic).phrase())));
        }
        return placed;
    }

    /** A vector of length 1; of nothing where a text could not be embedded. */
    private static double[] unit(List<Float> vector, int dimensions) {
        return vector == null
                ? new double[dimensions]
                : normalised(vector.stream().mapToDouble(Float::doubleValue).toArray());
    }

    private static double[] around(double[] mean, double[] vector) {
        double[] moved = vector.clone();
        if (dot(vector, vector) > 0) {
            add(moved, mean, -1);
        }
        return normalised(moved);
    }

    /** Appends dimensions that keep writing systems apart, which an English model cannot tell by meaning. */
    private static double[] withScript(double[] vector, int script) {
        double[] extended = Arrays.copyOf(vector, vector.length + Scripts.COUNT);
        extended[vector.length + script] = script == Scripts.LATIN ? 0 : SCRIPT_APART;
        // Cosine needs a direction: a topic without any takes the Latin one.
        if (script == Scripts.LATIN && dot(vector, vector) == 0) {
            extended[vector.length] = 1e-3;
        }
        return normalised(extended);
    }

    List<double[]> vectors() {
        return vectors;
    }

    double cosine(double[] one, double[] other) {
        return dot(one, other);
    }

    /** The direction of some topics together. */
    double[] centre(List<Integer> topics, IntToDoubleFunction weight) {
        double[] sum = new double[vectors.get(0).length];
        topics.forEach(topic -> add(sum, vectors.get(topic), weight.applyAsDouble(topic)));
        return normalised(sum);
    }

    private static void add(double[] to, double[] vector, double weight) {
        for (int index = 0; index < to.length; index++) {
            to[index] += weight * vector[index];
        }
    }

    private static double[] scaled(double[] vector, double factor) {
        double[] result = vector.clone();
        for (int index = 0; index < result.length; index++) {
            result[index] *= factor;
        }
        return result;
    }

    private static double[] normalised(double[] vector) {
        double norm = Math.sqrt(dot(vector, vector));
        return norm == 0 ? vector : scaled(vector, 1 / norm);
    }

    private static double dot(double[] one, double[] other) {
        double sum = 0;
        for (int index = 0; index < one.length; index++) {
            sum += one[index] * other[index];
        }
        return sum;
    }
}
