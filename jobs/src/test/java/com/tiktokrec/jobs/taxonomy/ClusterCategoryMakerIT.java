package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.CategoryMatcher;
import com.tiktokrec.common.text.Credit;
import com.tiktokrec.common.text.StopWords;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.TestRun.Video;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCategoryMakerIT {

    @TempDir
    private Path folder;

    @Test
    void plantedTopicsAreFoundTwiceTheSame() {
        Run run = TestRun.local(folder);
        TestRun.ingest(run, PlantedCorpus.videos());
        Dataset<Row> documents = TextExtractor.fromTables(run.warehouse()).persist();

        List<Category> categories =
                new ClusterCategoryMaker().make(run, documents, 12).categories();
        List<Category> again =
                new ClusterCategoryMaker().make(run, documents, 12).categories();

        assertThat(again).isEqualTo(categories);
        assertThat(categories).hasSizeBetween(6, 12);
        assertThat(categories).extracting(Category::tag).doesNotHaveDuplicates().allMatch(TagRule::holds);
        assertThat(categories).allSatisfy(category -> {
            assertThat(category.keywords()).hasSizeBetween(5, 10).doesNotHaveDuplicates();
            assertThat(category.description()).startsWith("Videos about ");
            assertThat(TestWords.of(category))
                    .doesNotContain("fyp", "foryou", "viral", "xyzbca", "part2", "love", "2k", "author3fanclub");
        });
        assertEachTopicHasItsOwnCategory(categories);
    }

    private static void assertEachTopicHasItsOwnCategory(List<Category> categories) {
        CategoryMatcher matcher = new CategoryMatcher(categories, StopWords.english());
        for (List<String> topic : PlantedCorpus.TOPICS) {
            assertThat(matcher.credits("", topic))
                    .as(topic.get(0))
                    .extracting(Credit::credit)
                    .contains(1.0);
        }
    }

    @Test
    void tooFewHashtagsMakeNoClusters() {
        Run run = TestRun.local(folder);
        TestRun.ingest(
                run, List.of(new Video("a", "#dance", List.of("dance")), new Video("b", "#dance !", List.of("dance"))));

        Dataset<Row> documents = TextExtractor.fromTables(run.warehouse());

        assertThat(new ClusterCategoryMaker().make(run, documents, 10).categories())
                .isEmpty();
    }
}
