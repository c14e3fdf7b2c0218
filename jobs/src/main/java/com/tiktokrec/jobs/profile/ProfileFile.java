package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.JsonFiles;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import com.tiktokrec.jobs.users.UserTagArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Profiles as JSON: what {@code profile --output} writes and {@code recommend --profile} reads. */
public final class ProfileFile {

    private static final String TAGS = "tags";

    private static final StructType TAG_ROWS = new StructType(new StructField[] {
        Fields.string(Users.USERNAME), Fields.string(Categories.TAG), Fields.real(UserTags.AFFINITY)
    });

    private ProfileFile() {}

    /** Writes users' profiles: one object for one user, JSON Lines for several, a folder of them for all. */
    static void write(Run run, String output, UserSelection selection, Dataset<Row> users) {
        Dataset<Row> profiles = profiles(run, users);
        if (selection.isAll()) {
            JsonFiles.writeFolder(output, profiles);
            return;
        }
        List<String> lines = profiles.as(Encoders.STRING()).collectAsList();
        if (selection.usernames().size() == 1) {
            lines.forEach(line -> JsonFiles.writeValue(run.spark(), output, line));
        } else {
            JsonFiles.writeLines(run.spark(), output, lines);
        }
    }

    private static Dataset<Row> profiles(Run run, Dataset<Row> users) {
        Column tag = struct(
                col(UserTags.RANK),
                col(Categories.TAG),
                col(UserTags.AFFINITY),
                col(UserTags.REASON),
                col(UserTags.BASE_AFFINITY),
                col(UserTags.ENGAGEMENT_BOOST));
        Dataset<Row> tags = run.warehouse()
                .read(UserTags.TABLE)
                .groupBy(Users.USERNAME)
                .agg(sort_array(collect_list(tag)).as(TAGS));
        Column withoutRank = transform(
                col(TAGS),
                ranked -> struct(
                        ranked.getField(Categories.TAG).as(Categories.TAG),
                        ranked.getField(UserTags.AFFINITY).as(UserTags.AFFINITY),
                        ranked.getField(UserTags.REASON).as(UserTags.REASON),
                        ranked.getField(UserTags.BASE_AFFINITY).as(UserTags.BASE_AFFINITY),
                        ranked.getField(UserTags.ENGAGEMENT_BOOST).as(UserTags.ENGAGEMENT_BOOST)));
        return run.warehouse()
                .read(UserProfiles.TABLE)
                .join(users.select(Users.USERNAME), new String[] {Users.USERNAME}, "left_semi")
                .join(tags, new String[] {Users.USERNAME}, "left")
                .orderBy(Users.USERNAME)
                .select(to_json(
                                struct(
                                        col(Users.USERNAME),
                                        col(Users.USER_ID),
                                        col(Users.SEC_UID),
                                        col(Users.NICKNAME),
                                        col(Users.BIO),
                                        col(Users.FOLLOWER_COUNT),
                                        col(Users.FOLLOWING_COUNT),
                                        col(Users.HEART_COUNT),
                                        col(Users.VIDEO_COUNT),
                                        col(Users.REGION),
                                        col(Videos.LANGUAGE),
                                        col(Users.VERIFIED),
                                        coalesce(withoutRank, array()).as(TAGS),
                                        col(UserProfiles.POSTS_ANALYZED).as("post_count_analyzed"),
                                        col(UserProfiles.REPOSTS_ANALYZED).as("repost_count_analyzed"),
                                        col(UserProfiles.LIKES_ANALYZED).as("liked_count_analyzed")),
                                JsonFiles.JSON_OPTIONS)
                        .as("value"));
    }

    /**
     * The tags of a profile file, as {@link UserTagArrays} gives stored ones.
     *
     * @param most how many, highest affinity first
     * @param users the users of this run: the file's user must be the only one
     * @throws RunFailure exit 2 for another user's file, unknown tags or malformed ones; exit 3 for no readable file
     */
    public static Dataset<Row> tags(Run run, String file, Dataset<Row> users, List<Category> categories, int most) {
        JsonNode profile = JsonFiles.read(run.spark(), file, "profile");
        String username =
                profile.path(Users.USERNAME).asText("").replaceFirst("^@", "").toLowerCase(Locale.ROOT);
        List<String> wanted =
                users.select(Users.USERNAME).limit(2).as(Encoders.STRING()).collectAsList();
        if (!wanted.equals(List.of(username))) {
            throw RunFailure.usage("the profile file " + file + " is of user '" + username + "', and this run is for "
                    + String.join(", ", wanted) + ". Give that user's file, or --username " + username + " alone.");
        }
        Set<String> known = categories.stream().map(Category::tag).collect(Collectors.toSet());
        Set<String> mistakes = new TreeSet<>();
        List<Row> rows = new ArrayList<>();
        for (JsonNode tag : profile.path(TAGS)) {
            String name = tag.path(Categories.TAG).asText("");
            double affinity = tag.path(UserTags.AFFINITY).asDouble(Double.NaN);
            if (!known.contains(name)) {
                mistakes.add("tag '" + name + "' is not in categories");
            } else if (!(affinity >= 0 && affinity <= 1)) {
                mistakes.add("tag '" + name + "' has affinity " + tag.path(UserTags.AFFINITY)
                        + ", not a number from 0 to 1");
            } else {
                rows.add(RowFactory.create(username, name, affinity));
            }
        }
        if (!profile.path(TAGS).isArray()) {
            mistakes.add("it has no array 'tags'");
        }
        if (!mistakes.isEmpty()) {
            throw RunFailure.usage("the profile file " + file + " does not fit: " + String.join("; ", mistakes)
                    + ". Make it again with `profile` against the taxonomy that stands.");
        }
        return UserTagArrays.of(run.spark().createDataFrame(rows, TAG_ROWS), most);
    }
}
