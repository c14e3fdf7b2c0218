package com.tiktokrec.jobs.generate;

import java.io.IOException;
import java.util.List;

/** A topic that people post about and follow, with the words of its captions, hashtags and bios, in one language. */
record Interest(
        String name,
        String language,
        List<String> regions,
        List<String> handles,
        List<String> emoji,
        List<String> hashtags,
        List<String> topics,
        List<String> captions,
        List<String> bios) {

    static final String DEFAULT_LANGUAGE = "en";

    static Interest load(String slug, Vocabulary vocabulary) throws IOException {
        Lexicon lexicon = Lexicon.read("interests/" + slug + ".txt");
        return new Interest(
                lexicon.text("name"),
                lexicon.has("language") ? lexicon.text("language") : DEFAULT_LANGUAGE,
                lexicon.has("regions") ? lexicon.words("regions") : vocabulary.regions(),
                lexicon.words("handles"),
                lexicon.words("emoji"),
                lexicon.words("hashtags"),
                lexicon.phrases("topics"),
                lexicon.list("captions"),
                lexicon.list("bios"));
    }

    boolean foreign() {
        return !language.equals(DEFAULT_LANGUAGE);
    }

    /** A search phrase; phrases of different numbers differ. */
    String searchPhrase(int number) {
        int round = number / topics.size();
        String topic = topics.get(number % topics.size());
        if (round == 0) {
            return topic;
        }
        String hashtag = hashtags.get((round - 1) % hashtags.size());
        int lap = (round - 1) / hashtags.size();
        return topic + " " + hashtag + (lap == 0 ? "" : " " + (lap + 1));
    }
}
