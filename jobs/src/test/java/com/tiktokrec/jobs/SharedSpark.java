package com.tiktokrec.jobs;

import com.holdenkarau.spark.testing.JavaDataFrameSuiteBase;
import com.tiktokrec.common.spark.SparkSessions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of all tests, and spark-testing-base's comparisons over it. */
public final class SharedSpark {

    private static final class Holder {
        static final SparkSession SESSION = SparkSessions.tunedForOneMachine(
                        SparkSessions.withDelta(SparkSession.builder()
                                .appName("tests")
                                .master("local[2]")
                                // Generating code for a few rows takes several times as long as interpreting.
                                .config("spark.sql.codegen.wholeStage", "false")
                                // So does looking at each stage's output before the next is planned.
                                .config("spark.sql.adaptive.enabled", "false")
                                .config("spark.sql.lightweightPlanChangeValidation", "false")
                                .config("spark.databricks.delta.stats.collect", "false")
                                .config("spark.databricks.delta.writeChecksumFile.enabled", "false")
                                .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")),
                        2)
                .getOrCreate();
        static final Comparisons COMPARISONS = new Comparisons();
    }

    /** Lends spark-testing-base our session: its own life cycle is JUnit 4's. */
    private static final class Comparisons extends JavaDataFrameSuiteBase {
        @Override
        public SparkSession spark() {
            return Holder.SESSION;
        }

        @Override
        public boolean enableHiveSupport() {
            return false;
        }
    }

    private SharedSpark() {}

    public static SparkSession session() {
        return Holder.SESSION;
    }

    /** Asserts that two DataFrames have the same schema and the same rows, in any order. */
    public static void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
        Holder.COMPARISONS.assertDataFrameNoOrderEquals(expected, actual);
    }

    /** Asserts that two DataFrames have the same schema and rows in the same order, doubles within a tolerance. */
    public static void assertNearlyEqual(Dataset<Row> expected, Dataset<Row> actual, double tolerance) {
        Holder.COMPARISONS.assertDataFrameApproximateEquals(expected, actual, tolerance);
    }
}
