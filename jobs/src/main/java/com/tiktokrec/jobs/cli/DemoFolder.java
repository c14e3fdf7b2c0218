package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a demo: made anew each time, and never over anything that a demo did not make. */
final class DemoFolder {

    private static final String MARKER = ".tiktok-rec-demo";
    private static final String CRAWL = "_crawl";

    private DemoFolder() {}

    /** Empties a demo's folder, or makes it, and names the folder in it for the crawl. */
    static Path fresh(Path folder) {
        try {
            if (Files.exists(folder)) {
                if (!isEmpty(folder) && !Files.exists(folder.resolve(MARKER))) {
                    throw RunFailure.usage("the demo wants a folder of its own, and " + folder
                            + " holds something that no demo made. Give another one with --warehouse.");
                }
                delete(folder);
            }
            Files.createDirectories(folder);
            Files.createFile(folder.resolve(MARKER));
            return folder.resolve(CRAWL);
        } catch (IOException e) {
            throw RunFailure.failed(
                    "the demo's folder " + folder + " cannot be written: " + e + ". Give another one with --warehouse.",
                    e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            List<File> deepestFirst =
                    paths.sorted(Comparator.reverseOrder()).map(Path::toFile).toList();
            for (File file : deepestFirst) {
                Files.delete(file.toPath());
            }
        }
    }
}
