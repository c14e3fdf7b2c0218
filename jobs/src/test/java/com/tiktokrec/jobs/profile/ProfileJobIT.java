package com.tiktokrec.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserSelection;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four users, worked by hand, with the keyword mapping.
 *
 * <p>Ann has 150,000 followers (influence 1.1) and five posts, all of dance; three of them touch food and one art, none
 * of these with any likes. Bob, of unknown followers (0.8), reposted a taco with 9 likes and liked a sketch with 3
 * shares, both of weight ln 10; an older like is beyond the one that is analysed. Dan did nothing. Cat is private.
 */
class ProfileJobIT {

    private static final Offset<Double> EXACTLY = within(1e-12);
    private static final Timestamp EVENING = Timestamp.from(Instant.parse("2026-11-23T20:00:00Z"));
    private static final Timestamp DAY_BEFORE = Timestamp.from(Instant.parse("2026-11-22T20:00:00Z"));

    @TempDir
    private static Path folder;

    private static Run run;
    private static ProfileJob.Result result;
    private static Map<String, Row> tags;

    @BeforeAll
    static void profile() {
        run = OfflineRun.of(folder, LocalDate.of(2026, 11, 23), Map.of("pipeline.max-liked-posts", "1"));
        OfflineRun.storeCategories(
                run.warehouse(),
                Map.of(
                        "art", List.of("sketch"),
                        "cars", List.of("engine"),
                        "dance", List.of("salsa"),
                        "street_food", List.of("taco")),
                Map.of());
        storeUsers();
        storeVideos();
        storeActivity();
        result = profiled();
        tags = new TreeMap<>();
        run.warehouse()
                .read(UserTags.TABLE)
                .collectAsList()
                .forEach(row -> tags.put(row.getAs(Users.USERNAME) + " " + row.getAs(Categories.TAG), row));
    }

    private static ProfileJob.Result profiled() {
        return ProfileJob.run(run, new ProfileJob.Options(UserSelection.all(), Optional.empty()));
    }

    private static void storeUsers() {
        List<Row> rows = List.of(
                RowFactory.create("ann", 150_000L, true, "active"),
                RowFactory.create("bob", null, true, "active"),
                RowFactory.create("cat", 10L, true, "private"),
                RowFactory.create("dan", 10L, true, "active"),
                RowFactory.create("eve", 10L, false, "active"));
        StructType schema = new StructType()
                .add(Fields.string(Users.USERNAME))
                .add(Fields.bigint(Users.FOLLOWER_COUNT))
                .add(Fields.bool(Users.PROFILED))
                .add(Fields.string(Users.STATUS));
        run.warehouse().append(Users.TABLE, run.spark().createDataFrame(rows, schema));
    }

    private static void storeVideos() {
        List<Row> rows = List.of(
                RowFactory.create("1", "I dance", 9L, 0L, 0L),
                RowFactory.create("2", "Dance!", null, null, 3L),
                RowFactory.create("3", "dance with a taco", 0L, 0L, 0L),
                RowFactory.create("4", "dance for a taco", null, null, null),
                RowFactory.create("5", "dance, taco, sketch", -1L, 0L, 0L),
                RowFactory.create("6", "best taco", 9L, 0L, 0L),
                RowFactory.create("7", "a sketch", 0L, 0L, 3L),
                RowFactory.create("8", "an engine", 1_000L, 0L, 0L));
        StructType schema = new StructType()
                .add(Fields.string(Videos.VIDEO_ID))
                .add(Fields.string(Videos.DESCRIPTION))
                .add(Fields.bigint(Videos.LIKES))
                .add(Fields.bigint(Videos.COMMENTS))
                .add(Fields.bigint(Videos.SHARES));
        run.warehouse().append(Videos.TABLE, run.spark().createDataFrame(rows, schema));
    }

