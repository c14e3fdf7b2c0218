package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Turns clusters of topics into categories: merges what is alike, names, describes, picks keywords. */
final class ClusterNames {

    static final int FEWEST_KEYWORDS = 5;
    static final int MOST_KEYWORDS = 10;
    private static final int NEAREST = 25;
    private static final int NAME_CHOICES = 3;
    private static final int SHORTEST_WORD = 3;
    private static final double BIGGER = 1.5;

    /** Campaigns' and fans' tags that stand for themselves alone name a category only where nothing else does. */
    private static final double UNKNOWN_WORD = 0.15;

    private static final double ALIKE = 0.85;
    private static final double RELATED = 0.4;
    private static final double LOOSE = 0.7;
    private static final double TIED = 0.4;
    private static final double CLOSE_TO_CENTRE = 0.5;

    private final List<Topic> topics;
    private final TopicSpace space;
    private final GenericHashtags generic;

    ClusterNames(List<Topic> topics, TopicSpace space, GenericHashtags generic) {
        this.topics = topics;
        this.space = space;
        this.generic = generic;
    }

    /** A cluster with its members, best first; strength counts known words in full. */
    private record Cluster(double[] centre, List<Integer> members, double strength, double cohesion) {

        double worth() {
            return strength * cohesion * cohesion;
        }
    }

    /** The strongest clusters as categories, at most so many. */
    List<Category> categories(List<List<Integer>> groups, int atMost) {
        List<Cluster> clusters = merged(groups.stream()
                .filter(members -> !members.isEmpty())
                .map(this::cluster)
                .flatMap(cluster -> tight(cluster).stream())
                .sorted(Comparator.comparingDouble(Cluster::worth).reversed())
                .toList());
        Map<String, Cluster> used = new HashMap<>();
        List<Category> categories = new ArrayList<>();
        for (Cluster cluster : clusters) {
            if (categories.size() < atMost) {
                category(cluster, used, categories);
            }
        }
        return categories;
    }

    private Cluster cluster(List<Integer> members) {
        double[] centre =
                space.centre(members, topic -> Math.sqrt(topics.get(topic).strength()));
        List<Integer> ordered = members.stream()
                .sorted(Comparator.comparingDouble((Integer topic) -> fitness(topic, centre))
                        .reversed()
                        .thenComparing(topic -> topics.get(topic).phrase()))
                .toList();
        double strength = members.stream()
                .mapToDouble(topic ->
                        topics.get(topic).strength() * (topics.get(topic).word() ? 1 : UNKNOWN_WORD))
                .sum();
        double cohesion = ordered.stream()
                .limit(MOST_KEYWORDS)
                .mapToDouble(topic -> space.cosine(space.vectors().get(topic), centre))
                .average()
                .orElse(0);
        return new Cluster(centre, ordered, strength, cohesion);
    }

    /** How well a topic stands for its cluster: much used, and near its centre. */
    private double fitness(int topic, double[] centre) {
        double near = Math.max(0.01, space.cosine(space.vectors().get(topic), centre));
        return Math.sqrt(topics.get(topic).strength()) * near * near;
    }

    /** A cluster, or the parts of one that holds together only loosely: each around its best member. */
    private List<Cluster> tight(Cluster cluster) {
        List<Cluster> parts = new ArrayList<>();
        Cluster rest = cluster;
        while (rest.cohesion() < LOOSE) {
            double[] best = space.vectors().get(rest.members().get(0));
            Map<Boolean, List<Integer>> tied = rest.members().stream()
                    .collect(Collectors.partitioningBy(
                            topic -> space.cosine(space.vectors().get(topic), best) >= TIED));
            if (tied.get(false).isEmpty()) {
                break;
            }
            parts.add(cluster(tied.get(true)));
            rest = cluster(tied.get(false));
        }
        parts.add(rest);
        return parts;
    }

    private List<Cluster> merged(List<Cluster> strongestFirst) {
        List<Cluster> merged = new ArrayList<>();
        for (Cluster cluster : strongestFirst) {
            int alike = IntStream.range(0, merged.size())
                    .filter(index -> space.cosine(merged.get(index).centre(), cluster.centre()) > ALIKE)
                    .findFirst()
                    .orElse(-1);
            if (alike < 0) {
                merged.add(cluster);
            } else {
                List<Integer> members = new ArrayList<>(merged.get(alike).members());
                members.addAll(cluster.members());
                merged.set(alike, cluster(members));
            }
        }
        merged.sort(Comparator.comparingDouble(Cluster::worth).reversed());
        return merged;
    }

