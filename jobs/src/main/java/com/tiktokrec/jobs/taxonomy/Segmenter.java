package com.tiktokrec.jobs.taxonomy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a hashtag into words, the likeliest by the counts of the corpus' own words and hashtags (unigrams, Viterbi).
 * One that is itself better known than its parts stays whole.
 */
final class Segmenter {

    /** Words that are commonly glued to a topic and that a corpus of hashtags alone may not hold by themselves. */
    private static final Set<String> GLUED = Set.of(
            "tiktok",
            "tok",
            "challenge",
            "challenges",
            "life",
            "lover",
            "lovers",
            "video",
            "videos",
            "ideas",
            "tips",
            "recipe",
            "recipes",
            "hacks",
            "inspo",
            "inspiration",
            "tutorial",
            "goals",
            "meme",
            "memes",
            "edit",
            "edits",
            "community",
            "season",
            "day",
            "girl",
            "boy",
            "mom",
            "dad",
            "art",
            "artist",
            "music",
            "song",
            "dance",
            "food",
            "fashion",
            "style",
            "makeup",
            "makeover",
            "hair",
            "care",
            "game",
            "gaming",
            "gamer",
            "comedy",
            "funny",
            "workout",
            "fitness",
            "motivation",
            "travel",
            "photography",
            "cat",
            "cats",
            "dog",
            "dogs",
            "baby",
            "family",
            "couple",
            "love",
            "cute",
            "happy",
            "best",
            "new",
            "home",
            "house",
            "school",
            "student",
            "teacher",
            "news",
            "movie",
            "show",
            "clips",
            "routine",
            "transformation",
            "prank",
            "story",
            "time",
            "look",
            "outfit");

    private static final Set<String> JOINING = Set.of(
            "of", "in", "on", "to", "my", "at", "is", "it", "me", "we", "be", "by", "up", "no", "so", "do", "go");

    private static final Pattern OF_PLATFORM = Pattern.compile("(.{3,})(of|on)tiktok");
    private static final int MOST_PARTS = 5;
    private static final int SHORTEST_PART = 3;
    private static final int SHORTEST_SPLIT = 6;
    private static final double FUNCTION_WORD_SHARE = 0.002;

    private final Map<String, Double> counts;
    private final Map<String, Long> plainWords;
    private final Set<String> functionWords;
    private final double total;

    /**
     * A segmenter for a corpus.
     *
     * @param plainWords words of captions with their counts
     * @param hashtags hashtags with their counts
     * @param functionWords words known without being counted, such as "of"
     */
    Segmenter(Map<String, Long> plainWords, Map<String, Long> hashtags, Set<String> functionWords) {
        this.plainWords = plainWords;
        this.functionWords = functionWords;
        this.counts = new HashMap<>();
        plainWords.forEach((word, count) -> counts.merge(word, (double) count, Double::sum));
        hashtags.forEach((word, count) -> counts.merge(word, (double) count, Double::sum));
        double sum = counts.values().stream().mapToDouble(Double::doubleValue).sum();
        double known = Math.max(2, sum * FUNCTION_WORD_SHARE);
        functionWords.stream().filter(word -> word.length() > 1).forEach(word -> counts.merge(word, known, Math::max));
        GLUED.forEach(word -> counts.merge(word, known, Math::max));
        this.total = Math.max(
                1, counts.values().stream().mapToDouble(Double::doubleValue).sum());
    }

    /** The words of a hashtag, itself alone where it is one word. */
    List<String> split(String hashtag) {
        if (hashtag.length() < SHORTEST_SPLIT || hashtag.indexOf('_') >= 0) {
            return hashtag.indexOf('_') < 0 ? List.of(hashtag) : underscored(hashtag);
        }
        Optional<List<String>> ofPlatform = ofPlatform(hashtag);
        if (ofPlatform.isPresent()) {
            return ofPlatform.get();
        }
        List<String> parts = likeliestParts(hashtag);
        return parts.size() > 1 && plausible(parts) && betterKnown(parts, hashtag) ? parts : List.of(hashtag);
    }

