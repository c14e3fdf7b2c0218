package com.tiktokrec.jobs.recommend;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Search queries from a user's tags without a language model: single tags, their pairs, tags with keywords. */
record TemplateQueries(Map<String, List<String>> keywordsByTag, int limit) implements Serializable {

    static final String BROAD = "broad";
    static final String COMBINATION = "combination";
    static final String NICHE = "niche";

    private static final int LEADING_TAGS = 5;

    /** A query and the tags it was made of. */
    record Query(String text, List<String> sourceTags, String contentType) {}

    /** At most {@code limit} queries for tags that stand best affinity first. */
    List<Query> of(List<String> tags) {
        List<String> leading = tags.subList(0, Math.min(LEADING_TAGS, tags.size()));
        List<Query> queries = new ArrayList<>();
        for (String tag : leading) {
            queries.add(new Query(words(tag), List.of(tag), BROAD));
        }
        for (int second = 1; second < leading.size(); second++) {
            for (int first = 0; first < second; first++) {
                List<String> pair = List.of(leading.get(first), leading.get(second));
                queries.add(new Query(words(pair.get(0)) + " " + words(pair.get(1)), pair, COMBINATION));
            }
        }
        int mostKeywords =
                leading.stream().mapToInt(tag -> keywords(tag).size()).max().orElse(0);
        for (int keyword = 0; keyword < mostKeywords; keyword++) {
            for (String tag : leading) {
                if (keyword < keywords(tag).size()) {
                    String text = words(tag) + " " + words(keywords(tag).get(keyword));
                    queries.add(new Query(text, List.of(tag), NICHE));
                }
            }
        }
        Set<String> seen = new HashSet<>();
        return queries.stream()
                .filter(query -> seen.add(query.text()))
                .limit(limit)
                .toList();
    }

    private List<String> keywords(String tag) {
        return keywordsByTag.getOrDefault(tag, List.of());
    }

    private static String words(String phrase) {
        return phrase.replace('_', ' ');
    }
}
