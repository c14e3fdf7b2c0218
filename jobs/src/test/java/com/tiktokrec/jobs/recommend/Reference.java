package com.tiktokrec.jobs.recommend;

import java.math.BigInteger;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.spark.ml.feature.StopWordsRemover;

/**
 * The formulas as loops over lists, written from the specification and not from the program: slow, short, and sharing
 * no code with what it checks.
 */
final class Reference {

    /** A video, with times to the microsecond; {@code vector} is null where it has none. */
    record Video(
            String id,
            String description,
            List<String> hashtags,
            String author,
            String authorId,
            Instant created,
            Long plays,
            Long likes,
            Long comments,
            Long shares,
            boolean gone,
            float[] vector) {}

    /** A category of the taxonomy; {@code vector} is null where it has none. */
    record Category(String tag, List<String> keywords, float[] vector) {}

    /** A search query of a user. */
    record Query(String text, List<String> sourceTags) {}

    /** A candidate of a user: how it was found. */
    record Found(String id, String sourceQuery, Set<String> sourceTags) {}

    /** All scores of a candidate. */
    record Scored(
            Found found,
            String author,
            double plays,
            double engagementRate,
            double shares,
            double recency,
            double virality,
            double engagement,
            double tagMatch,
            double embedding,
            double sourceBoost,
            double relevance,
            List<String> matchedTags,
            double baseScore) {}

    /** A place in a list. */
    record Placed(Scored scored, double score, int authorRepeats, int tagSetRepeats) {}

    private static final int DEPTH = 200;

    private Reference() {}

