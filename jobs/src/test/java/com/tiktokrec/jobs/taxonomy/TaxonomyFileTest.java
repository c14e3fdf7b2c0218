package com.tiktokrec.jobs.taxonomy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.text.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TaxonomyFileTest {

    private static final String DANCE = "{\"tag\":\"dance\",\"description\":\"d\",\"keywords\":[\"k\"]";

    @TempDir
    private Path folder;

    static Stream<Arguments> brokenContent() {
        return Stream.of(
                arguments("[]", "it holds no categories"),
                arguments("[" + DANCE + "}," + DANCE + "}]", "the tag dance stands 2 times"),
                arguments(
                        "[{\"tag\":\"Street Food\",\"description\":\"d\",\"keywords\":[\"k\"]}]",
                        "category 1 (Street Food): a tag is " + TagRule.RULE),
                arguments("[{\"description\":\"d\",\"keywords\":[\"k\"]}]", "category 1 has no tag"),
                arguments("[{\"tag\":\"dance\",\"keywords\":[\"k\"]}]", "category 1 (dance) has no description"),
                arguments("[{\"tag\":\"dance\",\"description\":\"d\"}]", "category 1 (dance) has no keywords"),
                arguments(
                        "[{\"tag\":\"dance\",\"description\":\"d\",\"keywords\":[]}]",
                        "category 1 (dance) has no keywords"),
                arguments("[" + DANCE + ",\"embedding\":\"x\"}]", "its embedding is no array of numbers"),
                arguments(
                        "[" + DANCE
                                + ",\"embedding\":[1]},{\"tag\":\"food\",\"description\":\"d\",\"keywords\":[\"k\"],\"embedding\":[1,2]}]",
                        "its embeddings have different dimensions: [1, 2]"));
    }

    @ParameterizedTest
    @MethodSource("brokenContent")
    void contentThatBreaksTheRulesIsWrongUsage(String content, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("taxonomy.json"), content);

        assertThatThrownBy(() -> read(file))
                .hasMessageContaining(problem)
                .hasMessageContaining(file.toString())
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void allProblemsAreListed() throws IOException {
        Path file = Files.writeString(folder.resolve("taxonomy.json"), "[{\"tag\":\"A\"},{\"tag\":\"A\"}]");

        assertThatThrownBy(() -> read(file))
                .hasMessageContaining("category 1 (A) has no description")
                .hasMessageContaining("category 2 (A) has no keywords")
                .hasMessageContaining("the tag A stands 2 times");
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                arguments(null, "does not exist"),
                arguments("{ not json", "is no JSON"),
                arguments("{}", "is no JSON array"),
                arguments("", "is no JSON"));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aFileThatCannotBeReadIsAnInputFailure(String content, String problem) throws IOException {
        Path file = folder.resolve("taxonomy.json");
        if (content != null) {
            Files.writeString(file, content);
        }

        assertThatThrownBy(() -> read(file))
                .hasMessageContaining(problem)
                .hasMessageContaining(file.toString())
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.INPUT);
    }

    @Test
    void whatIsWrittenReadsBackAndNoTemporaryFileStays() throws IOException {
        List<EmbeddedCategory> categories = List.of(
                new EmbeddedCategory(
                        new Category("dance", "Dancing \"well\".", List.of("ballet", "salsa")),
                        Optional.of(List.of(0.1f, -2f))),
                EmbeddedCategory.bare(new Category("юмор", "Шутки.", List.of("мем"))));
        Path file = folder.resolve("new/taxonomy.json");

        TaxonomyFile.write(new Configuration(), file.toString(), categories);
        TaxonomyFile.write(new Configuration(), file.toUri().toString(), categories);

        assertThat(read(file)).isEqualTo(categories);
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    private static List<EmbeddedCategory> read(Path file) {
        return TaxonomyFile.read(new Configuration(), file.toString());
    }
}
