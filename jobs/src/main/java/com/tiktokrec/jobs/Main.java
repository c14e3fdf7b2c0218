package com.tiktokrec.jobs;

import com.tiktokrec.jobs.cli.Launcher;
import org.apache.spark.SparkUserAppException;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** The program: {@code bin/tiktok-rec} and the main class for spark-submit. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws SparkUserAppException {
        int exitCode = Launcher.forThisProcess().run(arguments);
        if (isYarnCluster()) {
            returnTo(exitCode);
        } else {
            silenceSpark();
            System.exit(exitCode);
        }
    }

    /** While it stops, Spark logs executors as lost, with stack traces, below the last line that says what was wrong. */
    private static void silenceSpark() {
        Option<SparkSession> session = SparkSession.getDefaultSession();
        if (session.isDefined()) {
            session.get().sparkContext().setLogLevel("OFF");
        }
    }

    private static boolean isYarnCluster() {
        return "yarn".equals(System.getProperty("spark.master"))
                && "cluster".equals(System.getProperty("spark.submit.deployMode"));
    }

    /** YARN's application master counts every exit of the JVM by a program as a failure, also that of a good run. */
    private static void returnTo(int exitCode) throws SparkUserAppException {
        if (exitCode != 0) {
            throw new SparkUserAppException(exitCode, null);
        }
    }
}