    // Words and texts

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        if (text == null) {
            return words;
        }
        String normalised = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        StringBuilder word = new StringBuilder();
        normalised.codePoints().filter(point -> !isInvisible(point)).forEach(point -> {
            if (isStart(point) || (!word.isEmpty() && isMark(point))) {
                word.appendCodePoint(point);
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        });
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isInvisible(int point) {
        return (point >= 0xFE00 && point <= 0xFE0F) || point == 0x20E3 || point == 0x200D;
    }

    private static boolean isStart(int point) {
        return point == '_' || Character.isLetter(point) || Character.isDigit(point);
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    static List<String> matchWords(Video video) {
        List<String> words = words(video.description());
        List<String> all = new ArrayList<>(words);
        video.hashtags().stream().filter(hashtag -> !words.contains(hashtag)).forEach(all::add);
        return all;
    }

    private static boolean stands(String phrase, Video video) {
        List<String> words = words(phrase.replace('_', ' '));
        if (words.isEmpty()) {
            return false;
        }
        String description = " " + String.join(" ", words(video.description())) + " ";
        List<String> matchWords = matchWords(video);
        return description.contains(" " + String.join(" ", words) + " ")
                || matchWords.contains(String.join("", words))
                || matchWords.contains(String.join("_", words));
    }

    static double credit(Category category, Video video) {
        if (stands(category.tag(), video)) {
            return 1.0;
        }
        if (category.keywords().stream().anyMatch(keyword -> stands(keyword, video))) {
            return 0.5;
        }
        Set<String> stopWords = Arrays.stream(StopWordsRemover.loadDefaultStopWords("english"))
                .flatMap(word -> words(word).stream())
                .collect(Collectors.toSet());
        List<String> matchWords = matchWords(video);
        boolean oneWord = words(category.tag().replace('_', ' ')).stream()
                .anyMatch(word -> word.codePointCount(0, word.length()) >= 3
                        && !stopWords.contains(word)
                        && matchWords.contains(word));
        return oneWord ? 0.5 : 0;
    }

    static int compareIds(String one, String other) {
        boolean number = one.matches("[0-9]+");
        boolean otherNumber = other.matches("[0-9]+");
        if (number && otherNumber) {
            return new BigInteger(one).compareTo(new BigInteger(other));
        }
        return number == otherNumber ? one.compareTo(other) : number ? -1 : 1;
    }

    // Retrieval

    /** Videos that count in rankings, newest first, then by id. */
    static List<Video> servable(List<Video> videos, Instant runTime) {
        return videos.stream()
                .filter(video -> !video.gone())
                .filter(video -> video.created() != null && !video.created().isAfter(runTime))
                .sorted(Comparator.comparing(Video::created).reversed().thenComparing(Video::id, Reference::compareIds))
                .toList();
    }

    /** The fused list of a query over servable videos, all of them. */
    static List<String> fused(List<Video> servable, String query, float[] queryVector) {
        Map<String, Double> fused = new HashMap<>();
        for (Map<String, Double> scores : List.of(cosines(servable, queryVector), bm25(servable, query))) {
            List<String> best = best(servable, scores::get, scores.keySet());
            for (int rank = 1; rank <= Math.min(DEPTH, best.size()); rank++) {
                fused.merge(best.get(rank - 1), 1.0 / (60 + rank), Double::sum);
            }
        }
        return best(servable, fused::get, fused.keySet());
    }

    /** Ids by score, ties in the order of the videos: newest first, then by id. */
    private static List<String> best(List<Video> inTieOrder, ToDoubleFunction<String> score, Set<String> scored) {
        return inTieOrder.stream()
                .map(Video::id)
                .filter(scored::contains)
                .sorted(Comparator.comparingDouble(score).reversed())
                .toList();
    }

    private static Map<String, Double> cosines(List<Video> videos, float[] query) {
        Map<String, Double> cosines = new HashMap<>();
        for (Video video : videos) {
            Double cosine = cosine(doubles(video.vector()), doubles(query));
            // To 12 digits: one vector times another is one number, in whatever order the products are added.
            double rounded = cosine == null ? 0 : Math.rint(cosine * 1e12) / 1e12;
            if (rounded != 0) {
                cosines.put(video.id(), rounded);
            }
        }
        return cosines;
    }

    private static Map<String, Double> bm25(List<Video> videos, String query) {
        Map<String, List<String>> wordsById = new HashMap<>();
        videos.forEach(video -> wordsById.put(video.id(), matchWords(video)));
        double meanLength =
                wordsById.values().stream().mapToInt(List::size).average().orElse(0);
        Map<String, Double> scores = new HashMap<>();
        for (String word : new LinkedHashSet<>(words(query))) {
            long holding = wordsById.values().stream()
                    .filter(words -> words.contains(word))
                    .count();
            double idf = Math.log(1 + (videos.size() - holding + 0.5) / (holding + 0.5));
            wordsById.forEach((id, words) -> {
                long frequency = words.stream().filter(word::equals).count();
                if (frequency > 0) {
                    double saturation = frequency + 1.2 * (1 - 0.75 + 0.75 * words.size() / meanLength);
                    scores.merge(id, idf * frequency * (1.2 + 1) / saturation, Double::sum);
                }
            });
        }
        return scores;
    }

    /** A user's candidates: of each query the first that are neither blocked nor theirs never to see. */
    static List<Found> candidates(
            List<Query> queries,
            Map<String, List<String>> fusedByQuery,
            Set<String> barredOrNever,
            int videosPerQuery) {
        Map<String, Integer> bestRank = new HashMap<>();
        Map<String, String> bestQuery = new HashMap<>();
        Map<String, Set<String>> sourceTags = new TreeMap<>();
        for (Query query : queries) {
            int rank = 0;
            for (String id : fusedByQuery.get(query.text())) {
                if (barredOrNever.contains(id) || rank == videosPerQuery) {
                    continue;
                }
                rank++;
                int before = bestRank.getOrDefault(id, Integer.MAX_VALUE);
                if (rank < before || (rank == before && query.text().compareTo(bestQuery.get(id)) < 0)) {
                    bestRank.put(id, rank);
                    bestQuery.put(id, query.text());
                }
                sourceTags.computeIfAbsent(id, key -> new TreeSet<>()).addAll(query.sourceTags());
            }
        }
        List<Found> found = new ArrayList<>();
        sourceTags.forEach((id, tags) -> found.add(new Found(id, bestQuery.get(id), tags)));
        return found;
    }

    // Scores

    private static final double[][] PLAYS = {
        {0, 0}, {10_000, 0.30}, {100_000, 0.60}, {1_000_000, 0.80}, {10_000_000, 0.95}, {100_000_000, 1.0}
    };
    private static final double[][] RATE = {{0, 0}, {0.01, 0.30}, {0.05, 0.60}, {0.10, 0.85}, {0.20, 0.95}, {0.25, 1.0}
    };
    private static final double[][] SHARES = {
        {0, 0}, {0.001, 0.30}, {0.005, 0.60}, {0.02, 0.85}, {0.05, 0.95}, {0.10, 1.0}
    };

    private static double interpolated(double[][] knots, double value) {
        double[] before = knots[0];
        for (double[] knot : knots) {
            if (value <= knot[0]) {
                double part = knot[0] == before[0] ? 0 : (value - before[0]) / (knot[0] - before[0]);
                return before[1] + part * (knot[1] - before[1]);
            }
            before = knot;
        }
        return before[1];
    }

    private static double known(Long count) {
        return count == null || count < 0 ? 0 : count;
    }

    private static double ratio(double count, Long plays) {
        return known(plays) == 0 ? 0 : count / known(plays);
    }

    private static double recency(Instant created, Instant runTime) {
        if (created == null) {
            return 0.1;
        }
        Duration age = Duration.between(created, runTime);
        int[] days = {1, 7, 30, 90, 180};
        double[] scores = {1.0, 0.9, 0.7, 0.5, 0.3};
        for (int step = 0; step < days.length; step++) {
            if (age.compareTo(Duration.ofDays(days[step])) < 0) {
                return scores[step];
            }
        }
        return 0.1;
    }

    static double virality(Video video, Instant runTime) {
        return 0.3 * interpolated(PLAYS, known(video.plays()))
                + 0.3 * interpolated(RATE, rate(video))
                + 0.2 * interpolated(SHARES, ratio(known(video.shares()), video.plays()))
                + 0.2 * recency(video.created(), runTime);
    }

    private static double rate(Video video) {
        return ratio(known(video.likes()) + known(video.comments()) + known(video.shares()), video.plays());
    }

    private static double quality(Video video) {
        return 0.3 * Math.min(1, ratio(known(video.likes()), video.plays()) / 0.10)
                + 0.4 * Math.min(1, ratio(known(video.comments()), video.plays()) / 0.002)
                + 0.3 * Math.min(1, ratio(known(video.shares()), video.plays()) / 0.005);
    }

    /** The ten tags that count, best affinity first. */
    static List<Map.Entry<String, Double>> leading(Map<String, Double> affinities) {
        return affinities.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(10)
                .toList();
    }

    /** The affinity-weighted sum of the unit vectors of a user's tags; null where none has one. */
    static double[] userVector(List<Map.Entry<String, Double>> tags, Map<String, Category> categories) {
        double[] sum = null;
        for (Map.Entry<String, Double> tag : tags) {
            double[] vector = doubles(categories.get(tag.getKey()).vector());
            if (vector == null) {
                continue;
            }
            double length = Math.sqrt(product(vector, vector));
            sum = sum == null ? new double[vector.length] : sum;
            for (int index = 0; index < vector.length; index++) {
                sum[index] += tag.getValue() * vector[index] / length;
            }
        }
        return sum;
    }

    /** All scores of a candidate, for a user with these affinities. */
    static Scored scored(
            Found found,
            Video video,
            Map<String, Double> affinities,
            Map<String, Category> categories,
            double cosineFloor,
            Instant runTime) {
        List<Map.Entry<String, Double>> tags = leading(affinities);
        double credited = 0;
        double all = 0;
        double boost = 0;
        List<String> matched = new ArrayList<>();
        for (int place = 0; place < tags.size(); place++) {
            String tag = tags.get(place).getKey();
            double affinity = tags.get(place).getValue();
            double credit = credit(categories.get(tag), video);
            credited += credit * affinity;
            all += affinity;
            if (credit > 0) {
                matched.add(tag);
            }
            if (place < 5 && found.sourceTags().contains(tag)) {
                boost = Math.max(boost, affinity);
            }
        }
        double tagMatch = all == 0 ? 0 : credited / all;
        Double cosine = cosine(doubles(video.vector()), userVector(tags, categories));
        double embedding = cosine == null ? 0.5 : Math.min(1, Math.max(0, (cosine - cosineFloor) / (1 - cosineFloor)));
        double relevance = 0.4 * tagMatch + 0.4 * embedding + 0.2 * boost;
        double virality = virality(video, runTime);
        return new Scored(
                found,
                video.author(),
                interpolated(PLAYS, known(video.plays())),
                interpolated(RATE, rate(video)),
                interpolated(SHARES, ratio(known(video.shares()), video.plays())),
                recency(video.created(), runTime),
                virality,
                quality(video),
                tagMatch,
                embedding,
                boost,
                relevance,
                matched,
                0.3 * virality + 0.4 * relevance + 0.3 * quality(video));
    }

    /** The list: greedy, repeated authors and tag sets cost score. */
    static List<Placed> placed(List<Scored> candidates, int count) {
        List<Scored> left = new ArrayList<>(candidates);
        List<Placed> list = new ArrayList<>();
        while (list.size() < count && !left.isEmpty()) {
            Placed best = left.stream()
                    .map(scored -> penalised(scored, list))
                    .min(Comparator.comparingDouble(Placed::score)
                            .reversed()
                            .thenComparing(Comparator.comparingDouble(
                                            (Placed placed) -> placed.scored().baseScore())
                                    .reversed())
                            .thenComparing(placed -> placed.scored().found().id(), Reference::compareIds))
                    .orElseThrow();
            list.add(best);
            left.remove(best.scored());
        }
        return list;
    }

    private static Placed penalised(Scored scored, List<Placed> list) {
        Set<String> matched = Set.copyOf(scored.matchedTags());
        int authorRepeats = 0;
        int tagSetRepeats = 0;
        for (Placed earlier : list) {
            authorRepeats += earlier.scored().author().equals(scored.author()) ? 1 : 0;
            tagSetRepeats += !matched.isEmpty()
                            && Set.copyOf(earlier.scored().matchedTags()).equals(matched)
                    ? 1
                    : 0;
        }
        double score = scored.baseScore() * Math.pow(0.9, authorRepeats) * Math.pow(0.85, tagSetRepeats);
        return new Placed(scored, score, authorRepeats, tagSetRepeats);
    }

    private static double product(double[] one, double[] other) {
        double product = 0;
        for (int index = 0; index < one.length; index++) {
            product += one[index] * other[index];
        }
        return product;
    }

    static double[] doubles(float[] vector) {
        if (vector == null) {
            return null;
        }
        double[] values = new double[vector.length];
        for (int index = 0; index < vector.length; index++) {
            values[index] = vector[index];
        }
        return values;
    }

    /** Cosine; null where a vector is missing or has no length. */
    private static Double cosine(double[] one, double[] other) {
        if (one == null || other == null) {
            return null;
        }
        double squares = product(one, one) * product(other, other);
        return squares == 0 ? null : product(one, other) / Math.sqrt(squares);
    }
}
