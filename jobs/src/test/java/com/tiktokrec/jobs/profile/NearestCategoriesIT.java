package com.tiktokrec.jobs.profile;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.run.Run;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forty categories: {@code tag_00} to {@code tag_38} a degree apart from (1, 0) on, {@code tag_39} without a vector. */
class NearestCategoriesIT {

    @TempDir
    private static Path folder;

    private static Run run;
    private static final List<Category> CATEGORIES = IntStream.range(0, 40)
            .mapToObj(number -> new Category(tag(number), "About it.", List.of()))
            .toList();

    private static String tag(int number) {
        return String.format(Locale.ROOT, "tag_%02d", number);
    }

    private static float[] atDegrees(double degrees, double length) {
        double angle = Math.toRadians(degrees);
        return new float[] {(float) (length * Math.cos(angle)), (float) (length * Math.sin(angle))};
    }

    @BeforeAll
    static void storeCategories() {
        run = OfflineRun.of(folder, LocalDate.of(2026, 11, 23), Map.of());
        Map<String, List<String>> keywords = new TreeMap<>();
        Map<String, float[]> vectors = new TreeMap<>();
        for (int number = 0; number < 40; number++) {
            keywords.put(tag(number), List.of("word"));
            if (number < 39) {
                vectors.put(tag(number), atDegrees(number, 1 + number));
            }
        }
        OfflineRun.storeCategories(run.warehouse(), keywords, vectors);
    }

    private static List<Row> content(float[]... vectors) {
        List<Row> rows = new ArrayList<>();
        for (int video = 0; video < vectors.length; video++) {
            rows.add(RowFactory.create("video " + video, vectors[video]));
        }
        return run.spark()
                .createDataFrame(
                        rows,
                        new StructType().add(Fields.string(Videos.VIDEO_ID)).add(Fields.vector(Categories.EMBEDDING)))
                .collectAsList();
    }

    private static List<String> tags(List<Category> categories) {
        return categories.stream().map(Category::tag).toList();
    }

    private static List<String> range(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(NearestCategoriesIT::tag)
                .toList();
    }

    @Test
    void thirtyNearestByTag() {
        NearestCategories nearest = new NearestCategories(run, CATEGORIES);

        assertThat(tags(nearest.to(content(atDegrees(-10, 5))))).isEqualTo(range(0, 29));
        assertThat(tags(nearest.to(content(atDegrees(60, 5))))).isEqualTo(range(9, 38));
        // Of 19.6 degrees, 5 is 14.6 away and 34 is 14.4; 4 and 35 are farther.
        assertThat(tags(nearest.to(content(atDegrees(79.6, 9), null, atDegrees(-40.4, 0.1)))))
                .as("the mean of unit vectors lies at 19.6 degrees, whatever their lengths")
                .isEqualTo(range(5, 34));
    }

    @Test
    void allOfThemWithoutAVectorOrWhereTheyAreFew() {
        assertThat(tags(new NearestCategories(run, CATEGORIES).to(content(null, new float[] {0, 0}))))
                .isEqualTo(range(0, 39));
        assertThat(tags(new NearestCategories(run, CATEGORIES.subList(0, 30)).to(content(atDegrees(60, 1)))))
                .isEqualTo(range(0, 29));
    }
}
