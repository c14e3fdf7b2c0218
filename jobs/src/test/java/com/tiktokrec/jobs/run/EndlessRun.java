package com.tiktokrec.jobs.run;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.run.RunSession.Coverage;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** A run that keeps all cores busy for ever, in a process of its own: one that a test may stop. */
public final class EndlessRun {

    static final String BUSY = "all cores are busy";

    private static final int CORES = 2;

    private EndlessRun() {}

    /** Warehouse and date. */
    public static void main(String[] arguments) {
        RunSession session = new RunSession(
                "profile",
                LocalDate.parse(arguments[1]),
                Settings.load(Optional.empty(), Map.of(), Map.of()),
                arguments[0],
                Optional.of("local[" + CORES + "]"),
                Clock.systemUTC());
        session.run(
                false,
                run -> run.step("count for ever", () -> {
                    run.ledger().count("things", 3);
                    run.spark().sparkContext().addSparkListener(new SparkListener() {
                        private int started;

                        @Override
                        public void onTaskStart(SparkListenerTaskStart task) {
                            if (++started == CORES) {
                                System.out.println(BUSY);
                            }
                        }
                    });
                    return run.spark()
                            .range(0, Long.MAX_VALUE, 1, 2 * CORES)
                            .where("hash(id) = id")
                            .count();
                }),
                result -> new Coverage(0, 0));
    }
}
