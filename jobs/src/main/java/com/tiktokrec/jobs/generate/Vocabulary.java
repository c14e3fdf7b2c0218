package com.tiktokrec.jobs.generate;

import java.io.IOException;
import java.util.List;

/** Words that belong to no interest: given names, generic hashtags, emoji, closing phrases and songs. */
record Vocabulary(
        List<String> givenNames,
        List<String> nouns,
        List<String> emoji,
        List<String> genericHashtags,
        List<String> regions,
        List<String> closers,
        List<String> songs) {

    static Vocabulary load() throws IOException {
        Lexicon lexicon = Lexicon.read("vocabulary.txt");
        return new Vocabulary(
                lexicon.words("given"),
                lexicon.words("nouns"),
                lexicon.words("emoji"),
                lexicon.words("generic"),
                lexicon.words("regions"),
                lexicon.list("closers"),
                lexicon.list("songs"));
    }
}
