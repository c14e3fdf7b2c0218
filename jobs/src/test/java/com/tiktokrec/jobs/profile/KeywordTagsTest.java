package com.tiktokrec.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.OneRow;
import com.tiktokrec.jobs.SharedSpark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two users, worked by hand.
 *
 * <p>Ann: a post (weight 1.0) that names dance and touches food, with 9 likes (ln 10); a repost (0.8) that touches dance,
 * without counts; a like (0.6) that names food, with 33 shares (ln 100); a like (0.6) that touches nothing, with 49
 * comments (ln 99). Weights sum to 3.0. Bob: one like that touches cars.
 */
class KeywordTagsTest {

    private static final Offset<Double> EXACTLY = within(1e-12);

    private static final StructType ITEMS = new StructType(new StructField[] {
        Fields.string(Users.USERNAME),
        Fields.string(UserVideos.KIND),
        Fields.bigint(Videos.LIKES),
        Fields.bigint(Videos.COMMENTS),
        Fields.bigint(Videos.SHARES),
        Fields.field(KeywordTags.CREDITS, OneRow.CREDITS)
    });

    private static Map<String, Row> evidence;
    private static Map<String, Row> tags;

    @BeforeAll
    static void mapByKeywords() {
        Dataset<Row> items = SharedSpark.session()
                .createDataFrame(
                        List.of(
                                item("ann", "post", 9L, null, null, "dance=1.0 food=0.5"),
                                item("ann", "repost", null, null, null, "dance=0.5"),
                                item("ann", "like", 0L, 0L, 33L, "food=1.0"),
                                item("ann", "like", null, 49L, null, null),
                                item("bob", "like", -4L, 0L, 0L, "cars=0.5")),
                        ITEMS);
        Dataset<Row> summed = KeywordTags.evidence(items).persist();
        evidence = byUserAndTag(summed);
        tags = byUserAndTag(KeywordTags.tags(summed));
        summed.unpersist();
    }

    private static Row item(String username, String kind, Long likes, Long comments, Long shares, String credits) {
        return RowFactory.create(username, kind, likes, comments, shares, OneRow.weights(credits));
    }

    private static Map<String, Row> byUserAndTag(Dataset<Row> rows) {
        Map<String, Row> byKey = new HashMap<>();
        rows.collectAsList()
                .forEach(row ->
                        byKey.put(row.<String>getAs(Users.USERNAME) + " " + row.<String>getAs(Categories.TAG), row));
        return byKey;
    }

    private static double number(Map<String, Row> rows, String key, String column) {
        return rows.get(key).<Double>getAs(column);
    }

    @Test
    void onlyTouchedTagsHaveEvidence() {
        assertThat(evidence).containsOnlyKeys("ann dance", "ann food", "bob cars");
        assertThat(tags).containsOnlyKeys("ann dance", "ann food", "bob cars");
    }

    @Test
    void engagementOfMatchingItemsAgainstAll() {
        double all = Math.log(10) + 0.6 * Math.log(100) + 0.6 * Math.log(99);

        assertThat(number(evidence, "ann dance", KeywordTags.ALL_ENGAGEMENT)).isCloseTo(all, EXACTLY);
        assertThat(number(evidence, "ann food", KeywordTags.ALL_ENGAGEMENT)).isCloseTo(all, EXACTLY);
        assertThat(number(evidence, "ann dance", KeywordTags.MATCHING_ENGAGEMENT))
                .as("the post, and the repost without engagement")
                .isCloseTo(Math.log(10), EXACTLY);
        assertThat(number(evidence, "ann food", KeywordTags.MATCHING_ENGAGEMENT))
                .as("the credit is no weight here: any credit above 0 matches")
                .isCloseTo(Math.log(10) + 0.6 * Math.log(100), EXACTLY);
        assertThat(number(evidence, "bob cars", KeywordTags.ALL_ENGAGEMENT)).isZero();
    }

    @Test
    void baseAffinityIsTheWeightedMeanCreditOverTheUsersLargest() {
        // Dance: (1.0 x 1.0 + 0.8 x 0.5) / 3.0 = 1.4 / 3.0. Food: (1.0 x 0.5 + 0.6 x 1.0) / 3.0 = 1.1 / 3.0.
        assertThat(number(tags, "ann dance", UserTags.BASE_AFFINITY)).isCloseTo(1.0, EXACTLY);
        assertThat(number(tags, "ann food", UserTags.BASE_AFFINITY)).isCloseTo(1.1 / 1.4, EXACTLY);
        assertThat(number(tags, "bob cars", UserTags.BASE_AFFINITY)).isCloseTo(1.0, EXACTLY);
    }

    @Test
    void theOrderOfTheItemsChangesNoBit() {
        List<Row> items = IntStream.range(0, 40)
                .mapToObj(i -> item(
                        "cy",
                        List.of("post", "repost", "like").get(i % 3),
                        (long) i * i * 977,
                        (long) i,
                        1L,
                        i % 2 == 0 ? "dance=1.0 food=0.5" : "dance=0.5 food=1.0"))
                .toList();
        List<Row> backwards = new ArrayList<>(items);
        Collections.reverse(backwards);

        assertThat(tagsAndBoosts(items)).isEqualTo(tagsAndBoosts(backwards));
    }

    private static Set<Row> tagsAndBoosts(List<Row> items) {
        Dataset<Row> evidence = KeywordTags.evidence(
                SharedSpark.session().createDataFrame(items, ITEMS).coalesce(1));
        return Set.copyOf(KeywordTags.tags(evidence)
                .join(evidence.drop(Users.USERNAME), Categories.TAG)
                .collectAsList());
    }

    @Test
    void theReasonTellsTheEvidence() {
        assertThat(tags.get("ann dance").<String>getAs(UserTags.REASON))
                .isEqualTo("in 2 of 4 analysed videos: the tag itself in 1, its words in 1");
        assertThat(tags.get("bob cars").<String>getAs(UserTags.REASON))
                .isEqualTo("in 1 of 1 analysed videos: the tag itself in 0, its words in 1");
        assertThat(tags.get("bob cars").<String>getAs(UserTags.METHOD)).isEqualTo("keywords");
    }
}
