package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Words;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cleans one text and finds its hashtags, mentions and words. */
final class TextProcessor {

    /** Characters of a text that are read (system.md: "Truncates to manageable length"). */
    static final int LONGEST_TEXT = 10_000;

    private static final Pattern LINK = Pattern.compile("(?i)\\b(?:https?://|www\\.)\\S+");
    private static final Pattern INVISIBLE =
            Pattern.compile("[\\uFE00-\\uFE0F\\u20E3\\u200B-\\u200F\\u2060\\uFEFF\\u00AD]");
    private static final Pattern SPECIAL =
            Pattern.compile("[^\\p{L}\\p{M}\\p{Nd}#@_'\\u2019.,!?&%$\\u20AC\\u00A3+:;()\"/-]+");
    private static final Pattern LONE_SIGNS = Pattern.compile("(?<!\\S)[#@_'\\u2019.,!?&%$+:;()\"/-]+(?!\\S)");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern MENTION = Pattern.compile("(?<![\\p{L}\\p{Nd}_.])@([\\p{L}\\p{Nd}_.]+)");
    private static final Pattern HASHTAG = Pattern.compile("#[\\p{L}\\p{M}\\p{Nd}_]+");
    private static final Pattern COUNTED_HASHTAG = Pattern.compile("\\s*#?([^\\t]*\\S)\\t\\s*(\\d{1,15})\\s*");

    /**
     * A text as the taxonomy reads it.
     *
     * @param text cleaned, hashtags in place; empty where nothing is left
     * @param hashtags in their stored form
     * @param mentions names without {@code @}, lower-case
     * @param words words outside of hashtags and mentions, distinct
     * @param weight number of videos it stands for
     */
    record Processed(String text, List<String> hashtags, List<String> mentions, List<String> words, long weight) {}

    private TextProcessor() {}

    /** A line of a text file: a caption, or {@code hashtag<TAB>count}. */
    static Processed line(String line) {
        Matcher counted = COUNTED_HASHTAG.matcher(line);
        if (counted.matches()) {
            String hashtag = Words.hashtag(counted.group(1));
            return hashtag.isEmpty()
                    ? new Processed("", List.of(), List.of(), List.of(), 0)
                    : new Processed(
                            "#" + hashtag, List.of(hashtag), List.of(), List.of(), Long.parseLong(counted.group(2)));
        }
        return caption(line, Words.hashtagsIn(line));
    }

    /** A caption or bio, whose hashtags are known. */
    static Processed caption(String raw, List<String> hashtags) {
        String cut = cut(raw);
        String plain = HASHTAG.matcher(
                        MENTION.matcher(LINK.matcher(cut).replaceAll(" ")).replaceAll(" "))
                .replaceAll(" ");
        return new Processed(
                cleaned(cut), hashtags, mentions(cut), List.copyOf(new LinkedHashSet<>(Words.of(plain))), 1);
    }

    /** A text without links, symbols and emoji, on one line. */
    static String cleaned(String raw) {
        String text = Normalizer.normalize(raw, Normalizer.Form.NFKC);
        text = LINK.matcher(text).replaceAll(" ");
        text = INVISIBLE.matcher(text).replaceAll("");
        text = SPECIAL.matcher(text).replaceAll(" ");
        text = LONE_SIGNS.matcher(text).replaceAll(" ");
        return SPACES.matcher(text).replaceAll(" ").strip();
    }

    private static List<String> mentions(String text) {
        Set<String> mentions = new LinkedHashSet<>();
        Matcher matcher = MENTION.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1).replaceAll("\\.+$", "").toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                mentions.add(name);
            }
        }
        return new ArrayList<>(mentions);
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1));
        return text.substring(0, splitsPair ? LONGEST_TEXT - 1 : LONGEST_TEXT);
    }
}
