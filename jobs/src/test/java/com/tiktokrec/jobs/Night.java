package com.tiktokrec.jobs;

import com.tiktokrec.jobs.Program.Ended;
import com.tiktokrec.jobs.generate.CrawlGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.commons.io.FileUtils;

/** A finished night over a generated crawl with the local models, made once for all tests; they work on copies. */
public final class Night {

    public static final String DATE = "2026-11-23";

    /** Two hours after the night's end: what the clock shows. */
    public static final String NOW = "2026-11-24T02:00:00Z";

    private record Made(Path crawl, Path warehouse, Ended ended) {}

    private static final class Holder {
        static final Made MADE = make();
    }

    private Night() {}

    private static Made make() {
        try {
            SharedSpark.session();
            Path folder = Files.createTempDirectory("night");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(folder.toFile())));
            Path crawl = folder.resolve("crawl");
            CrawlGenerator.generate(new CrawlGenerator.Options(20, 200, 42, crawl, LocalDate.parse(DATE)));
            Path warehouse = folder.resolve("warehouse");
            Ended ended = Program.at(NOW)
                    .run(
                            "pipeline",
                            "--all",
                            "--input",
                            crawl.toString(),
                            "--warehouse",
                            warehouse.toString(),
                            "--run-date",
                            DATE,
                            "--set",
                            "pipeline.num-categories=8");
            return new Made(crawl, warehouse, ended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The landing files of the night. */
    public static Path crawl() {
        return Holder.MADE.crawl();
    }

    /** How the run ended. */
    public static Ended ended() {
        return Holder.MADE.ended();
    }

    /** The night's warehouse, for tests that leave its tables as they are. */
    public static StoredTables shared() {
        return new StoredTables(Holder.MADE.warehouse());
    }

    /** A copy of the night's warehouse, to be written. */
    public static StoredTables copy(Path to) {
        return new StoredTables(copy(Holder.MADE.warehouse(), to));
    }

    /** Copies a warehouse: tables hold no absolute paths. */
    public static Path copy(Path warehouse, Path to) {
        try {
            FileUtils.copyDirectory(warehouse.toFile(), to.toFile());
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
