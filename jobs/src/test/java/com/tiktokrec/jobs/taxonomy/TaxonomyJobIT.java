package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob.Options;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaxonomyJobIT {

    private static final String TWO = """
            [{"tag":"dance","description":"Dancing.","keywords":["choreography"]},
             {"tag":"food","description":"Eating.","keywords":["pizza"],"embedding":%s}]""";

    @TempDir
    private Path folder;

    private Run run() {
        return TestRun.local(folder.resolve("warehouse"));
    }

    private static List<Row> rows(Run run) {
        return run.warehouse().read(Categories.TABLE).orderBy(Categories.TAG).collectAsList();
    }

    @Test
    void clustersAreNoFallbackAndASecondRunChangesNothing() throws IOException {
        Run run = run();
        TestRun.ingest(run, PlantedCorpus.videos());
        Path output = folder.resolve("taxonomy.json");
        Options options = new Options(List.of(), Optional.of(output.toString()), 10);

        Result result = TaxonomyJob.run(run, options);

        assertThat(result.source()).isEqualTo(TaxonomyJob.CLUSTERS);
        assertThat(result.changed()).isTrue();
        assertThat(run.ledger().fallbacks()).isEmpty();
        assertThat(run.ledger().counts().getOrDefault("categories_missing", 0L)).isEqualTo(10 - result.categories());
        assertThat(rows(run)).allSatisfy(row -> {
            assertThat(row.<String>getAs(Categories.TAXONOMY_VERSION)).isEqualTo(result.taxonomyVersion());
            assertThat(row.<String>getAs(Categories.EMBEDDING_MODEL)).isEqualTo("bge-small-en-v1.5-q@384");
            assertThat(row.<Float>getList(row.fieldIndex(Categories.EMBEDDING))).hasSize(384);
        });
        assertThat(TaxonomyJob.standing(run))
                .hasSize(result.categories())
                .isSortedAccordingTo(Comparator.comparing(Category::tag));

        Run again = run();
        Map<String, Long> versions = again.warehouse().versions(List.of(Categories.TABLE));

        assertThat(TaxonomyJob.run(again, options))
                .isEqualTo(new Result(result.categories(), TaxonomyJob.CLUSTERS, false, result.taxonomyVersion(), 0));
        assertThat(TaxonomyJob.fromFile(again, output.toString()).changed()).isFalse();
        assertThat(again.warehouse().versions(List.of(Categories.TABLE))).isEqualTo(versions);
    }

    @Test
    void tooLittleTextGivesTheDefaultCategories() throws IOException {
        Path file = Files.writeString(folder.resolve("few.txt"), "hello #dance\n");
        Run run = run();

        Result result = TaxonomyJob.run(run, new Options(List.of(file.toString()), Optional.empty(), 100));

        assertThat(result.source()).isEqualTo(TaxonomyJob.DEFAULT);
        assertThat(result.categories()).isGreaterThanOrEqualTo(20);
        assertThat(run.ledger().fallbacks()).isEmpty();
    }

    @Test
    void aMissingInputLeavesEverythingAsItWas() {
        Run run = run();

        assertThatThrownBy(() -> TaxonomyJob.run(run, new Options(List.of("/no/such.txt"), Optional.empty(), 100)))
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.INPUT);
        assertThat(run.warehouse().exists(Categories.TABLE)).isFalse();
    }

    @Test
    void aFilesCategoriesReplaceThoseThatStandAndMissingVectorsAreEmbedded() throws IOException {
        String vector = "[" + "0.25,".repeat(383) + "0.25]";
        Path file = Files.writeString(folder.resolve("t.json"), TWO.formatted(vector));
        Run run = run();

        Result result = TaxonomyJob.fromFile(run, file.toString());

        assertThat(result).isEqualTo(new Result(2, TaxonomyJob.FILE, true, result.taxonomyVersion(), 0));
        List<Row> rows = rows(run);
        assertThat(rows).extracting(row -> row.getAs(SearchResults.SOURCE)).containsOnly("file");
        assertThat(rows.get(0).<Float>getList(rows.get(0).fieldIndex(Categories.EMBEDDING)))
                .hasSize(384);
        assertThat(rows.get(1).<Float>getList(rows.get(1).fieldIndex(Categories.EMBEDDING)))
                .containsOnly(0.25f);
        assertThat(TaxonomyJob.fromFile(run(), file.toString()).changed()).isFalse();
    }

    @Test
    void aFilesVectorsOfAnotherDimensionAreMadeAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("t.json"), TWO.formatted("[1.0, 2.0]"));
        Run run = run();

        TaxonomyJob.fromFile(run, file.toString());

        assertThat(rows(run))
                .allSatisfy(row -> assertThat(row.<Float>getList(row.fieldIndex(Categories.EMBEDDING)))
                        .hasSize(384));
    }

    @Test
    void vectorsAreMadeAgainForAnotherModelOnly() throws IOException {
        Path file = Files.writeString(folder.resolve("t.json"), TWO.formatted("null"));
        Run run = run();
        Result first = TaxonomyJob.fromFile(run, file.toString());
        Map<String, Long> versions = run.warehouse().versions(List.of(Categories.TABLE));

        TaxonomyJob.ensureVectors(run());
        assertThat(run().warehouse().versions(List.of(Categories.TABLE))).isEqualTo(versions);

        Run other = TestRun.withEmbeddingModel(folder.resolve("warehouse"), "other@384");
        TaxonomyJob.ensureVectors(other);

        assertThat(rows(other)).allSatisfy(row -> {
            assertThat(row.<String>getAs(Categories.EMBEDDING_MODEL)).isEqualTo("other@384");
            assertThat(row.<String>getAs(Categories.TAXONOMY_VERSION)).isNotEqualTo(first.taxonomyVersion());
            assertThat(row.<String>getAs(SearchResults.SOURCE)).isEqualTo("file");
        });
    }

    @Test
    void theNumberOfCategoriesIsBounded() {
        assertThatThrownBy(() -> new Options(List.of(), Optional.empty(), 501))
                .hasMessageContaining("between 1 and 500")
                .hasMessageContaining("501");
    }
}
