package com.tiktokrec.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.run.CodeVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line refuses, teaches and prints before anything runs. */
class CliTest {

    private static final List<String> COMMANDS =
            List.of("demo", "generate", "crawl", "ingest", "taxonomy", "profile", "recommend", "pipeline", "check");

    private static final int DONE = ExitCode.DONE.code();
    private static final int USAGE = ExitCode.USAGE.code();

    private static Ended run(String... arguments) {
        return Program.at("2026-11-24T02:00:00Z").run(arguments);
    }

    /** A problem told as it should be: on standard error alone, the last line, without a stack trace. */
    private static String problem(Ended ended, int exitCode) {
        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
        assertThat(ended.out()).as("standard output").isEmpty();
        assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(ended.lastError()).as("the last line").isNotBlank();
        return ended.lastError();
    }

    @Test
    void exitCodesAreThoseOfTheManual() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::code)).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(ExitCode.valueOf("INPUT").code()).isEqualTo(3);
        assertThat(ExitCode.valueOf("DEGRADED").code()).isEqualTo(5);
    }

    @Test
    void theProgramsHelpNamesEveryCommandWhereToStartAndTheExitCodes() {
        Ended ended = run("--help");

        assertThat(ended.exitCode()).isEqualTo(DONE);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains(COMMANDS)
                .contains("tiktok-rec demo", "pipeline --all --input", "Exit codes: 0 done", "5 done, but too many");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "generate", "crawl", "ingest", "taxonomy", "profile", "recommend", "pipeline", "check"})
    void theHelpOfACommandTeachesItByAnExampleAndItsOptions(String command) {
        Ended ended = run(command, "--help");

        assertThat(ended.exitCode()).isEqualTo(DONE);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("Usage: tiktok-rec " + command, "Example: tiktok-rec " + command)
                .contains("--conf", "--set", "--warehouse", "--run-date", "--verbose", "--help", "--version");
    }

    @Test
    void helpTellsDefaultsAndBounds() {
        assertThat(run("recommend", "--help").out()).contains("1 to 1000 (default: 20)", "--profile", "--output");
        assertThat(run("taxonomy", "--help").out()).contains("1 to 500 (default: 100)", "OPENAI_API_KEY");
        assertThat(run("crawl", "--help").out())
                .contains("export RAPIDAPI_KEY=", "https://rapidapi.com/", "about 6 requests", "subscribe to a plan");
    }

    @Test
    void onlyCommandsThatABackfillWouldBeRefusedTakeIfDue() {
        for (String command : COMMANDS) {
            boolean taken = List.of("ingest", "taxonomy", "profile").contains(command);
            assertThat(run(command, "--help").out().contains("--if-due"))
                    .as(command)
                    .isEqualTo(taken);
        }
        assertThat(problem(run("recommend", "--all", "--if-due"), USAGE)).contains("unknown option '--if-due'");
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(run("--version").out()).isEqualToIgnoringNewLines("tiktok-rec " + CodeVersion.current());
        assertThat(run("pipeline", "--version").out()).isEqualToIgnoringNewLines("tiktok-rec " + CodeVersion.current());
        assertThat(CodeVersion.current()).matches("[0-9]+\\.[0-9]+\\..*");
    }

    @ParameterizedTest
    @CsvSource({
        "pipelin --all, command 'pipelin', 'pipeline'",
        "recomend --all, command 'recomend', 'recommend'",
        "recommend --all --cout 5, option '--cout', '--count'",
        "recommend --all --cuont 5, option '--cuont', '--count'",
        "pipeline --all --warehose=W, option '--warehose=W', '--warehouse'",
        "generate --outptu x --output y, option '--outptu', '--output'",
    })
    void anUnknownNameIsRefusedWithTheNearestOne(String line, String unknown, String nearest) {
        assertThat(problem(run(line.split(" ")), USAGE))
                .contains("unknown " + unknown, "did you mean '" + nearest + "'");
    }

    @Test
    void anUnknownNameLikeNoOtherIsRefusedWithoutAGuess() {
        assertThat(problem(run("xyzzyplugh"), USAGE))
                .contains("unknown command 'xyzzyplugh'")
                .doesNotContain("did you");
        assertThat(problem(run("recommend", "--all", "--xyzzyplugh"), USAGE)).contains("'--xyzzyplugh'", "--help");
    }

    @Test
    void anArgumentThatBelongsToNothingIsRefused() {
        assertThat(problem(run("generate", "--output", "x", "stray"), USAGE)).contains("unknown argument 'stray'");
    }

    @ParameterizedTest
    @CsvSource({
        "pipeline.num-categoris=8, pipeline.num-categories",
        "models.llm.temprature=0.1, models.llm.temperature",
        "ranking.author-penalti=0.5, ranking.author-penalty",
    })
    void anUnknownKeyIsRefusedWithTheNearestOne(String setting, String nearest) {
        assertThat(problem(run("pipeline", "--all", "--set", setting), USAGE))
                .contains(setting.split("=", 2)[0], nearest);
    }

    @Test
    void allMistakesOfAConfigurationAreToldAtOnce() {
        Ended ended = run(
                "pipeline",
                "--all",
                "--set",
                "pipeline.num-categories=0",
                "--set",
                "ranking.author-penalty=high",
                "--set",
                "models.llm.provider=oracle");

        assertThat(problem(ended, USAGE)).contains("3 mistakes");
        assertThat(ended.err())
                .contains("pipeline.num-categories = \"0\": must be a whole number from 1 to 500")
                .contains("ranking.author-penalty = \"high\"")
                .contains("models.llm.provider = \"oracle\": must be one of auto, openai, local");
    }

    @Test
    void aConfigurationFileThatIsMissingIsWrongUsage() {
        assertThat(problem(run("pipeline", "--all", "--conf", "/nowhere/at-all.conf"), USAGE))
                .contains("/nowhere/at-all.conf", "does not exist");
    }

    @Test
    void crawlWithoutAKeyTellsHowToGetOneAndWhatGoesWithout() {
        assertThat(problem(run("crawl", "--username", "someone", "--output", "x"), USAGE))
                .contains("RAPIDAPI_KEY is not set", "crawl --help", "generate", "ingest");
    }

    @Test
    void aKeyThatCanBeNoneIsNotRepeated() {
        Ended ended = Program.at("2026-11-24T02:00:00Z")
                .withEnvironment(Map.of("RAPIDAPI_KEY", "half-a-key\nand more"))
                .run("crawl", "--username", "someone", "--output", "x");

        assertThat(problem(ended, USAGE)).contains("RAPIDAPI_KEY").doesNotContain("half-a-key");
    }

    @Test
    void crawlTakesOneSubject() {
        assertThat(problem(run("crawl", "--output", "x"), USAGE)).contains("--username", "--trending", "--queries");
        assertThat(problem(run("crawl", "--username", "a", "--trending", "5", "--output", "x"), USAGE))
                .contains("mutually exclusive");
        assertThat(problem(run("crawl", "--username", "a"), USAGE)).contains("--output");
    }

    @Test
    void estimateIsForCommandsThatCallModels() {
        assertThat(problem(run("ingest", "--input", "x", "--estimate"), USAGE)).contains("--estimate", "pipeline");
    }

    @Test
    void withoutACommandTheUsageAndWhereToStartAreShown() {
        Ended ended = run();

        assertThat(problem(ended, USAGE)).contains("no command", "tiktok-rec demo");
        assertThat(ended.err()).contains("Usage: tiktok-rec").contains(COMMANDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "2026-13-01", "2026-02-30", "24.11.2026", "2026-11-24T00:00:00Z", ""})
    void aRunDateThatIsNoDateIsRefused(String date) {
        assertThat(problem(run("pipeline", "--all", "--run-date", date), USAGE))
                .contains("--run-date is '" + date + "'", "YYYY-MM-DD");
        assertThat(problem(run("generate", "--output", "nowhere", "--run-date", date), USAGE))
                .contains("YYYY-MM-DD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "10000"})
    void aCountOutOfBoundsIsRefused(String count) {
        for (String command : List.of("recommend", "pipeline")) {
            assertThat(problem(run(command, "--all", "--count", count), USAGE))
                    .contains("--count is " + count, "1 to 1000");
        }
    }

    @Test
    void aCountThatIsNoNumberIsRefused() {
        assertThat(problem(run("recommend", "--all", "--count", "many"), USAGE)).contains("--count", "many");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "501", "10000"})
    void aNumberOfCategoriesOutOfBoundsIsRefused(String number) {
        assertThat(problem(run("taxonomy", "--num-categories", number), USAGE))
                .contains("num-categories = \"" + number + "\"", "1 to 500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"profile", "recommend", "pipeline"})
    void usersAreNamedOrAll(String command) {
        assertThat(problem(run(command), USAGE)).contains("--username", "--all");
        assertThat(problem(run(command, "--all", "--username", "ann"), USAGE)).contains("--username", "--all");
        assertThat(problem(run(command, "--username"), USAGE)).contains("--username");
    }

    @Test
    void whatACommandCannotDoWithoutIsTold() {
        assertThat(problem(run("ingest"), USAGE)).contains("--input");
        assertThat(problem(run("generate"), USAGE)).contains("--output");
        assertThat(problem(run("generate", "--users", "0", "--output", "x"), USAGE))
                .contains("--users is 0");
        assertThat(problem(run("demo", "--users", "3"), USAGE)).contains("--users is 3", "at least 8 users");
    }

    @Test
    void theStackTraceIsShownWhereItIsAskedFor() {
        Ended ended = run("recommend", "--all", "--count", "0", "--verbose");

        assertThat(ended.exitCode()).isEqualTo(USAGE);
        assertThat(ended.err()).contains("\tat com.tiktokrec.jobs.cli.CountOption");
        assertThat(ended.lastError()).startsWith("tiktok-rec: --count is 0");
    }

    @Test
    void aSecretIsNotRepeatedInAMessage() {
        Ended ended = Program.at("2026-11-24T02:00:00Z")
                .withEnvironment(Map.of("OPENAI_API_KEY", "test-key-123"))
                .run("pipeline", "--all", "--dry-run", "--set", "pipeline.num-categories=8");

        assertThat(ended.out() + ended.err()).doesNotContain("test-key-123");
    }
}
