package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.spark.SparkSessions;
import com.tiktokrec.jobs.Main;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The spark-submit command that a command line stands for: {@code bin/tiktok-rec} runs it, {@code --dry-run} shows it.
 * What depends on where a cluster keeps things is told by the environment: {@code SPARK_HOME}, {@code TIKTOK_REC_JAR}
 * (with Delta and S3A in the folder {@code jars} beside it), {@code TIKTOK_REC_SPARK_PROPERTIES} (a Spark properties file),
 * {@code TIKTOK_REC_LOG4J}, {@code TIKTOK_REC_MEMORY} and {@code TIKTOK_REC_IMAGE_HOME} (where an image for Kubernetes
 * has the jar, {@code /opt/tiktok-rec} unless set).
 */
final class SparkSubmit {

    private static final String IMAGE_HOME = "/opt/tiktok-rec";
    private static final String LOCAL_MEMORY = "2g";

    private final Map<String, String> environment;
    private final Properties given;
    private final Optional<String> master;
    private final boolean clusterMode;

    private SparkSubmit(CommonOptions common, Map<String, String> environment) {
        this.environment = environment;
        this.given = sparkProperties();
        this.master = common.master().or(() -> given("spark.master"));
        this.clusterMode = common.deployMode()
                .or(() -> given("spark.submit.deployMode"))
                .filter("cluster"::equals)
                .isPresent();
    }

    /** What spark-submit will read by itself, and an option would win over. */
    private Properties sparkProperties() {
        Properties properties = new Properties();
        variable("SPARK_CONF_DIR")
                .or(() -> variable("SPARK_HOME").map(home -> home + "/conf"))
                .map(folder -> Path.of(folder, "spark-defaults.conf"))
                .filter(Files::isRegularFile)
                .ifPresent(file -> load(properties, file));
        variable("TIKTOK_REC_SPARK_PROPERTIES").map(Path::of).ifPresent(file -> load(properties, file));
        return properties;
    }

    private static void load(Properties properties, Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw RunFailure.usage("the Spark properties " + file + " cannot be read (" + e
                    + "). Mend TIKTOK_REC_SPARK_PROPERTIES, or SPARK_CONF_DIR.");
        }
    }

    private Optional<String> given(String property) {
        return Optional.ofNullable(given.getProperty(property)).map(String::strip);
    }

    /** The command, its words quoted for a shell. */
    static String commandLine(
            String command, List<String> arguments, CommonOptions common, Map<String, String> environment) {
        return new SparkSubmit(common, environment)
                .words(command, arguments, common).stream()
                        .map(SparkSubmit::quoted)
                        .collect(Collectors.joining(" "));
    }

    private List<String> words(String command, List<String> arguments, CommonOptions common) {
        List<String> words = new ArrayList<>();
        words.add(variable("SPARK_HOME").map(home -> home + "/bin/spark-submit").orElse("spark-submit"));
        words.addAll(List.of("--class", Main.class.getName(), "--name", "tiktok-rec " + command));
        common.master().ifPresent(value -> words.addAll(List.of("--master", value)));
        common.deployMode().ifPresent(mode -> words.addAll(List.of("--deploy-mode", mode)));
        variable("TIKTOK_REC_SPARK_PROPERTIES")
                .ifPresent(file -> words.addAll(List.of("--properties-file", file, "--load-spark-defaults")));
        memory().ifPresent(memory -> words.addAll(List.of("--driver-memory", memory)));
        List<String> jars = jarsBeside();
        if (!jars.isEmpty()) {
            // As the option takes the place of the property, it holds that, too.
            String others = given("spark.jars").map(theirs -> theirs + ",").orElse("");
            words.addAll(List.of("--jars", others + String.join(",", jars)));
        }
        settings().forEach((key, value) -> words.addAll(List.of("--conf", key + "=" + value)));
        if (!clusterMode && !configuresLogs(given("spark.driver.extraJavaOptions"))) {
            variable("TIKTOK_REC_LOG4J")
                    .ifPresent(file -> words.addAll(List.of("--driver-java-options", driverOptions(file))));
        }
        Optional<String> shipped = common.conf().filter(file -> clusterMode && isLocal(file));
        shipped.ifPresent(file -> words.addAll(List.of("--files", shippable(file))));
        words.add(isKubernetesCluster() ? "local://" + imageHome() + "/" + name(jar()) : jar());
        words.addAll(ours(arguments, shipped));
        return words;
    }

    /** Settings that no file of the user's makes. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(SparkSessions.SETTINGS);
        if (clusterMode && master.filter("yarn"::equals).isPresent()) {
            // YARN would take exit codes for a broken machine, and run a command that said no a second time.
            settings.put("spark.yarn.maxAppAttempts", "1");
        }
        settings.keySet().removeIf(given::containsKey);
        return settings;
    }

    private static boolean configuresLogs(Optional<String> javaOptions) {
        return javaOptions
                .filter(options -> options.contains("-Dlog4j2.configurationFile="))
                .isPresent();
    }

    /** As the option takes the place of a property, it holds that, too. */
    private String driverOptions(String log4j) {
        String logs = "-Dlog4j2.configurationFile=" + Path.of(log4j).toUri().toASCIIString();
        return given("spark.driver.extraJavaOptions")
                .map(others -> others + " " + logs)
                .orElse(logs);
    }

    /** What the program itself reads; a file that is shipped has only its name on the other side. */
    private static List<String> ours(List<String> arguments, Optional<String> shipped) {
        List<String> ours = new ArrayList<>();
        for (String argument : arguments) {
            if (!argument.equals("--dry-run")) {
                ours.add(shipped.filter(file -> argument.equals(file) || argument.equals("--conf=" + file))
                        .map(file -> argument.replace(file, name(file)))
                        .orElse(argument));
            }
        }
        return ours;
    }

    private String shippable(String file) {
        if (!master.filter("yarn"::equals).isPresent()) {
            throw RunFailure.usage("--conf is " + file + ", a file of this machine, and in cluster mode the driver of "
                    + master.orElse("this master") + " runs on another. Put the file where the driver can read it, and"
                    + " give --conf s3a://BUCKET/" + name(file) + " or, for a file of the image or of every node,"
                    + " --conf local:///PATH.");
        }
        return file;
    }

    private static boolean isLocal(String file) {
        return !file.contains(":/");
    }

    private boolean isKubernetesCluster() {
        return clusterMode && master.filter(value -> value.startsWith("k8s://")).isPresent();
    }

    /** Without a word from the user a driver on this machine gets more than Spark's 1 GB. */
    private Optional<String> memory() {
        boolean here = given("spark.driver.memory").isEmpty()
                && master.map(value -> value.startsWith("local")).orElse(true);
        return variable("TIKTOK_REC_MEMORY").or(() -> here ? Optional.of(LOCAL_MEMORY) : Optional.empty());
    }

    private List<String> jarsBeside() {
        Path folder = Path.of(jar()).resolveSibling("jars");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith(".jar"))
                    .sorted()
                    .map(file -> isKubernetesCluster() ? "local://" + imageHome() + "/jars/" + name(file) : file)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String imageHome() {
        return variable("TIKTOK_REC_IMAGE_HOME").orElse(IMAGE_HOME);
    }

    private String jar() {
        return variable("TIKTOK_REC_JAR").orElseGet(() -> {
            try {
                return Path.of(Main.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString();
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static String name(String file) {
        return Path.of(file).getFileName().toString();
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
