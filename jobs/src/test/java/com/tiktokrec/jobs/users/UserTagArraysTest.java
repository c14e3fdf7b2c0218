package com.tiktokrec.jobs.users;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.SharedSpark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class UserTagArraysTest {

    @Test
    void bestAffinityFirstTiesByTagAndNoMoreThanAsked() {
        // Given
        List<Row> rows = new ArrayList<>(List.of(
                RowFactory.create("ann", "zoo", 0.7),
                RowFactory.create("ann", "art", 0.7),
                RowFactory.create("ann", "dance", 0.9),
                RowFactory.create("bob", "cars", 0.3)));
        for (int tag = 0; tag < 12; tag++) {
            rows.add(RowFactory.create("cat", "tag_" + (char) ('a' + tag), 0.31 + tag * 0.01));
        }
        StructType schema = new StructType(new StructField[] {
            Fields.string(Users.USERNAME), Fields.string(Categories.TAG), Fields.real(UserTags.AFFINITY)
        });

        // When
        Map<String, String> tags = new HashMap<>();
        UserTagArrays.of(SharedSpark.session().createDataFrame(rows, schema), 10)
                .collectAsList()
                .forEach(row -> tags.put(
                        row.getString(0),
                        row.<Row>getList(1).stream()
                                .map(tag -> tag.getString(0) + "=" + tag.getDouble(1))
                                .collect(Collectors.joining(" "))));

        // Then
        assertThat(tags)
                .containsOnlyKeys("ann", "bob", "cat")
                .containsEntry("ann", "dance=0.9 art=0.7 zoo=0.7")
                .containsEntry("bob", "cars=0.3");
        assertThat(tags.get("cat"))
                .startsWith("tag_l=")
                .contains("tag_c=")
                .doesNotContain("tag_b=")
                .doesNotContain("tag_a=");
    }
}
