package com.tiktokrec.jobs.generate;

import com.tiktokrec.jobs.generate.Caption.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes captions from an interest's templates: a sentence, at times a closing phrase and a mention, and hashtags. */
final class CaptionWriter {

    private static final double EMPTY = 0.04;
    private static final double WITHOUT_HASHTAGS = 0.06;
    private static final double HASHTAGS_ONLY = 0.05;
    private static final double UNRECOGNISED_HASHTAGS = 0.1;

    private final Vocabulary vocabulary;

    CaptionWriter(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** A caption without words for some videos. {@code mention} is a username, or empty. */
    Caption write(Interest interest, String mention, boolean twoLines, Draws draws) {
        if (!twoLines && draws.chance(EMPTY)) {
            return new Caption("", List.of(), List.of());
        }
        StringBuilder text = new StringBuilder();
        List<Span> spans = new ArrayList<>();
        if (twoLines || !draws.chance(HASHTAGS_ONLY)) {
            text.append(sentence(interest, draws));
            if (!interest.foreign() && draws.chance(0.3)) {
                text.append(draws.chance(0.5) ? " " : " | ").append(draws.pick(vocabulary.closers()));
            }
            if (twoLines) {
                text.append('\u2028').append(sentence(interest, draws));
            }
        }
        if (!mention.isEmpty()) {
            int start = separated(text);
            text.append('@').append(mention);
            spans.add(new Span(start, text.length(), "", mention));
        }
        List<String> hashtags = hashtags(interest, draws);
        int recognised = draws.chance(UNRECOGNISED_HASHTAGS) ? hashtags.size() / 2 : hashtags.size();
        for (int i = 0; i < hashtags.size(); i++) {
            int start = separated(text);
            text.append('#').append(spelled(hashtags.get(i), draws));
            if (i < recognised) {
                spans.add(new Span(start, text.length(), hashtags.get(i), ""));
            }
        }
        if (draws.chance(0.3)) {
            text.append(' ');
        }
        return new Caption(text.toString(), List.copyOf(hashtags.subList(0, recognised)), List.copyOf(spans));
    }

    private static int separated(StringBuilder text) {
        if (!text.isEmpty()) {
            text.append(' ');
        }
        return text.length();
    }

    private String sentence(Interest interest, Draws draws) {
        String topic = draws.pick(interest.topics());
        String other = draws.pick(interest.topics());
        String emoji = draws.pick(draws.chance(0.7) ? interest.emoji() : vocabulary.emoji());
        String sentence = draws.pick(interest.captions())
                .replace("{topic}", topic)
                .replace("{topic2}", other.equals(topic) ? interest.topics().get(0) : other)
                .replace("{n}", Integer.toString(draws.between(2, 12)))
                .replace("{e}", emoji);
        return draws.chance(0.35)
                ? sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1)
                : sentence;
    }

    private List<String> hashtags(Interest interest, Draws draws) {
        List<String> hashtags = new ArrayList<>();
        if (draws.chance(WITHOUT_HASHTAGS)) {
            return hashtags;
        }
        int own = draws.between(1, 6);
        for (int i = 0; i < own; i++) {
            addNew(
                    hashtags,
                    interest.hashtags().get(draws.skewed(interest.hashtags().size())));
        }
        if (draws.chance(0.45)) {
            int generic = draws.between(1, 3);
            for (int i = 0; i < generic; i++) {
                addNew(
                        hashtags,
                        vocabulary
                                .genericHashtags()
                                .get(draws.skewed(vocabulary.genericHashtags().size())));
            }
        }
        return hashtags;
    }

    private static void addNew(List<String> hashtags, String hashtag) {
        if (!hashtags.contains(hashtag)) {
            hashtags.add(hashtag);
        }
    }

    private static String spelled(String hashtag, Draws draws) {
        return draws.chance(0.06) ? hashtag.substring(0, 1).toUpperCase(Locale.ROOT) + hashtag.substring(1) : hashtag;
    }
}
