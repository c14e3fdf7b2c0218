package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.text.Hashes;
import com.tiktokrec.common.tiktok.TikTokApi;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a crawl has bought and not landed yet, in a folder of its own: a journal for each unit, under another name once
 * the unit is done with. Units land a chunk at a time, in their order, however they came. The folder goes with the
 * last of them; one that is there is a crawl to go on with.
 */
final class UnfinishedCrawl implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedCrawl.class);
    private static final int UNITS_PER_FILE = 100;
    private static final Duration KEPT = Duration.ofDays(30);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path folder;
    private final String name;
    private final List<CrawlUnit> units;
    private final LandingOutput output;
    private final FileChannel lock;
    private final Instant startedAt;
    private final boolean resumed;

    private UnfinishedCrawl(
            Path folder, String kind, List<CrawlUnit> units, LandingOutput output, FileChannel lock, Instant now)
            throws IOException {
        this.folder = folder;
        this.units = units;
        this.output = output;
        this.lock = lock;
        Path started = folder.resolve("started");
        this.resumed = Files.exists(started);
        this.startedAt =
                resumed ? Instant.parse(Files.readString(started).strip()) : now.truncatedTo(ChronoUnit.SECONDS);
        if (!resumed) {
            Path partial = folder.resolve("started.partial");
            Files.writeString(partial, startedAt.toString());
            Files.move(partial, started, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        this.name = kind + "-" + STAMP.format(startedAt) + "-"
                + folder.getFileName().toString().substring(0, 8);
    }

    /**
     * Begins a crawl, or goes on with one of the same plan that did not end.
     *
     * @param plan all that makes it that crawl and no other
     * @throws RunFailure where another process is at it
     */
    static UnfinishedCrawl open(
            Path root, String plan, String kind, List<CrawlUnit> units, LandingOutput output, Instant now)
            throws IOException {
        Path folder = root.resolve(Hashes.sha256(plan));
        forgetOld(root, folder, now);
        Files.createDirectories(folder);
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                // Gone on with: it is not forgotten for another month.
                Files.setLastModifiedTime(folder, FileTime.from(now));
                return new UnfinishedCrawl(folder, kind, units, output, channel, now);
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process: told below.
        }
        channel.close();
        throw RunFailure.failed("another process crawls the same into " + output.location() + " (it holds "
                + folder.resolve("lock") + "): wait for it, or end it; what it bought is kept.");
    }

    /** Deletes crawls that nobody went on with for a month: their answers have landed, or are out of date. */
    private static void forgetOld(Path root, Path own, Instant now) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Instant longAgo = now.minus(KEPT);
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                try {
                    if (!folder.equals(own)
                            && Files.getLastModifiedTime(folder).toInstant().isBefore(longAgo)) {
                        forgetUnlessHeld(folder);
                    }
                } catch (IOException | UncheckedIOException e) {
                    LOG.warn("An old unfinished crawl at {} could not be deleted: {}", folder, e.toString());
                }
            }
        }
    }

    private static void forgetUnlessHeld(Path folder) throws IOException {
        Path lock = folder.resolve("lock");
        if (Files.exists(lock)) {
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
                if (channel.tryLock() == null) {
                    return;
                }
                forget(folder);
            } catch (OverlappingFileLockException e) {
                // Held by this very process.
                return;
            }
        } else {
            forget(folder);
        }
        LOG.info("An unfinished crawl that nobody went on with for {} days was deleted: {}", KEPT.toDays(), folder);
    }

    boolean resumed() {
        return resumed;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Places of the units that are still to be crawled. */
    List<Integer> left() {
        return IntStream.range(0, units.size())
                .filter(place -> !Files.exists(finished(place)) && !Files.exists(landed(chunk(place))))
                .boxed()
                .toList();
    }

    UnitJournal journal(int place, TikTokApi api) {
        try {
            return UnitJournal.open(
                    api, underWay(place), finished(place), units.get(place).owner());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lands each chunk that has just become complete; gives the paths of the files. */
    List<String> landComplete(int place) throws IOException {
        int chunk = chunk(place);
        return places(chunk).allMatch(each -> Files.exists(finished(each))) ? landForGood(chunk) : List.of();
    }

    private List<String> landForGood(int chunk) throws IOException {
        List<String> file = land(chunk);
        Files.createFile(landed(chunk));
        for (int place : places(chunk).toArray()) {
            Files.deleteIfExists(finished(place));
        }
        return file;
    }

    /** Lands what there is of chunks that are not complete: the run ends, and a later one writes them anew. */
    List<String> landRest() throws IOException {
        List<String> files = new ArrayList<>();
        for (int chunk = 0; chunk <= chunk(units.size() - 1); chunk++) {
            if (!Files.exists(landed(chunk))) {
                boolean complete = places(chunk).allMatch(place -> Files.exists(finished(place)));
                files.addAll(complete ? landForGood(chunk) : land(chunk));
            }
        }
        return files;
    }

    private List<String> land(int chunk) throws IOException {
        List<Path> journals = new ArrayList<>();
        for (int place : places(chunk).toArray()) {
            Stream.of(finished(place), underWay(place))
                    .filter(Files::exists)
                    .findFirst()
                    .ifPresent(journals::add);
        }
        long bytes = 0;
        for (Path journal : journals) {
            bytes += Files.size(journal);
        }
        if (bytes == 0) {
            return List.of();
        }
        String file = "%s-%05d.jsonl.gz".formatted(name, chunk);
        return List.of(output.write(file, out -> copy(journals, out)));
    }

    private static void copy(List<Path> journals, OutputStream out) throws IOException {
        for (Path journal : journals) {
            Files.copy(journal, out);
        }
    }

    /** Forgets the crawl, all of which has landed. */
    void end() throws IOException {
        forget(folder);
    }

    /** Deletes a crawl at once, so that no half of it can be taken for another. */
    private static void forget(Path folder) throws IOException {
        Path ended = folder.resolveSibling(folder.getFileName() + ".ended");
        delete(ended);
        Files.move(folder, ended, StandardCopyOption.ATOMIC_MOVE);
        delete(ended);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static int chunk(int place) {
        return place / UNITS_PER_FILE;
    }

    private IntStream places(int chunk) {
        return IntStream.range(chunk * UNITS_PER_FILE, Math.min(units.size(), (chunk + 1) * UNITS_PER_FILE));
    }

    private Path underWay(int place) {
        return folder.resolve("%07d.under-way".formatted(place));
    }

    private Path finished(int place) {
        return folder.resolve("%07d.done".formatted(place));
    }

    private Path landed(int chunk) {
        return folder.resolve("%05d.landed".formatted(chunk));
    }

    Optional<Path> state() {
        return Files.exists(folder) ? Optional.of(folder) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
