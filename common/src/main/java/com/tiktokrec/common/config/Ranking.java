package com.tiktokrec.common.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The weights of the final score (their sum is 1), the penalties of diversity, and what is never recommended. */
public record Ranking(
        double viralityWeight,
        double engagementWeight,
        double relevanceWeight,
        double authorPenalty,
        double tagSetPenalty,
        List<String> blockedAuthors,
        List<String> blockedHashtags) {

    private static final double TOLERANCE = 1e-9;

    static Ranking read(SettingsReader reader, Mistakes mistakes) {
        Ranking ranking = new Ranking(
                reader.value("ranking.virality-weight", Rule.number(0, 1)),
                reader.value("ranking.engagement-weight", Rule.number(0, 1)),
                reader.value("ranking.relevance-weight", Rule.number(0, 1)),
                reader.value("ranking.author-penalty", Rule.number(0, 1)),
                reader.value("ranking.tag-set-penalty", Rule.number(0, 1)),
                reader.value("ranking.blocked-authors", Rule.listOf(Rule.nameWithout("@"), true)),
                reader.value("ranking.blocked-hashtags", Rule.listOf(Rule.nameWithout("#"), true)));
        ranking.noteWrongSum(reader, mistakes);
        return ranking;
    }

    private void noteWrongSum(SettingsReader reader, Mistakes mistakes) {
        double sum = viralityWeight + engagementWeight + relevanceWeight;
        if (Math.abs(sum - 1) > TOLERANCE) {
            mistakes.note(
                    "ranking.virality-weight + engagement-weight + relevance-weight",
                    "%s + %s + %s".formatted(viralityWeight, engagementWeight, relevanceWeight),
                    "must add up to 1",
                    Stream.of("virality", "engagement", "relevance")
                            .map(name -> reader.origin("ranking." + name + "-weight"))
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
    }
}
