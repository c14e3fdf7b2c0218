package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Words;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a category's tag looks like: lower-case words of letters and digits, single underscores between them. */
final class TagRule {

    static final String RULE =
            "lower-case letters and digits, words joined by single underscores, at most 60 characters,"
                    + " such as street_food";

    static final int LONGEST = 60;

    private static final Pattern TAG =
            Pattern.compile("[\\p{L}\\p{Nd}][\\p{L}\\p{M}\\p{Nd}]*(?:_[\\p{L}\\p{Nd}][\\p{L}\\p{M}\\p{Nd}]*)*");
    private static final Pattern LETTERS = Pattern.compile("\\p{L}");
    private static final Pattern WIDE_SCRIPT =
            Pattern.compile(".*[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}\\p{IsThai}].*");

    private TagRule() {}

    static boolean holds(String tag) {
        return tag != null
                && tag.length() <= LONGEST
                && TAG.matcher(tag).matches()
                && tag.equals(tag.toLowerCase(Locale.ROOT));
    }

    /** A phrase as a tag, empty where it has no word. */
    static String tagOf(String phrase) {
        List<String> words = Words.ofPhrase(phrase);
        StringBuilder tag = new StringBuilder();
        for (String word : words) {
            if (tag.length() + word.length() + 1 > LONGEST) {
                break;
            }
            tag.append(tag.isEmpty() ? "" : "_").append(word);
        }
        return tag.toString();
    }

    /** Whether a hashtag can be a word of a category: three letters or more, two in scripts that need fewer. */
    static boolean isWordLike(String hashtag) {
        long letters = LETTERS.matcher(hashtag).results().count();
        return hashtag.length() <= LONGEST
                && (letters >= 3 || letters == 2 && WIDE_SCRIPT.matcher(hashtag).matches());
    }
}
