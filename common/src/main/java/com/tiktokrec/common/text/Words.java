package com.tiktokrec.common.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a word is, in every text this system compares (formulas: "Words and texts"). */
public final class Words {

    private static final String WORD_START = "[\\p{L}\\p{Nd}_]";
    private static final String WORD_PART = "[\\p{L}\\p{M}\\p{Nd}_]";
    private static final Pattern WORD = Pattern.compile(WORD_START + WORD_PART + "*");
    private static final Pattern HASHTAG = Pattern.compile("#(" + WORD_START + WORD_PART + "*)");

    /** Variation selectors, the enclosing keycap and the zero-width joiner: they make emoji, never words. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\uFE00-\\uFE0F\\u20E3\\u200D]");

    private Words() {}

    /** NFKC, then lower case: the form in which a description is searched for a hashtag it holds. */
    static String normalised(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private static String comparable(String text) {
        return INVISIBLE.matcher(normalised(text)).replaceAll("");
    }

    /** The words of a text in their order, repeats kept; none for null. */
    public static List<String> of(String text) {
        return text == null ? List.of() : found(WORD, text, 0);
    }

    /** The words of a tag or keyword as a phrase: underscores separate words here. */
    public static List<String> ofPhrase(String phrase) {
        return of(phrase.replace('_', ' '));
    }

    /** A hashtag's stored form: the title's words joined without a separator, empty where it has none. */
    public static String hashtag(String title) {
        return String.join("", of(title));
    }

    /** The {@code #word}s of a caption, first seen first, without repeats. */
    public static List<String> hashtagsIn(String caption) {
        return caption == null ? List.of() : List.copyOf(new LinkedHashSet<>(found(HASHTAG, caption, 1)));
    }

    /** Whether a code point may stand inside a word. */
    static boolean isWordPart(int codePoint) {
        return codePoint == '_'
                || Character.isLetter(codePoint)
                || Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER
                || Character.getType(codePoint) == Character.NON_SPACING_MARK
                || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK
                || Character.getType(codePoint) == Character.ENCLOSING_MARK;
    }

    private static List<String> found(Pattern pattern, String text, int group) {
        List<String> words = new ArrayList<>();
        Matcher matcher = pattern.matcher(comparable(text));
        while (matcher.find()) {
            words.add(matcher.group(group));
        }
        return words;
    }
}
