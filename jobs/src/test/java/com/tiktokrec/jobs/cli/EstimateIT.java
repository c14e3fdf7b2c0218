package com.tiktokrec.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.jobs.FakeOpenAi;
import com.tiktokrec.jobs.Night;
import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.StoredTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run would cost, told before it is paid. */
class EstimateIT {

    @TempDir
    private Path folder;

    private final FakeOpenAi server = new FakeOpenAi();

    @AfterEach
    void stop() {
        server.close();
    }

    private Ended run(Path warehouse, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of(
                "--warehouse",
                warehouse.toString(),
                "--run-date",
                Night.DATE,
                "--set",
                "models.llm.provider=openai",
                "--set",
                "models.llm.model=a-model",
                "--set",
                "models.llm.base-url=" + server.baseUrl(),
                "--set",
                "models.prices.a-model={ input = 2, output = 8 }"));
        return Program.at(Night.NOW)
                .withEnvironment(Map.of("OPENAI_API_KEY", FakeOpenAi.KEY))
                .run(all.toArray(new String[0]));
    }

    @Test
    void anEstimateBuysNothingAndIsNearWhatTheRunThenUses() {
        Path warehouse = folder.resolve("warehouse");
        StoredTables tables = Night.copy(warehouse);
        Map<String, List<String>> before = tables.contents();
        server.chat(request -> FakeOpenAi.answer("{\"tags\": []}"));

        // When: estimated.
        Ended estimate = run(warehouse, "profile", "--all", "--estimate");

        assertThat(estimate.exitCode()).as(estimate.err()).isZero();
        assertThat(server.requests()).isZero();
        assertThat(tables.contents()).isEqualTo(before);
        String[] profile = estimate.out()
                .lines()
                .filter(line -> line.startsWith("profile "))
                .findFirst()
                .orElseThrow()
                .split("\\s+");
        assertThat(profile[1]).isEqualTo("a-model");

        // When: made by batches, for half the price.
        assertThat(usd(run(warehouse, "profile", "--all", "--estimate", "--set", "models.mode=batch")))
                .isCloseTo(usd(estimate) / 2, within(0.0001));

        // When: the same run is above what may be spent unasked.
        Ended stopped = run(warehouse, "profile", "--all", "--set", "models.confirm-above-usd=0.001");

        assertThat(stopped.exitCode()).isEqualTo(2);
        assertThat(stopped.lastError()).contains("models.confirm-above-usd", "--yes", "profile");
        assertThat(server.requests()).isZero();

        // When: it is confirmed.
        Ended done = run(warehouse, "profile", "--all", "--yes", "--set", "models.confirm-above-usd=0.001");

        assertThat(done.exitCode()).as(done.err()).isIn(0, 5);
        assertThat(number(profile[2])).isEqualTo(server.chats().size());
        TokenCounter counter = TokenCounter.o200kBase();
        long sent = server.chats().stream()
                .mapToLong(request -> counter.count(FakeOpenAi.system(request))
                        + counter.count(FakeOpenAi.user(request))
                        + counter.count(request.at("/response_format/json_schema/schema")
                                .toString()))
                .sum();
        assertThat((double) number(profile[3])).isCloseTo((double) sent, withinPercentage(15));
        assertThat(done.out())
                .contains("chat attempts: answered " + server.chats().size());
    }

    private static double usd(Ended estimate) {
        String line = estimate.out()
                .lines()
                .filter(candidate -> candidate.startsWith("profile "))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.split("\\s+")[5]);
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    @Test
    void aBudgetNeedsThePriceOfEveryModelInUse() {
        Ended ended = Program.at(Night.NOW)
                .withEnvironment(Map.of("OPENAI_API_KEY", FakeOpenAi.KEY))
                .run(
                        "profile",
                        "--all",
                        "--warehouse",
                        folder.resolve("empty").toString(),
                        "--set",
                        "models.llm.model=unpriced",
                        "--set",
                        "models.budget-usd=1");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.lastError()).contains("models.prices", "unpriced");
    }
}
