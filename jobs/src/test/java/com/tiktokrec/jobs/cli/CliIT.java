package com.tiktokrec.jobs.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.Night;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.StoredTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over a warehouse: what they refuses leaves it as it was, and the manual's examples work. */
class CliIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Program PROGRAM = Program.at(Night.NOW);

    /** A warehouse after a night, which no test here changes. */
    private static StoredTables tables;

    private static String username;

    @TempDir
    private Path folder;

    @BeforeAll
    static void aNight() {
        tables = Night.shared();
        username = tables.rows(UserTags.TABLE).orderBy(Users.USERNAME).first().getAs(Users.USERNAME);
    }

    private static Ended run(String... command) {
        return runOn(tables.location(), command);
    }

    private static Ended runOn(Path warehouse, String... command) {
        List<String> arguments = new ArrayList<>(Arrays.asList(command));
        arguments.addAll(List.of("--warehouse", warehouse.toString(), "--run-date", Night.DATE));
        return PROGRAM.run(arguments.toArray(String[]::new));
    }

    /** Runs what must fail: the shared warehouse stays as it is, and the problem is told in the last line alone. */
    private static String refused(int exitCode, String... command) {
        Map<String, Long> before = tables.files();
        Ended ended = run(command);
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
        assertThat(ended.out()).as("standard output").isEmpty();
        assertThat(ended.err()).doesNotContain("\tat ");
        assertThat(ended.lastError()).startsWith("tiktok-rec: ");
        assertThat(tables.files()).as("files of the tables").isEqualTo(before);
        return ended.lastError();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void aGoodRunTellsItsResultsOnStandardOutputAndNothingElse() {
        Ended night = Night.ended();

        assertThat(night.exitCode()).as(night.err()).isZero();
        assertThat(night.out())
                .containsSubsequence(
                        "Ingest:", "Taxonomy:", "Profile:", "Recommend:", "Tables in ", "run date " + Night.DATE);
        assertThat(night.err()).isEmpty();
    }

    @Test
    void aMissingInputIsTold() {
        assertThat(refused(
                        3, "ingest", "--input", folder.resolve("no-such-crawl").toString()))
                .contains("no-such-crawl", "does not exist");
    }

    @Test
    void anEmptyInputIsTold() throws IOException {
        assertThat(refused(3, "ingest", "--input", file("empty.jsonl", "").toString()))
                .contains("empty.jsonl");
        Path emptyFolder = Files.createDirectory(folder.resolve("nothing-in-it"));
        assertThat(refused(3, "pipeline", "--all", "--input", emptyFolder.toString()))
                .contains("nothing-in-it");
    }

    @Test
    void anInputThatIsNoTextIsTold() throws IOException {
        Path binary = folder.resolve("picture.json");
        byte[] bytes = new byte[5_000];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) (index * 31 % 251);
        }
        Files.write(binary, bytes);
        assertThat(refused(3, "ingest", "--input", binary.toString())).contains("picture.json");

        Path cut = folder.resolve("cut.jsonl.gz");
        Files.write(cut, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
        assertThat(refused(3, "ingest", "--input", cut.toString())).contains("cut.jsonl.gz");
    }

    @Test
    void anUnknownUserIsToldWithNamesCloseToIt() {
        String almost = username + "x";
        for (String command : List.of("profile", "pipeline")) {
            assertThat(refused(3, command, "--username", almost))
                    .contains("user " + almost + " is not in", "close to it: " + username, "Ingest a crawl");
        }
        assertThat(refused(3, "recommend", "--username", username, "nobody"))
                .as("among known ones")
                .contains("user nobody is not in", "close to it: ");
    }

    @Test
    void anEmptyWarehouseIsTold() {
        Map<String, String> problems = Map.of(
                "profile --username nobody", "nobody is not in",
                "profile --all", "no categories",
                "recommend --username nobody", "nobody is not in");
        problems.forEach((command, problem) -> {
            Ended ended = runOn(folder.resolve("fresh"), command.split(" "));

            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(3);
            assertThat(ended.lastError()).contains(problem);
            assertThat(ended.out()).isEmpty();
        });
    }

    @Test
    void aTaxonomyFileThatBreaksTheRulesIsRefused() throws IOException {
        String cats = "{\"tag\": \"cats\", \"description\": \"Cats.\", \"keywords\": [\"kitten\"]}";
        Path twice = file("twice.json", "[" + cats + ", " + cats + "]");
        Path none = file("none.json", "[]");

        assertThat(refused(2, "pipeline", "--all", "--taxonomy", twice.toString()))
                .contains("cats stands 2 times");
        assertThat(refused(2, "profile", "--username", username, "--taxonomy", none.toString()))
                .contains("holds no categories");
        assertThat(refused(
                        3,
                        "profile",
                        "--all",
                        "--taxonomy",
                        folder.resolve("gone.json").toString()))
                .contains("does not exist", "gone.json");
    }

    @Test
    void aProfileFileThatDoesNotFitIsRefused() throws IOException {
        String tag =
                tables.rows(Categories.TABLE).orderBy(Categories.TAG).first().getAs(Categories.TAG);
        String tags = "[{\"tag\": \"" + tag + "\", \"affinity\": 0.9}]";
        Path others = file("others.json", "{\"username\": \"someone_else\", \"tags\": " + tags + "}");
        Path unknown = file(
                "unknown.json",
                "{\"username\": \"" + username + "\", \"tags\": [{\"tag\": \"no_such_tag\", \"affinity\": 0.9}]}");
        Path broken = file("broken.json", "{\"username\": ");

        assertThat(refused(2, "recommend", "--username", username, "--profile", others.toString()))
                .contains("someone_else", username);
        assertThat(refused(2, "recommend", "--username", username, "--profile", unknown.toString()))
                .contains("'no_such_tag' is not in categories");
        assertThat(refused(3, "recommend", "--username", username, "--profile", broken.toString()))
                .contains("broken.json", "not JSON");
    }

    @Test
    void aWarehouseThatCannotBeWrittenIsTold() throws IOException {
        Path regularFile = file("a-file", "in the way");

        Ended ended = runOn(regularFile.resolve("warehouse"), "pipeline", "--all");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.lastError())
                .contains("the warehouse " + regularFile.resolve("warehouse") + " cannot be written", "--warehouse");
        assertThat(ended.err().lines()).as("one line, no stack trace").hasSize(1);
        assertThat(regularFile).hasContent("in the way");
    }

    @Test
    void anOutputThatCannotBeWrittenIsTold() throws IOException {
        Path regularFile = file("a-file", "in the way");

        assertThat(refused(
                        1,
                        "profile",
                        "--username",
                        username,
                        "--output",
                        regularFile.resolve("x.json").toString()))
                .contains("x.json cannot be written", "The tables are written", "--output");
    }

    @Test
    void anExportOfAllWhereOtherThingsLieIsRefusedBeforeAnythingIsDone() throws IOException {
        Path notes = Files.createDirectories(folder.resolve("mine")).resolve("notes.txt");
        Files.writeString(notes, "mine");

        for (String command : List.of("profile", "recommend", "pipeline")) {
            assertThat(refused(
                            2, command, "--all", "--output", notes.getParent().toString()))
                    .contains("--output " + notes.getParent(), "notes.txt", "new, empty");
        }
        assertThat(notes).hasContent("mine");
    }

    @Test
    void theManualsExamplesWorkOneAfterTheOther() throws IOException {
        // Given: the warehouse of a night, and a text file.
        Path copy = Night.copy(folder.resolve("copy")).location();
        Path texts = file("trending_hashtags.txt", "#cats and #dogs\n#streetfood tonight\n#cats again\n".repeat(5));
        Path taxonomy = folder.resolve("output/taxonomy.json");
        Path profile = folder.resolve("output/profile.json");
        Path list = folder.resolve("output/recommendations.json");

        // When and then.
        Ended made = runOn(
                copy,
                "taxonomy",
                "--input",
                texts.toString(),
                "--output",
                taxonomy.toString(),
                "--num-categories",
                "100");
        assertThat(made.exitCode()).as(made.err()).isZero();
        assertThat(made.err()).isEmpty();
        assertThat(made.out()).contains("Taxonomy:", " categories (");
        assertThat(json(taxonomy)).isNotEmpty().allSatisfy(category -> {
            assertThat(category.fieldNames())
                    .toIterable()
                    .containsExactly("tag", "description", "keywords", "embedding");
            assertThat(category.path("embedding")).hasSize(384);
        });

        Ended profiled = runOn(
                copy,
                "profile",
                "--username",
                "@" + username.toUpperCase(Locale.ROOT),
                "--taxonomy",
                taxonomy.toString(),
                "--output",
                profile.toString());
        assertThat(profiled.exitCode()).as(profiled.err()).isZero();
        assertThat(profiled.out()).contains("Profile:    1 users");
        assertThat(json(profile).path("username").asText()).isEqualTo(username);
        assertThat(json(profile).path("tags").isArray()).isTrue();

        Ended recommended = runOn(
                copy,
                "recommend",
                "--username",
                username,
                "--profile",
                profile.toString(),
                "--count",
                "20",
                "--output",
                list.toString());
        assertThat(recommended.exitCode()).as(recommended.err()).isZero();
        assertThat(recommended.out()).contains("Recommend:").contains("of 1 users");
        JsonNode recommendations = json(list);
        assertThat(recommendations.size()).isEqualTo((int)
                new StoredTables(copy).of(username, Recommendations.TABLE).count());
        assertThat(recommendations)
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.fieldNames())
                        .toIterable()
                        .contains("rank", "video_id", "score", "scores", "matched_tags", "stats", "source_query"));

        Ended pipeline =
                runOn(copy, "pipeline", "--username", username, "--taxonomy", taxonomy.toString(), "--count", "20");
        assertThat(pipeline.exitCode()).as(pipeline.err()).isZero();
        assertThat(pipeline.out()).contains("as before", "Recommend:");
        assertThat(new StoredTables(copy)
                        .rows(Recommendations.TABLE, col(Users.USERNAME).notEqual(username))
                        .count())
                .as("other users' lists stay")
                .isEqualTo(
                        tables.rows(Recommendations.TABLE, col(Users.USERNAME).notEqual(username))
                                .count());
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    }
}
