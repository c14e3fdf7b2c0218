package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.run.JsonFiles;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import java.sql.Date;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Lists as JSON: an array for one user, a line a user for several, a folder of such lines for all. */
final class RecommendationFile {

    private static final String LIST = "recommendations";

    private RecommendationFile() {}

    static void write(Run run, String output, UserSelection selection, Dataset<Row> users, Dataset<Row> lists) {
        Dataset<Row> byUser = users.select(Users.USERNAME)
                .join(
                        lists.groupBy(Users.USERNAME)
                                .agg(sort_array(collect_list(item())).as(LIST)),
                        new String[] {Users.USERNAME},
                        "left")
                .orderBy(Users.USERNAME);
        boolean one = selection.usernames().size() == 1;
        Column value = one
                ? to_json(coalesce(col(LIST), array()), JsonFiles.JSON_OPTIONS)
                : to_json(
                        struct(
                                col(Users.USERNAME),
                                lit(Date.valueOf(run.date())).as(SearchQueries.RUN_DATE),
                                coalesce(col(LIST), array()).as(LIST)),
                        JsonFiles.JSON_OPTIONS);
        Dataset<Row> lines = byUser.select(value.as("value"));
        if (selection.isAll()) {
            JsonFiles.writeFolder(output, lines);
            return;
        }
        List<String> values = lines.as(Encoders.STRING()).collectAsList();
        if (one) {
            values.forEach(json -> JsonFiles.writeValue(run.spark(), output, json));
        } else {
            JsonFiles.writeLines(run.spark(), output, values);
        }
    }

    /** One recommendation; rank stands first, so that a sorted array is in rank order. */
    private static Column item() {
        return struct(
                col(UserTags.RANK),
                col(Videos.VIDEO_ID),
                col(Videos.DESCRIPTION),
                col(Videos.AUTHOR),
                col(Videos.URL),
                col(Recommendations.SCORE),
                struct(
                                col(Recommendations.VIRALITY_SCORE).as("virality"),
                                col(Recommendations.RELEVANCE_SCORE).as("relevance"),
                                col(Recommendations.ENGAGEMENT_SCORE).as("engagement"))
                        .as("scores"),
                col(Recommendations.MATCHED_TAGS),
                struct(col(Videos.PLAYS), col(Videos.LIKES), col(Videos.COMMENTS), col(Videos.SHARES))
                        .as("stats"),
                col(Videos.CREATE_TIME),
                col(Videos.MUSIC_TITLE),
                col(Videos.HASHTAGS),
                col(Recommendations.SOURCE_QUERY));
    }
}
