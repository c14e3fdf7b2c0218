package com.tiktokrec.jobs.recommend;

import java.io.Serializable;
import java.util.List;

/** Some of tonight's queries, made ready to be scored against blocks of documents. */
record QueryBlock(List<Query> queries) implements Serializable {

    /**
     * A query.
     *
     * @param text its text, its identity
     * @param vector unit vector, null where it has none
     * @param words its distinct words
     * @param idf inverse document frequency of each word
     */
    record Query(String text, double[] vector, List<String> words, double[] idf) implements Serializable {}
}