    /** {@code catsoftiktok} and its kin are often better known than their parts, and split all the same. */
    private Optional<List<String>> ofPlatform(String hashtag) {
        Matcher matcher = OF_PLATFORM.matcher(hashtag);
        if (matcher.matches()) {
            List<String> parts = new ArrayList<>(split(matcher.group(1)));
            parts.add(matcher.group(2));
            parts.add("tiktok");
            return Optional.of(parts);
        }
        for (String platform : List.of("tiktok", "tok")) {
            if (hashtag.endsWith(platform) && counts.containsKey(before(hashtag, platform))) {
                return Optional.of(List.of(before(hashtag, platform), platform));
            }
        }
        return Optional.empty();
    }

    private static String before(String hashtag, String ending) {
        return hashtag.substring(0, hashtag.length() - ending.length());
    }

    private static List<String> underscored(String hashtag) {
        List<String> parts = new ArrayList<>();
        for (String part : hashtag.split("_+")) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts.isEmpty() ? List.of(hashtag) : parts;
    }

    /** The likeliest split into two parts or more; the whole alone where there is none. */
    private List<String> likeliestParts(String hashtag) {
        int length = hashtag.length();
        double[][] best = new double[MOST_PARTS + 1][length + 1];
        int[][] from = new int[MOST_PARTS + 1][length + 1];
        for (double[] row : best) {
            Arrays.fill(row, Double.NEGATIVE_INFINITY);
        }
        best[0][0] = 0;
        for (int parts = 1; parts <= MOST_PARTS; parts++) {
            for (int end = 1; end <= length; end++) {
                for (int start = 0; start < end; start++) {
                    if (best[parts - 1][start] == Double.NEGATIVE_INFINITY || end - start == length) {
                        continue;
                    }
                    double score = best[parts - 1][start] + logLikelihood(hashtag.substring(start, end));
                    if (score > best[parts][end]) {
                        best[parts][end] = score;
                        from[parts][end] = start;
                    }
                }
            }
        }
        int chosen = 0;
        for (int parts = 2; parts <= MOST_PARTS; parts++) {
            if (best[parts][length] > Double.NEGATIVE_INFINITY
                    && (chosen == 0 || best[parts][length] > best[chosen][length])) {
                chosen = parts;
            }
        }
        if (chosen == 0) {
            return List.of(hashtag);
        }
        List<String> words = new ArrayList<>();
        int end = length;
        for (int parts = chosen; parts > 0; parts--) {
            words.add(hashtag.substring(from[parts][end], end));
            end = from[parts][end];
        }
        Collections.reverse(words);
        return words;
    }

    /** Whether short function words only join others: "of" between two words, never chains or ends of them. */
    private boolean plausible(List<String> parts) {
        boolean joinsBefore = false;
        for (int at = 0; at < parts.size(); at++) {
            boolean joins = parts.get(at).length() <= SHORTEST_PART && functionWords.contains(parts.get(at));
            if (joins && (joinsBefore || at == parts.size() - 1)) {
                return false;
            }
            joinsBefore = joins;
        }
        return true;
    }

    private double logLikelihood(String word) {
        Double count = counts.get(word);
        boolean tooShort = word.length() < SHORTEST_PART && !JOINING.contains(word);
        if (count == null || tooShort) {
            return Double.NEGATIVE_INFINITY;
        }
        return Math.log(count / total);
    }

    /** Whether the parts, on geometric average, are as well known as the whole, and the whole is no word of captions. */
    private boolean betterKnown(List<String> parts, String whole) {
        double logs = 0;
        double rarest = Double.MAX_VALUE;
        for (String part : parts) {
            double count = counts.get(part);
            logs += Math.log(count);
            rarest = Math.min(rarest, count);
        }
        double average = Math.exp(logs / parts.size());
        double asHashtag = counts.getOrDefault(whole, 1.0);
        double asWord = plainWords.getOrDefault(whole, 0L);
        return average >= asHashtag + 4 * asWord && rarest * 4 >= asHashtag;
    }
}
