package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.demo.DemoJob;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import java.util.List;
import org.apache.spark.sql.Row;

/** What the demo prints: the taxonomy, a profile, a list with its reasons, and counts. */
final class DemoReport {

    private static final int KEYWORDS = 5;
    private static final int DESCRIPTION = 44;

    private DemoReport() {}

    static void print(Console console, DemoJob.Result result) {
        console.line("");
        boolean byModel = result.night()
                .taxonomy()
                .filter(taxonomy -> taxonomy.source().equals(TaxonomyJob.LLM))
                .isPresent();
        console.line("Categories (%d), made %s, and how many users have each:"
                .formatted(
                        result.categories().size(),
                        byModel ? "by the language model from the crawl's texts" : "from the crawl's hashtags"));
        console.line("");
        console.table(
                List.of("category", "users", "keywords"),
                result.categories().stream().map(DemoReport::category).toList());
        console.line("");
        Row profile = result.profile();
        int followerColumn = profile.fieldIndex(Users.FOLLOWER_COUNT);
        console.line("Profile of @%s: %d posts, %d reposts and %d likes analysed, %,d followers"
                .formatted(
                        result.username(),
                        profile.<Long>getAs(UserProfiles.POSTS_ANALYZED),
                        profile.<Long>getAs(UserProfiles.REPOSTS_ANALYZED),
                        profile.<Long>getAs(UserProfiles.LIKES_ANALYZED),
                        profile.isNullAt(followerColumn) ? 0L : profile.getLong(followerColumn)));
        console.line("");
        console.table(
                List.of("tag", "affinity", "base", "boost", "reason"),
                result.tags().stream().map(DemoReport::tag).toList());
        console.line("");
        console.line("Recommended to @%s, the first %d of %d:"
                .formatted(result.username(), result.list().size(), result.count()));
        console.line("");
        console.table(
                List.of(
                        "#",
                        "score",
                        "virality",
                        "relevance",
                        "engagement",
                        "video",
                        "author",
                        "matched tags",
                        "query"),
                result.list().stream().map(DemoReport::recommendation).toList());
        console.line("");
        Reports.pipeline(result.night(), result.count()).forEach(console::line);
    }

    private static List<String> category(Row row) {
        List<String> keywords = row.getList(row.fieldIndex(Categories.KEYWORDS));
        return List.of(
                row.getAs(Categories.TAG),
                row.isNullAt(row.fieldIndex("users")) ? "0" : Long.toString(row.<Long>getAs("users")),
                String.join(", ", keywords.subList(0, Math.min(KEYWORDS, keywords.size()))));
    }

    private static List<String> tag(Row row) {
        return List.of(
                row.getAs(Categories.TAG),
                score(row, UserTags.AFFINITY),
                score(row, UserTags.BASE_AFFINITY),
                score(row, UserTags.ENGAGEMENT_BOOST),
                row.getAs(UserTags.REASON));
    }

    private static List<String> recommendation(Row row) {
        String query = row.getAs(Recommendations.SOURCE_QUERY);
        return List.of(
                Integer.toString(row.<Integer>getAs(UserTags.RANK)),
                score(row, Recommendations.SCORE),
                score(row, Recommendations.VIRALITY_SCORE),
                score(row, Recommendations.RELEVANCE_SCORE),
                score(row, Recommendations.ENGAGEMENT_SCORE),
                shortened(row.getAs(Videos.DESCRIPTION)),
                row.getAs(Videos.AUTHOR),
                String.join(", ", row.<String>getList(row.fieldIndex(Recommendations.MATCHED_TAGS))),
                query == null ? "(trending)" : query);
    }

    private static String score(Row row, String column) {
        return "%.3f".formatted(row.<Double>getAs(column));
    }

    private static String shortened(String description) {
        if (description == null || description.isBlank()) {
            return "(no caption)";
        }
        String oneLine = description.replaceAll("\\s+", " ").strip();
        return oneLine.codePointCount(0, oneLine.length()) <= DESCRIPTION
                ? oneLine
                : oneLine.substring(0, oneLine.offsetByCodePoints(0, DESCRIPTION - 1)) + "…";
    }
}
