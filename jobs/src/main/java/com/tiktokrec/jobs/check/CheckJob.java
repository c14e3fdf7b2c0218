package com.tiktokrec.jobs.check;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.jobs.run.Run;
import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Checks a night's recommendations, and writes nothing: how many users have lists, the form of the lists, their scores,
 * what may never be recommended, and the drift against an earlier night.
 *
 * <p>What the run that made a list could not know is not held against it: rows of videos and user_videos, and other
 * nights' lists, that later runs wrote are left out. Users are expected as the table users has them now.
 */
public final class CheckJob {

    /** The command's name in the record of runs. */
    static final String COMMAND = "check";

    private static final String COUNT = "check_";

    /** All checks of a night, in the order to read them. */
    public record Result(LocalDate date, List<Check> checks) {

        public List<Check> failed() {
            return checks.stream().filter(check -> !check.passed()).toList();
        }

        /**
         * Ends the run where a check failed.
         *
         * @throws RunFailure exit 4, naming each that failed and what it found
         */
        public void requireAllPassed() {
            if (!failed().isEmpty()) {
                throw RunFailure.checks(failed().size() + " of " + checks.size() + " checks of " + date + " failed: "
                        + failed().stream()
                                .map(check ->
                                        check.name() + ": " + check.found() + " (allowed: " + check.allowed() + ")")
                                .collect(Collectors.joining("; "))
                        + ". The lists stay as they are: do not serve them. Mend the cause, then run `recommend` and"
                        + " `check` for this date again; if this is right for your data, allow it with checks.* or"
                        + " give the configuration that the night was computed with.");
            }
        }
    }

    private CheckJob() {}

    public static Result run(Run run) {
        Nights nights = run.step("read the record of runs", () -> Nights.of(run));
        Optional<Nights.Listing> listing = nights.listing(run.date());
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                "finished run",
                listing.map(Nights.Listing::runId).orElse("none that recommended for this date"),
                "any",
                listing.isPresent()));
        listing.ifPresent(newest -> {
            Dataset<Row> tonight = run.warehouse()
                    .read(Recommendations.TABLE)
                    .where(col(SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(run.date()))));
            ListForms forms = run.step("check the lists", () -> ListForms.of(run, tonight, newest.countAsked()));
            checks.addAll(forms.checks(run.settings().checks()));
            forms.counts().forEach((name, number) -> run.ledger().count(COUNT + name, number));
            faultyRows(run, tonight).forEach((name, rows) -> {
                checks.add(Check.none(name, rows, "rows"));
                run.ledger().count(COUNT + name.replaceAll("[^a-z0-9]+", "_"), rows);
            });
            int minUsers = run.settings().checks().minUsers();
            Optional<LocalDate> measure = nights.measure(run.date(), forms.expected() < minUsers ? 0 : minUsers);
            Drift drift = run.step("compare with an earlier night", () -> Drift.of(run, measure));
            checks.addAll(drift.checks(run.settings().checks()));
            drift.counts().forEach((name, number) -> run.ledger().count(COUNT + name, number));
        });
        Result result = new Result(run.date(), checks);
        run.ledger().count("checks", checks.size());
        run.ledger().count("checks_failed", result.failed().size());
        return result;
    }

    private static Map<String, Long> faultyRows(Run run, Dataset<Row> tonight) {
        return run.step("check the rows", () -> RowFaults.of(run, tonight));
    }
}
