package com.tiktokrec.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.jobs.Program;
import com.tiktokrec.jobs.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSubmitTest {

    private static final String SETTINGS = " --conf spark.plugins=com.tiktokrec.common.model.ModelCallsPlugin"
            + " --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension"
            + " --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog"
            + " --conf spark.delta.logStore.s3a.impl=com.tiktokrec.common.s3.ConditionalLogStore"
            + " --conf spark.sql.session.timeZone=UTC"
            + " --conf 'spark.redaction.regex=(?i)secret|password|token|access[.]?key|api.?key|account.?key|encryption.?key'"
            + " --conf spark.speculation=false"
            + " --conf spark.scheduler.mode=FAIR"
            + " --conf spark.metrics.namespace=tiktok_rec";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    /** A deployed program: the jar, and two jars beside it. */
    @BeforeEach
    void deploy() throws IOException {
        Files.createDirectories(folder.resolve("jars"));
        Files.createFile(folder.resolve("tiktok-rec.jar"));
        Files.createFile(folder.resolve("jars/delta.jar"));
        Files.createFile(folder.resolve("jars/aws.jar"));
        environment.put("SPARK_HOME", "/opt/spark");
        environment.put("TIKTOK_REC_JAR", folder.resolve("tiktok-rec.jar").toString());
        environment.put("OPENAI_API_KEY", "test-key-123");
    }

    private Ended run(String... arguments) {
        return Program.at("2026-11-24T02:00:00Z").withEnvironment(environment).run(arguments);
    }

    private String command(String... arguments) {
        Ended ended = run(arguments);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).doesNotContain("test-key-123", "--dry-run");
        return ended.out().strip().replace(folder.toString(), "HOME");
    }

    @Test
    void onThisMachineTheDriverGetsMemoryAndLogsOfItsOwn() {
        environment.put("TIKTOK_REC_LOG4J", "/opt/my conf/log4j2.properties");

        assertThat(command(
                        "pipeline",
                        "--all",
                        "--dry-run",
                        "--master",
                        "local[2]",
                        "--warehouse",
                        "/nowhere/it's here",
                        "--set",
                        "ranking.blocked-hashtags=[\"a b\", c]"))
                .isEqualTo("/opt/spark/bin/spark-submit --class com.tiktokrec.jobs.Main --name 'tiktok-rec pipeline'"
                        + " --master 'local[2]' --driver-memory 2g --jars HOME/jars/aws.jar,HOME/jars/delta.jar"
                        + SETTINGS
                        + " --driver-java-options -Dlog4j2.configurationFile=file:///opt/my%20conf/log4j2.properties"
                        + " HOME/tiktok-rec.jar pipeline --all --master 'local[2]'"
                        + " --warehouse '/nowhere/it'\\''s here' --set 'ranking.blocked-hashtags=[\"a b\", c]'");
    }

    @Test
    void onAStandaloneClusterTheClustersOwnMemoryHolds() throws IOException {
        Path properties = Files.createFile(folder.resolve("spark.conf"));
        environment.put("TIKTOK_REC_SPARK_PROPERTIES", properties.toString());

        assertThat(command("recommend", "--all", "--master", "spark://m:7077", "--conf", "my.conf", "--dry-run"))
                .isEqualTo("/opt/spark/bin/spark-submit --class com.tiktokrec.jobs.Main --name 'tiktok-rec recommend'"
                        + " --master spark://m:7077 --properties-file HOME/spark.conf --load-spark-defaults"
                        + " --jars HOME/jars/aws.jar,HOME/jars/delta.jar"
                        + SETTINGS
                        + " HOME/tiktok-rec.jar recommend --all --master spark://m:7077 --conf my.conf");
    }

    @Test
    void onYarnALocalConfigurationIsShippedAndFoundByItsName() {
        environment.put("TIKTOK_REC_LOG4J", "/opt/conf/log4j2.properties");
        environment.put("TIKTOK_REC_MEMORY", "8g");

        assertThat(command(
                        "check",
                        "--master",
                        "yarn",
                        "--deploy-mode",
                        "cluster",
                        "--conf",
                        "/etc/tiktok-rec/cluster.conf",
                        "--dry-run"))
                .isEqualTo("/opt/spark/bin/spark-submit --class com.tiktokrec.jobs.Main --name 'tiktok-rec check'"
                        + " --master yarn --deploy-mode cluster --driver-memory 8g"
                        + " --jars HOME/jars/aws.jar,HOME/jars/delta.jar"
                        + SETTINGS
                        + " --conf spark.yarn.maxAppAttempts=1"
                        + " --files /etc/tiktok-rec/cluster.conf HOME/tiktok-rec.jar check --master yarn"
                        + " --deploy-mode cluster --conf cluster.conf");
    }

    @Test
    void onKubernetesTheImageHasTheJars() {
        environment.put("TIKTOK_REC_IMAGE_HOME", "/app");

        assertThat(command(
                        "profile",
                        "--all",
                        "--master=k8s://https://api:6443",
                        "--deploy-mode=cluster",
                        "--conf=s3a://bucket/cluster.conf",
                        "--dry-run"))
                .isEqualTo("/opt/spark/bin/spark-submit --class com.tiktokrec.jobs.Main --name 'tiktok-rec profile'"
                        + " --master k8s://https://api:6443 --deploy-mode cluster"
                        + " --jars local:///app/jars/aws.jar,local:///app/jars/delta.jar"
                        + SETTINGS
                        + " local:///app/tiktok-rec.jar profile --all --master=k8s://https://api:6443"
                        + " --deploy-mode=cluster --conf=s3a://bucket/cluster.conf");
    }

    @Test
    void whatSparksOwnFilesSayIsNotOverridden() throws IOException {
        Path defaults = Files.createDirectories(folder.resolve("conf")).resolve("spark-defaults.conf");
        Files.writeString(defaults, """
                spark.master yarn
                spark.submit.deployMode cluster
                spark.driver.memory 8g
                spark.plugins org.example.Plugin
                spark.delta.logStore.s3a.impl io.delta.storage.S3SingleDriverLogStore
                """);
        environment.put("SPARK_CONF_DIR", defaults.getParent().toString());
        environment.put("TIKTOK_REC_LOG4J", "/opt/log4j2.properties");

        String onYarn = command("check", "--conf", "/etc/my.conf", "--dry-run");

        assertThat(onYarn)
                .doesNotContain("spark.plugins", "logStore", "--driver-memory", "log4j2", "--master")
                .contains("spark.sql.extensions=", "maxAppAttempts=1", "--files /etc/my.conf", "--conf my.conf");

        Files.writeString(defaults, "spark.driver.extraJavaOptions -XX:+UseSerialGC -Dx=y");
        assertThat(command("check", "--dry-run"))
                .contains("--driver-java-options '-XX:+UseSerialGC -Dx=y"
                        + " -Dlog4j2.configurationFile=file:///opt/log4j2.properties'");

        Files.writeString(
                defaults,
                "spark.driver.extraJavaOptions -Dlog4j2.configurationFile=file:/opt/theirs\n"
                        + "spark.jars /opt/hadoop-azure.jar");
        assertThat(command("check", "--dry-run"))
                .doesNotContain("--driver-java-options")
                .contains("--jars /opt/hadoop-azure.jar,HOME/jars/");
    }

    @Test
    void aConfigurationThatTheDriverCouldNotReadIsRefused() {
        for (String master : new String[] {"k8s://https://api:6443", "spark://m:7077"}) {
            Ended ended =
                    run("check", "--master", master, "--deploy-mode", "cluster", "--conf", "my.conf", "--dry-run");

            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.lastError())
                    .contains("--conf is my.conf", master, "s3a://BUCKET/my.conf", "local:///PATH");
        }
    }

    @Test
    void withoutSparkHomeSparkSubmitIsTakenFromThePath() {
        environment.remove("SPARK_HOME");

        assertThat(command("recommend", "--username", "@ann", "--dry-run"))
                .startsWith(
                        "spark-submit --class com.tiktokrec.jobs.Main --name 'tiktok-rec recommend' --driver-memory 2g ")
                .endsWith("HOME/tiktok-rec.jar recommend --username @ann");
    }

    @Test
    void withoutSparkSubmitAClusterIsRefused() {
        Ended byMaster = run("check", "--master", "spark://m:7077");
        Ended byMode = run("check", "--deploy-mode", "cluster");

        assertThat(byMaster.exitCode()).isEqualTo(2);
        assertThat(byMaster.lastError()).contains("--master is spark://m:7077", "SPARK_HOME", "--dry-run");
        assertThat(byMode.exitCode()).isEqualTo(2);
    }

    @Test
    void aConfigurationIsReadFromAUri() throws IOException {
        Path conf = Files.writeString(folder.resolve("my.conf"), "tiktok-rec.pipeline.num-categories = 0");

        for (String uri : new String[] {"file://" + conf, "local://" + conf, conf.toString()}) {
            Ended ended = run("check", "--conf", uri, "--warehouse", "w");
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.err()).contains("num-categories");
        }
        Ended missing = run("check", "--conf", "nosuchscheme://bucket/my.conf", "--warehouse", "w");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.lastError()).contains("nosuchscheme://bucket/my.conf", "cannot be read");
    }
}
