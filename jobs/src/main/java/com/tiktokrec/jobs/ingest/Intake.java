package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a reading of the landing files found, in numbers.
 *
 * @param files that were read
 * @param unchanged files that an earlier run had read, by their content
 * @param units items, user answers and records that are neither: what {@code max-bad-ratio} is a ratio of
 */
record Intake(
        long files,
        long unchanged,
        long records,
        long bad,
        long units,
        long errorAnswers,
        long unownedPages,
        long listPages,
        long searchPages) {

    private static final String FAILURES = "failures";

    /**
     * Counts what was read; this reads it.
     *
     * @throws RunFailure where a file can't be read, or an input holds no record
     */
    static Intake of(Dataset<Row> landed, List<String> inputs, List<Boolean> covered) {
        Column failure = col(Landing.FAILURE);
        // A row an input: few.
        List<Row> byInput = landed.where(col(Landing.FILE).isNotNull())
                .select(col(Quarantine.SOURCE_FILE), col(Landing.FILE + ".*"))
                .groupBy(Landing.INPUT)
                .agg(
                        count_if(col(Landing.UNCHANGED).unary_$bang()).as(Landing.FILE),
                        count_if(col(Landing.UNCHANGED)).as(Landing.UNCHANGED),
                        fresh(IngestedFiles.RECORDS),
                        fresh(IngestedFiles.BAD),
                        fresh(Landing.UNITS),
                        fresh(Landing.ERROR_ANSWERS),
                        fresh(Landing.UNOWNED_PAGES),
                        fresh(Landing.LIST_PAGES),
                        fresh(Landing.SEARCH_PAGES),
                        min(when(failure.isNotNull(), concat(col(Quarantine.SOURCE_FILE), lit(": "), failure)))
                                .as(Landing.FAILURE),
                        count(failure).as(FAILURES))
                .collectAsList();
        requireReadable(byInput);
        for (Row input : byInput) {
            int index = input.<Integer>getAs(Landing.INPUT);
            boolean empty = number(input, IngestedFiles.RECORDS) + number(input, Landing.UNCHANGED) == 0;
            if (empty && !covered.get(index)) {
                throw RunFailure.input("--input " + inputs.get(index) + " holds no record: its files are empty. Give"
                        + " a folder or file with crawled JSON lines.");
            }
        }
        return new Intake(
                total(byInput, Landing.FILE),
                total(byInput, Landing.UNCHANGED),
                total(byInput, IngestedFiles.RECORDS),
                total(byInput, IngestedFiles.BAD),
                total(byInput, Landing.UNITS),
                total(byInput, Landing.ERROR_ANSWERS),
                total(byInput, Landing.UNOWNED_PAGES),
                total(byInput, Landing.LIST_PAGES),
                total(byInput, Landing.SEARCH_PAGES));
    }

    private static Column fresh(String count) {
        return sum(when(col(Landing.UNCHANGED), lit(0L)).otherwise(col(count))).as(count);
    }

    private static void requireReadable(List<Row> byInput) {
        long failures = total(byInput, FAILURES);
        byInput.stream()
                .map(input -> input.<String>getAs(Landing.FAILURE))
                .filter(Objects::nonNull)
                .min(String::compareTo)
                .ifPresent(first -> {
                    throw RunFailure.input("cannot read " + first
                            + (failures > 1 ? " (and " + (failures - 1) + " more files)" : "")
                            + ". Mend or remove it: nothing was ingested.");
                });
    }

    private static long total(List<Row> rows, String column) {
        return rows.stream().mapToLong(row -> number(row, column)).sum();
    }

    private static long number(Row row, String column) {
        Long number = row.getAs(column);
        return number == null ? 0 : number;
    }

    /** With records found bad only later, when all files were read. */
    Intake withMoreBad(long more) {
        return new Intake(
                files,
                unchanged,
                records,
                bad + more,
                units + more,
                errorAnswers,
                unownedPages,
                listPages,
                searchPages);
    }

    double badRatio() {
        return units == 0 ? 0 : (double) bad / units;
    }
}
