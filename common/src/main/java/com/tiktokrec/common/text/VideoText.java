package com.tiktokrec.common.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The texts that stand for a video: for its embedding and prompts, and for matching words. */
public final class VideoText {

    private VideoText() {}

    /** Hashtags of a video: from its challenges, else its text extras, else its caption. First seen first, no repeats. */
    public static List<String> hashtags(List<String> challengeTitles, List<String> textExtraNames, String caption) {
        List<String> fromChallenges = distinctHashtags(challengeTitles);
        if (!fromChallenges.isEmpty()) {
            return fromChallenges;
        }
        List<String> fromTextExtra = distinctHashtags(textExtraNames);
        return fromTextExtra.isEmpty() ? Words.hashtagsIn(caption) : fromTextExtra;
    }

    private static List<String> distinctHashtags(List<String> titles) {
        Set<String> hashtags = new LinkedHashSet<>();
        for (String title : titles) {
            String hashtag = Words.hashtag(title);
            if (!hashtag.isEmpty()) {
                hashtags.add(hashtag);
            }
        }
        return List.copyOf(hashtags);
    }

    /** The video text: description, hashtags it does not hold, music title, author; empty where it has none of them. */
    public static String of(String description, List<String> hashtags, String musicTitle, String author) {
        List<String> parts = new ArrayList<>();
        String caption = strip(description);
        add(parts, "", caption);
        String searched = Words.normalised(caption);
        for (String hashtag : hashtags) {
            if (!holds(searched, hashtag)) {
                parts.add("#" + hashtag);
            }
        }
        add(parts, "Music: ", strip(musicTitle));
        add(parts, "By @", strip(author));
        return String.join(" ", parts);
    }

    private static void add(List<String> parts, String label, String text) {
        if (!text.isEmpty()) {
            parts.add(label + text);
        }
    }

    /** Whether {@code #} and exactly this hashtag stand in the normalised description, no word character after. */
    private static boolean holds(String normalisedDescription, String hashtag) {
        String searched = "#" + hashtag;
        for (int at = normalisedDescription.indexOf(searched);
                at >= 0;
                at = normalisedDescription.indexOf(searched, at + 1)) {
            int after = at + searched.length();
            if (after == normalisedDescription.length()
                    || !Words.isWordPart(normalisedDescription.codePointAt(after))) {
                return true;
            }
        }
        return false;
    }

    /** A category's text: {@code street food: description Keywords: a, b}. */
    public static String ofCategory(String tag, String description, List<String> keywords) {
        return tag.replace('_', ' ') + ": " + description + " Keywords: " + String.join(", ", keywords);
    }

    /** Match words: the description's words with repeats, then each hashtag that is not among them. */
    public static List<String> matchWords(String description, List<String> hashtags) {
        List<String> words = new ArrayList<>(Words.of(description));
        Set<String> inDescription = Set.copyOf(words);
        for (String hashtag : hashtags) {
            if (!inDescription.contains(hashtag)) {
                words.add(hashtag);
            }
        }
        return words;
    }

    /** A text without white space, of any script, at its ends; empty for null. */
    static String strip(String text) {
        if (text == null) {
            return "";
        }
        int start = 0;
        int end = text.length();
        while (start < end && isWhiteSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isWhiteSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isWhiteSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }
}
