package com.tiktokrec.jobs.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.common.tables.Runs;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.JvmProcess;
import com.tiktokrec.jobs.StoredTables;
import com.tiktokrec.jobs.run.RunSession.Coverage;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a run ends whose process is told to: processes of their own, with all cores busy. */
@Timeout(300)
class StoppedRunIT {

    private static final LocalDate DATE = LocalDate.of(2026, 11, 23);
    private static final int BY_SIGTERM = 128 + 15;

    @TempDir
    private Path folder;

    private JvmProcess busyRun() {
        JvmProcess process = new JvmProcess(Map.of(), List.of(), EndlessRun.class, folder.toString(), DATE.toString());
        process.awaitLine(EndlessRun.BUSY::equals);
        return process;
    }

    private Row stored() {
        return new StoredTables(folder)
                .rows(Runs.TABLE, col(SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(DATE))))
                .orderBy(Runs.STARTED_AT)
                .first();
    }

    /** The next try of the night, at a time. */
    private String nextRunAt(Instant now) {
        return new RunSession(
                        "profile",
                        DATE,
                        Settings.load(Optional.empty(), Map.of("pipeline.takeover-after", "30s"), Map.of()),
                        folder.toString(),
                        Optional.empty(),
                        Clock.fixed(now, ZoneOffset.UTC))
                .run(false, Run::id, id -> new Coverage(0, 0))
                .result();
    }

    @Test
    void aRunThatASignalStopsSaysSoAndTheNextMayStartAtOnce() throws Exception {
        try (JvmProcess process = busyRun()) {
            process.terminate();

            assertThat(process.await())
                    .as(() -> String.join("\n", process.lines()))
                    .isEqualTo(BY_SIGTERM);
            assertThat(process.lines()).anyMatch(line -> line.contains("A signal stopped run " + DATE + "-profile-"));
        }
        Row stopped = stored();
        assertThat(stopped.<String>getAs(Users.STATUS)).isEqualTo(RunRecords.FAILED);
        assertThat(stopped.<String>getAs(Runs.ERROR)).isEqualTo("stopped by a signal");
        assertThat(stopped.<Timestamp>getAs(Runs.FINISHED_AT)).isNotNull();
        assertThat(stopped.<String, Long>getJavaMap(stopped.fieldIndex(Runs.COUNTS)))
                .containsEntry("things", 3L);

        Instant atOnce = stopped.<Timestamp>getAs(Runs.FINISHED_AT).toInstant();
        assertThat(nextRunAt(atOnce)).startsWith(DATE + "-profile-");
        assertThat(stored().<String>getAs(Users.STATUS)).isEqualTo(RunRecords.FAILED);
    }

    @Test
    void aRunThatIsKilledSaysNothingAndIsTakenOverOnceItWasSilentForLongEnough() throws Exception {
        try (JvmProcess process = busyRun()) {
            process.kill();
            process.await();
        }
        Row killed = stored();
        assertThat(killed.<String>getAs(Users.STATUS)).isEqualTo(RunRecords.RUNNING);
        Instant heard = killed.<Timestamp>getAs(Runs.HEARTBEAT_AT).toInstant();

        assertThatThrownBy(() -> nextRunAt(heard.plusSeconds(30)))
                .hasMessageContaining(killed.<String>getAs(Table.RUN_ID))
                .hasMessageContaining("pipeline.takeover-after (30 s)");
        nextRunAt(heard.plusSeconds(31));

        assertThat(stored().<String>getAs(Users.STATUS)).isEqualTo(RunRecords.ABANDONED);
    }
}
