package com.tiktokrec.jobs.cli;

import com.tiktokrec.jobs.Main;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The spark-submit command that a command line stands for. */
final class SparkSubmit {

    private SparkSubmit() {}

    static String commandLine(List<String> arguments, CommonOptions common, Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        String home = environment.get("SPARK_HOME");
        words.add(home == null ? "spark-submit" : home + "/bin/spark-submit");
        words.add("--class");
        words.add(Main.class.getName());
        common.master().ifPresent(master -> words.addAll(List.of("--master", master)));
        common.deployMode().ifPresent(mode -> words.addAll(List.of("--deploy-mode", mode)));
        // A copy of a task that calls models would only wait for the first one's answers.
        words.addAll(List.of("--conf", "spark.speculation=false"));
        words.add(environment.getOrDefault("TIKTOK_REC_JAR", jar()));
        arguments.stream().filter(argument -> !argument.equals("--dry-run")).forEach(words::add);
        return words.stream().map(SparkSubmit::quoted).collect(Collectors.joining(" "));
    }

    private static String jar() {
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
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
