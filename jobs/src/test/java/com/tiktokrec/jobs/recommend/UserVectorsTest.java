package com.tiktokrec.jobs.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.jobs.OneRow;
import com.tiktokrec.jobs.SharedSpark;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UserVectorsTest {

    private static final Offset<Double> EXACTLY = within(1e-12);
    private static final Offset<Double> ROUNDED = within(1e-5);

    private static UserVectors vectors;

    /** Categories whose unit vectors are a: (0.6, 0.8), b: (0, 1), minus_b: (0, -1); zero has none. */
    @BeforeAll
    static void categories() {
        StructType schema =
                new StructType(new StructField[] {Fields.string(Categories.TAG), Fields.vector(Categories.EMBEDDING)});
        List<Row> rows = List.of(
                RowFactory.create("a", List.of(3f, 4f)),
                RowFactory.create("b", List.of(0f, 2f)),
                RowFactory.create("minus_b", List.of(0f, -7f)),
                RowFactory.create("zero", List.of(0f, 0f)));
        vectors = new UserVectors(
                SharedSpark.session().createDataFrame(rows, schema).collectAsList());
    }

    private static double[] of(String tags) {
        StructType schema =
                new StructType(new StructField[] {Fields.field("tags", OneRow.WEIGHTED_TAGS), Fields.string("other")});
        Row row = SharedSpark.session()
                .createDataFrame(List.of(RowFactory.create(OneRow.weightedTags(tags), "")), schema)
                .head();
        return vectors.of(row.getList(0));
    }

    @Test
    void weighsUnitVectorsByAffinityAndNormalises() {
        // 0.5 (0.6, 0.8) + 1.0 (0, 1) = (0.3, 1.4), of length sqrt(2.05) = 1.431782
        assertThat(of("b=1.0 a=0.5")).containsExactly(new double[] {0.209529, 0.977802}, ROUNDED);
    }

    @Test
    void oneTagIsItsOwnUnitVectorAtAnyAffinity() {
        assertThat(of("a=0.3")).containsExactly(new double[] {0.6, 0.8}, EXACTLY);
    }

    @Test
    void tagsWithoutAVectorAreLeftOut() {
        assertThat(of("unknown=1.0 zero=0.9 a=0.3")).containsExactly(new double[] {0.6, 0.8}, EXACTLY);
    }

    @Test
    void noVectorWhereNoTagHasOne() {
        assertThat(of("unknown=1.0 zero=0.9")).isNull();
        assertThat(of(null)).isNull();
    }

    @Test
    void noVectorWhereTagsCancelOut() {
        assertThat(of("b=0.5 minus_b=0.5")).isNull();
    }
}
