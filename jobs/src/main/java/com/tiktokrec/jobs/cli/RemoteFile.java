package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** A file that an option names, which in cluster mode may be on another machine than the driver. */
final class RemoteFile {

    private RemoteFile() {}

    /**
     * The file on this machine: itself where it is local, else a copy of the same name.
     *
     * @param location a path, {@code local://} and {@code file://} with a path of this machine, or a URI that Hadoop reads
     * @throws RunFailure exit 2 where it can't be read
     */
    static Path here(String location) {
        if (!location.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")) {
            return Path.of(location);
        }
        if (location.startsWith("local:") || location.startsWith("file:")) {
            return Path.of(location.replaceFirst("^\\w+:(//)?", ""));
        }
        org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(location);
        // There is no session yet; this reads spark-submit's settings as one will.
        try (InputStream in = remote.getFileSystem(SparkHadoopUtil.get().newConfiguration(new SparkConf()))
                .open(remote)) {
            Path copy = Files.createTempDirectory("tiktok-rec-conf").resolve(remote.getName());
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            copy.toFile().deleteOnExit();
            copy.getParent().toFile().deleteOnExit();
            return copy;
        } catch (IOException e) {
            throw RunFailure.usage("the configuration file " + location + " cannot be read (" + e.getMessage()
                    + "). Check the URI, and that Spark has the settings and credentials to read it.");
        }
    }
}
