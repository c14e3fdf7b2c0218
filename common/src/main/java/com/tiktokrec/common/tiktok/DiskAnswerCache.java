package com.tiktokrec.common.tiktok;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A file an answer, dated by it, written under another name and renamed: readers see whole answers only. One process
 * keeps to the size exactly; of several, each may go beyond by a sixteenth until it looks at what the others wrote.
 */
public final class DiskAnswerCache implements AnswerCache {

    private static final String PARTIAL = ".partial";

    /** No answer takes that long to write: its writer was killed. */
    private static final Duration HALF_WRITTEN = Duration.ofHours(1);

    private record Entry(Path file, long size, FileTime date) {}

    private final Path folder;
    private final long maxBytes;
    private long known = -1;
    private long grown;

    public DiskAnswerCache(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
    }

    @Override
    public Optional<byte[]> read(String key) {
        try {
            return Optional.of(Files.readAllBytes(file(key)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void write(String key, byte[] answer, Instant fetchedAt) {
        if (answer.length > maxBytes) {
            return;
        }
        try {
            makeRoom(answer.length);
            Path file = file(key);
            Files.createDirectories(file.getParent());
            Path partial = Files.createTempFile(file.getParent(), key, PARTIAL);
            Files.write(partial, answer);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            grown += answer.length;
            date(file, fetchedAt);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void date(Path file, Instant fetchedAt) throws IOException {
        try {
            Files.setLastModifiedTime(file, FileTime.from(fetchedAt));
        } catch (NoSuchFileException e) {
            // Another process let it go already.
        }
    }

    private void makeRoom(long bytes) throws IOException {
        if (known >= 0 && known + grown + bytes <= maxBytes && grown <= maxBytes / 16) {
            return;
        }
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            evict(maxBytes - bytes);
        } catch (OverlappingFileLockException e) {
            // Another thread of this process, with a cache of its own over this folder, evicts just now.
            grown = 0;
        }
    }

    /** Deletes the oldest answers until the rest fits, with a tenth to spare where any had to go. */
    private void evict(long most) throws IOException {
        List<Entry> entries = entries();
        long total = entries.stream().mapToLong(Entry::size).sum();
        if (total > most) {
            entries.sort(Comparator.comparing(Entry::date).thenComparing(Entry::file));
            long target = Math.min(most, maxBytes - maxBytes / 10);
            for (Entry oldest : entries) {
                if (total <= target) {
                    break;
                }
                Files.deleteIfExists(oldest.file());
                total -= oldest.size();
            }
        }
        known = total;
        grown = 0;
    }

    /** All answers, and what killed processes left half written; what is being written just now is counted apart. */
    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        Instant longAgo = Instant.now().minus(HALF_WRITTEN);
        // Not walked: that fails where a file is renamed under it.
        try (DirectoryStream<Path> shelves = Files.newDirectoryStream(folder, "??")) {
            for (Path shelf : shelves) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(shelf)) {
                    for (Path file : files) {
                        entry(file)
                                .filter(entry -> !file.toString().endsWith(PARTIAL)
                                        || entry.date().toInstant().isBefore(longAgo))
                                .ifPresent(entries::add);
                    }
                }
            }
        }
        return entries;
    }

    private static Optional<Entry> entry(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Entry(file, attributes.size(), attributes.lastModifiedTime()));
        } catch (NoSuchFileException e) {
            // Another process renamed or deleted it since it was listed.
            return Optional.empty();
        }
    }

    private Path file(String key) {
        return folder.resolve(key.substring(0, 2)).resolve(key);
    }

    @Override
    public void close() {}
}