    private void category(Cluster cluster, Map<String, Cluster> used, List<Category> categories) {
        List<Integer> candidates = cluster.members().stream()
                .filter(topic -> topics.get(topic).nameable())
                .filter(topic -> !used.containsKey(stem(topic)))
                .sorted(Comparator.comparingDouble(topic -> -nameFitness(topic, cluster)))
                .toList();
        // A name that holds another's ("happy halloween" beside "halloween") is the worse one, if there is a choice.
        candidates.stream()
                .limit(NAME_CHOICES)
                .filter(topic -> used.keySet().stream().noneMatch(name -> overlap(name, stem(topic))))
                .findFirst()
                .or(() -> candidates.stream().findFirst().filter(topic -> isApart(topic, cluster, used)))
                .ifPresent(named -> {
                    String name = topics.get(named).phrase();
                    List<String> keywords = keywords(cluster, named);
                    if (keywords.size() >= FEWEST_KEYWORDS) {
                        used.put(stem(named), cluster);
                        categories.add(new Category(TagRule.tagOf(name), description(name, keywords), keywords));
                    }
                });
    }

    /** Whether a cluster is about something else than those whose names overlap with this topic. */
    private boolean isApart(int topic, Cluster cluster, Map<String, Cluster> used) {
        return used.entrySet().stream()
                .filter(other -> overlap(other.getKey(), stem(topic)))
                .allMatch(other -> space.cosine(other.getValue().centre(), cluster.centre()) < RELATED);
    }

    private double nameFitness(int topic, Cluster cluster) {
        return fitness(topic, cluster.centre()) * (topics.get(topic).word() ? 1 : UNKNOWN_WORD);
    }

    /** What names with the same meaning share: dance, dancer and dancing. */
    private String stem(int topic) {
        return Topics.singular(joined(topics.get(topic).phrase())).replaceFirst("(?<=.{4})(?:ing|er|e)$", "");
    }

    private static boolean overlap(String one, String other) {
        String longer = one.length() > other.length() ? one : other;
        String shorter = longer.equals(one) ? other : one;
        return longer.length() >= shorter.length() + SHORTEST_WORD
                && shorter.length() >= SHORTEST_WORD
                && (longer.startsWith(shorter) || longer.endsWith(shorter));
    }

    private List<String> keywords(Cluster cluster, int named) {
        Set<String> keywords = new LinkedHashSet<>();
        Set<String> taken = new HashSet<>(Set.of(joined(topics.get(named).phrase())));
        for (int topic : cluster.members()) {
            if (space.cosine(space.vectors().get(topic), cluster.centre()) >= CLOSE_TO_CENTRE) {
                add(keywords, taken, topics.get(topic).phrase());
            }
        }
        if (keywords.size() < FEWEST_KEYWORDS) {
            topics.get(named).hashtags().forEach(hashtag -> add(keywords, taken, hashtag));
        }
        // Neighbours fill up, those first that are not so big that they stand for another category.
        double big = BIGGER * topics.get(named).strength();
        List<Integer> nearest = IntStream.range(0, topics.size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        topic -> -space.cosine(space.vectors().get(topic), cluster.centre())))
                .limit(NEAREST)
                .toList();
        Stream.concat(
                        nearest.stream().filter(topic -> topics.get(topic).strength() < big),
                        nearest.stream().filter(topic -> topics.get(topic).strength() >= big))
                .filter(topic -> keywords.size() < FEWEST_KEYWORDS)
                .forEach(topic -> add(keywords, taken, topics.get(topic).phrase()));
        return List.copyOf(keywords);
    }

    private void add(Set<String> keywords, Set<String> taken, String phrase) {
        if (keywords.size() < MOST_KEYWORDS && !generic.contains(joined(phrase)) && taken.add(joined(phrase))) {
            keywords.add(phrase);
        }
    }

    private static String joined(String phrase) {
        return phrase.replace(" ", "");
    }

    private static String description(String name, List<String> keywords) {
        return "Videos about " + name + ", " + keywords.get(0) + " and " + keywords.get(1) + ".";
    }
}
