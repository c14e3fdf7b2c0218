package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.jobs.taxonomy.HashtagStatistics.HashtagCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns hashtags into topics: one for all spellings of the same, none for what says nothing. */
final class Topics {

    private static final Set<String> PLATFORM = Set.of("tiktok", "tiktoks", "tok", "fyp", "viral", "video", "videos");
    private static final Set<String> LINKING = Set.of("of", "on", "the", "in", "for", "a", "my", "and", "to");

    private static final int SHORTEST_STEM = 3;
    private static final int MADE_WITH_IT = 2;

    /** Starts of sentences: a slogan is no topic. */
    private static final Pattern SENTENCE =
            Pattern.compile("(?:i ?am|im ?(?:not|so|just)|you ?(?:are|got|can|have|want|make)"
                    + "|we ?(?:are|can|all|will)|do ?nt|don ?t|let ?(?:me|us|s)|its ?(?:a|me|my|not)|it ?be|th(?:is|at)s? ?(?:is|a|my)"
                    + "|whats? ?(?:is|your|my)|how ?(?:to|do|i)|when ?(?:you|the|i)) ?\\p{L}{3,}.*");

    private final Segmenter segmenter;
    private final GenericHashtags generic;
    private final Set<String> stopWords;
    private final Set<String> plainWords;

    /** Topics as seen by a corpus whose captions hold these plain words. */
    Topics(Segmenter segmenter, GenericHashtags generic, Set<String> stopWords, Set<String> plainWords) {
        this.segmenter = segmenter;
        this.generic = generic;
        this.stopWords = stopWords;
        this.plainWords = plainWords;
    }

    /** The topics of some hashtags, strongest first. */
    List<Topic> of(List<HashtagCount> hashtags) {
        Map<String, List<HashtagCount>> byMeaning = new LinkedHashMap<>();
        Set<String> known = hashtags.stream().map(HashtagCount::hashtag).collect(Collectors.toSet());
        for (HashtagCount hashtag : hashtags) {
            List<String> words = content(hashtag.hashtag());
            if (!words.isEmpty()) {
                byMeaning
                        .computeIfAbsent(meaning(words, known), key -> new ArrayList<>())
                        .add(hashtag);
            }
        }
        return byMeaning.values().stream()
                .map(same -> topic(same, known))
                .sorted(Comparator.comparingDouble(Topic::strength).reversed().thenComparing(Topic::phrase))
                .toList();
    }

    /** A hashtag's words without the platform's; none where all of them are vague. */
    private List<String> content(String hashtag) {
        List<String> words = new ArrayList<>(segmenter.split(hashtag));
        boolean last = words.size() > 1 && trim(words, words.size() - 1);
        boolean first = words.size() > 1 && trim(words, 0);
        boolean platform = last || first;
        while (platform && words.size() > 1 && LINKING.contains(words.get(words.size() - 1))) {
            words.remove(words.size() - 1);
        }
        boolean vague = words.stream().allMatch(word -> stopWords.contains(word) || generic.contains(word));
        boolean tooShort = words.stream().noneMatch(TagRule::isWordLike);
        return vague || tooShort ? List.of() : words;
    }

    private static boolean trim(List<String> words, int at) {
        if (at < words.size() && words.size() > 1 && PLATFORM.contains(words.get(at))) {
            words.remove(at);
            return true;
        }
        return false;
    }

    private static String meaning(List<String> words, Set<String> known) {
        String joined = String.join("", words);
        String singular = singular(joined);
        return !singular.equals(joined) && (known.contains(singular) || words.size() == 1) ? singular : joined;
    }

    /** Whether captions hold all words of a phrase, or several other hashtags are made with it. */
    private boolean isWord(String phrase, Set<String> known) {
        String joined = phrase.replace(" ", "");
        return List.of(phrase.split(" ")).stream().allMatch(plainWords::contains)
                || joined.length() >= SHORTEST_STEM
                        && known.stream()
                                        .filter(hashtag ->
                                                hashtag.length() > joined.length() + 2 && hashtag.contains(joined))
                                        .limit(MADE_WITH_IT)
                                        .count()
                                == MADE_WITH_IT;
    }

    /** An English plural's singular, where it looks like one. */
    static String singular(String word) {
        if (word.length() > 4 && word.endsWith("ies")) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.length() > 4 && word.matches(".*(?:ss|x|ch|sh)es")) {
            return word.substring(0, word.length() - 2);
        }
        if (word.length() > 3 && word.endsWith("s") && !word.matches(".*(?:ss|us|is)")) {
            return word.substring(0, word.length() - 1);
        }
        return word;
    }

    private Topic topic(List<HashtagCount> hashtags, Set<String> known) {
        Map<String, Double> byPhrase = new TreeMap<>();
        double strength = 0;
        boolean handle = false;
        for (HashtagCount hashtag : hashtags) {
            byPhrase.merge(String.join(" ", content(hashtag.hashtag())), hashtag.strength(), Double::sum);
            strength += hashtag.strength();
            handle |= hashtag.handle();
        }
        String phrase = byPhrase.entrySet().stream()
                .max(Map.Entry.<String, Double>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .orElseThrow()
                .getKey();
        boolean nameable = !handle
                && !SENTENCE.matcher(phrase).matches()
                && phrase.codePoints().noneMatch(Character::isDigit)
                && List.of(phrase.split(" ")).stream().noneMatch(generic::contains)
                && TagRule.holds(TagRule.tagOf(phrase));
        return new Topic(
                phrase,
                hashtags.stream().map(HashtagCount::hashtag).toList(),
                strength,
                nameable,
                isWord(phrase, known));
    }
}
