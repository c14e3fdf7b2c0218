package com.tiktokrec.common.text;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the categories that a video touches, all of them in one pass over its words (formulas: "Credit").
 *
 * <p>Phrases are indexed by their joined forms and by their first word, so that the cost depends on the length of the
 * video's text and not on the number of categories.
 */
public final class CategoryMatcher implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final double WHOLE_TAG = 1.0;
    private static final double PARTIAL = 0.5;
    private static final int SHORTEST_TAG_WORD = 3;

    /** A phrase of several words. */
    private record Phrase(List<String> words, Credit credit) implements Serializable {}

    private final Map<String, List<Phrase>> phrasesByFirstWord = new HashMap<>();
    private final Map<String, List<String>> wholeByMatchWord = new HashMap<>();
    private final Map<String, List<String>> partialByMatchWord = new HashMap<>();

    /**
     * Indexes categories.
     *
     * @param stopWords words that alone say nothing of a tag
     */
    public CategoryMatcher(Collection<Category> categories, Set<String> stopWords) {
        for (Category category : categories) {
            indexPhrase(Words.ofPhrase(category.tag()), category.tag(), WHOLE_TAG, wholeByMatchWord);
            for (String keyword : category.keywords()) {
                indexPhrase(Words.ofPhrase(keyword), category.tag(), PARTIAL, partialByMatchWord);
            }
            for (String word : Words.ofPhrase(category.tag())) {
                if (word.codePointCount(0, word.length()) >= SHORTEST_TAG_WORD && !stopWords.contains(word)) {
                    index(partialByMatchWord, word, category.tag());
                }
            }
        }
    }

    private void indexPhrase(List<String> words, String tag, double credit, Map<String, List<String>> tagsByMatchWord) {
        if (words.isEmpty()) {
            return;
        }
        index(tagsByMatchWord, String.join("", words), tag);
        if (words.size() > 1) {
            index(tagsByMatchWord, String.join("_", words), tag);
            phrasesByFirstWord
                    .computeIfAbsent(words.get(0), first -> new ArrayList<>())
                    .add(new Phrase(words, new Credit(tag, credit)));
        }
    }

    private static void index(Map<String, List<String>> tagsByMatchWord, String word, String tag) {
        List<String> tags = tagsByMatchWord.computeIfAbsent(word, key -> new ArrayList<>());
        if (!tags.contains(tag)) {
            tags.add(tag);
        }
    }

    /** The categories with a credit above 0 in a video, by tag. */
    public List<Credit> credits(String description, List<String> hashtags) {
        Map<String, Double> byTag = new TreeMap<>();
        List<String> words = Words.of(description);
        for (int at = 0; at < words.size(); at++) {
            for (Phrase phrase : phrasesByFirstWord.getOrDefault(words.get(at), List.of())) {
                int end = at + phrase.words().size();
                if (end <= words.size() && words.subList(at, end).equals(phrase.words())) {
                    byTag.merge(phrase.credit().tag(), phrase.credit().credit(), Math::max);
                }
            }
        }
        Set<String> matchWords = new HashSet<>(words);
        matchWords.addAll(hashtags);
        for (String word : matchWords) {
            wholeByMatchWord.getOrDefault(word, List.of()).forEach(tag -> byTag.merge(tag, WHOLE_TAG, Math::max));
            partialByMatchWord.getOrDefault(word, List.of()).forEach(tag -> byTag.merge(tag, PARTIAL, Math::max));
        }
        List<Credit> credits = new ArrayList<>(byTag.size());
        byTag.forEach((tag, credit) -> credits.add(new Credit(tag, credit)));
        return credits;
    }
}
