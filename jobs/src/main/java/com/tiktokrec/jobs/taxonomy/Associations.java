package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.jobs.taxonomy.HashtagStatistics.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which topics stand together in texts more often than by chance: normalised pointwise mutual information. */
final class Associations {

    private static final double WEAKEST = 0.1;

    /** A topic that another stands with, by its index, from just above 0 to 1. */
    record Associate(int topic, double strength) {}

    private final List<List<Associate>> byTopic;

    private Associations(List<List<Associate>> byTopic) {
        this.byTopic = byTopic;
    }

    /**
     * Associations from counted pairs of hashtags.
     *
     * @param counts number of authors of each hashtag
     * @param authors number of authors in all
     */
    static Associations of(List<Topic> topics, Map<String, Long> counts, Map<Pair, Long> pairs, long authors) {
        Map<String, Integer> topicOf = new HashMap<>();
        double[] users = new double[topics.size()];
        for (int index = 0; index < topics.size(); index++) {
            for (String hashtag : topics.get(index).hashtags()) {
                topicOf.put(hashtag, index);
                users[index] += counts.getOrDefault(hashtag, 0L);
            }
        }
        Map<Long, Double> together = new HashMap<>();
        pairs.forEach((pair, count) -> {
            Integer first = topicOf.get(pair.first());
            Integer second = topicOf.get(pair.second());
            if (first != null && second != null && !first.equals(second)) {
                long key = (long) Math.min(first, second) * topics.size() + Math.max(first, second);
                together.merge(key, (double) count, Double::sum);
            }
        });
        List<List<Associate>> byTopic = new ArrayList<>();
        topics.forEach(topic -> byTopic.add(new ArrayList<>()));
        together.forEach((key, count) -> {
            int first = (int) (key / topics.size());
            int second = (int) (key % topics.size());
            double joint = Math.min(count, Math.min(users[first], users[second]));
            double strength =
                    Math.log(joint * authors / (users[first] * users[second])) / Math.log(authors / joint + 1);
            if (strength >= WEAKEST) {
                byTopic.get(first).add(new Associate(second, Math.min(1, strength)));
                byTopic.get(second).add(new Associate(first, Math.min(1, strength)));
            }
        });
        byTopic.forEach(associates -> associates.sort(
                Comparator.comparingDouble(Associate::strength).reversed().thenComparing(Associate::topic)));
        return new Associations(byTopic);
    }

    /** A topic's associates, the strongest first. */
    List<Associate> of(int topic, int atMost) {
        List<Associate> associates = byTopic.get(topic);
        return associates.subList(0, Math.min(atMost, associates.size()));
    }
}
