package com.tiktokrec.common.text;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.feature.StopWordsRemover;

/** Spark MLlib's English stop words, split by the word rule ("don't" gives "don" and "t"). */
public final class StopWords {

    private StopWords() {}

    /** The list as a set of words. */
    public static Set<String> english() {
        return Arrays.stream(StopWordsRemover.loadDefaultStopWords("english"))
                .flatMap(word -> Words.of(word).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
