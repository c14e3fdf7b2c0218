package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.TestRun.Video;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextExtractorIT {

    @TempDir
    private Path folder;

    @Test
    void onlyLineFeedsEndALineAndRepeatedTextsCountOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\u2028still one #x\r\nthree\nthree\n\n🍕\n");

        assertThat(texts(fromFiles(file))).containsExactly("one still one #x", "three");
    }

    @Test
    void severalFilesAndPatternsAreRead() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "first\n");
        Files.writeString(folder.resolve("b.txt"), "fyp\t18820\n");

        Dataset<Row> read = TextExtractor.fromFiles(SharedSpark.session(), List.of(folder + "/*.txt"));

        assertThat(texts(read)).containsExactly("#fyp", "first");
    }

    @Test
    void missingEmptyAndBinaryFilesAreInputFailures() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.txt"), " \n\n");
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {'a', 0, 'b'});
        Path latin = Files.write(folder.resolve("latin.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertInputFailure(folder.resolve("missing.txt"), "does not exist");
        assertInputFailure(empty, "is empty");
        assertInputFailure(binary, "is no text");
        assertInputFailure(latin, "is no UTF-8 text");
        assertInputFailure(folder, "is a folder");
    }

    @Test
    void theTablesGiveCaptionsHashtagsAndBios() {
        Run run = TestRun.local(folder);
        TestRun.ingest(
                run,
                List.of(
                        new Video("Ann", "pasta night #Pasta", List.of("pasta", "italianfood")),
                        new Video("ann", "pasta night #Pasta", List.of("pasta", "italianfood")),
                        new Video("bob", null, List.of())));
        TestRun.ingestBio(run, "ann", "cook from Rome #chef");

        List<Row> rows = TextExtractor.fromTables(run.warehouse())
                .orderBy(Documents.TEXT)
                .collectAsList();

        assertThat(rows)
                .extracting(row -> row.getAs(Documents.TEXT))
                .containsExactly("cook from Rome #chef", "pasta night #Pasta #italianfood");
        assertThat(rows).extracting(row -> row.getAs(Videos.AUTHOR)).containsOnly("ann");
        assertThat(rows.get(1).<String>getList(rows.get(1).fieldIndex(Videos.HASHTAGS)))
                .containsExactly("pasta", "italianfood");
    }

    private static Dataset<Row> fromFiles(Path file) {
        return TextExtractor.fromFiles(SharedSpark.session(), List.of(file.toString()));
    }

    private static List<String> texts(Dataset<Row> documents) {
        return documents.select(Documents.TEXT).collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    private static void assertInputFailure(Path file, String problem) {
        assertThatThrownBy(() -> fromFiles(file))
                .hasMessageContaining(problem)
                .hasMessageContaining(file.toString())
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.INPUT);
    }
}