    private static void storeActivity() {
        List<Row> rows = List.of(
                RowFactory.create("ann", "1", "post", 0, EVENING),
                RowFactory.create("ann", "2", "post", 1, EVENING),
                RowFactory.create("ann", "3", "post", 2, EVENING),
                RowFactory.create("ann", "4", "post", 3, EVENING),
                RowFactory.create("ann", "5", "post", 0, DAY_BEFORE),
                RowFactory.create("bob", "6", "repost", 0, EVENING),
                RowFactory.create("bob", "7", "like", 1, EVENING),
                RowFactory.create("bob", "8", "like", 0, DAY_BEFORE),
                RowFactory.create("cat", "1", "like", 0, EVENING));
        StructType schema = new StructType()
                .add(Fields.string(Users.USERNAME))
                .add(Fields.string(Videos.VIDEO_ID))
                .add(Fields.string(UserVideos.KIND))
                .add(Fields.integer(UserVideos.POSITION))
                .add(Fields.timestamp(Videos.CRAWLED_AT));
        run.warehouse().append(UserVideos.TABLE, run.spark().createDataFrame(rows, schema));
    }

    private static void assertTag(String key, int rank, double base, double boost, double influence, double affinity) {
        Row tag = tags.get(key);
        assertThat(tag.<Integer>getAs(UserTags.RANK)).as(key).isEqualTo(rank);
        assertThat(tag.<Double>getAs(UserTags.BASE_AFFINITY)).as(key).isCloseTo(base, EXACTLY);
        assertThat(tag.<Double>getAs(UserTags.ENGAGEMENT_BOOST)).as(key).isCloseTo(boost, EXACTLY);
        assertThat(tag.<Double>getAs(UserTags.INFLUENCE_FACTOR)).as(key).isEqualTo(influence);
        assertThat(tag.<Double>getAs(UserTags.AFFINITY)).as(key).isCloseTo(affinity, EXACTLY);
        assertThat(tag.<String>getAs(UserTags.METHOD)).as(key).isEqualTo("keywords");
    }

    @Test
    void tagsFromTheMinimumAffinityOn() {
        assertThat(tags)
                .as("art of ann is 0.1; food of ann is the minimum itself")
                .containsOnlyKeys("ann dance", "ann street_food", "bob art", "bob street_food");
    }

    @Test
    void affinityIsBasePlusBoostTimesInfluence() {
        // Ann, dance: in all five, and in all that has engagement: 1 + 0.2 x 1.1, at most 1.
        assertTag("ann dance", 1, 1.0, 0.2, 1.1, 1.0);
        // Ann, food: (3 x 0.5) / 5 over dance's 1.0, no engagement: exactly 0.3.
        assertTag("ann street_food", 2, 0.3, 0, 1.1, 0.3);
        // Bob, food: his largest; boost 0.2 x 0.8 / 1.4.
        assertTag("bob street_food", 1, 1.0, 0.2 * 0.8 / 1.4, 0.8, 1.0);
        // Bob, art: (0.6 x 0.5) / (0.8 x 0.5); 0.75 + 0.2 x 0.6 / 1.4 x 0.8.
        assertTag("bob art", 2, 0.75, 0.2 * 0.6 / 1.4, 0.8, 0.75 + 0.2 * 0.6 / 1.4 * 0.8);
    }

    @Test
    void profilesCountWhatWasAnalysed() {
        Map<String, List<Long>> counts = new HashMap<>();
        run.warehouse()
                .read(UserProfiles.TABLE)
                .collectAsList()
                .forEach(row -> counts.put(
                        row.getAs(Users.USERNAME),
                        List.of(
                                row.getAs(UserProfiles.POSTS_ANALYZED),
                                row.getAs(UserProfiles.REPOSTS_ANALYZED),
                                row.getAs(UserProfiles.LIKES_ANALYZED))));

        assertThat(counts)
                .as("profiled, active users")
                .containsOnlyKeys("ann", "bob", "dan")
                .containsEntry("ann", List.of(5L, 0L, 0L))
                .containsEntry("bob", List.of(0L, 1L, 1L))
                .containsEntry("dan", List.of(0L, 0L, 0L));
        assertThat(result).isEqualTo(new ProfileJob.Result(3, 3, 0, 0));
    }

    @Test
    void theSameInputIsNotProfiledAgain() {
        assertThat(profiled()).isEqualTo(new ProfileJob.Result(3, 0, 0, 0));
    }
}
