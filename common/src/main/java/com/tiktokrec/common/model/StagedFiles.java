package com.tiktokrec.common.model;

import com.tiktokrec.common.files.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Folders of staged files: {@code <root>/<run>/<name>.json}, JSON Lines, each file complete or absent. They outlive
 * their run, so that the next one takes what a killed one paid for.
 */
final class StagedFiles {

    private static final String SUFFIX = ".json";

    /** Long past any wave: what is older belongs to no run that is alive. */
    private static final Duration ABANDONED = Duration.ofMinutes(15);

    private final Path root;
    private final FileSystem files;

    StagedFiles(String root, Configuration hadoop) {
        this.root = new Path(root);
        try {
            this.files = this.root.getFileSystem(hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file of a run, which appears under its name only once it is whole. */
    void write(String run, String name, byte[] content, int length) {
        Path whole = new Path(new Path(root, run), name + SUFFIX);
        try {
            WholeFile.write(files, whole, out -> out.write(content, 0, length));
        } catch (IOException e) {
            throw new UncheckedIOException("answers cannot be staged at " + whole + ": " + e.getMessage(), e);
        }
    }

    /** The complete files of all runs. */
    List<Path> all() {
        List<Path> found = new ArrayList<>();
        for (FileStatus run : list(root)) {
            found.addAll(complete(run.getPath()));
        }
        return found;
    }

    /** The complete files of one run whose names begin so. */
    List<Path> of(String run, String prefix) {
        return complete(new Path(root, run)).stream()
                .filter(file -> file.getName().startsWith(prefix))
                .toList();
    }

    private List<Path> complete(Path folder) {
        return list(folder).stream()
                .map(FileStatus::getPath)
                .filter(file ->
                        file.getName().endsWith(SUFFIX) && !file.getName().startsWith("."))
                .sorted(Comparator.comparing(Path::getName))
                .toList();
    }

    private List<FileStatus> list(Path folder) {
        try {
            return Arrays.asList(files.listStatus(folder));
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("staged answers cannot be listed at " + folder, e);
        }
    }

    /** Deletes files whose content is stored, and their folders where nothing else is left. */
    void delete(List<Path> stored) {
        try {
            for (Path file : stored) {
                files.delete(file, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("stored answers cannot be deleted: " + e.getMessage(), e);
        }
    }

    /** Deletes a run's folder if no complete file is in it. */
    void deleteFolder(String run) {
        Path folder = new Path(root, run);
        try {
            if (complete(folder).isEmpty()) {
                files.delete(folder, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be deleted", e);
        }
    }

    /** Deletes folders of runs that are no more, once their files are stored. */
    void sweep(String exceptRun, Instant now) {
        for (FileStatus run : list(root)) {
            boolean old = run.getModificationTime() < now.minus(ABANDONED).toEpochMilli();
            if (old && !run.getPath().getName().equals(exceptRun)) {
                deleteFolder(run.getPath().getName());
            }
        }
    }

    /** Of stored files, those that no run that is alive will look for. */
    List<Path> abandoned(List<Path> stored, Instant now) {
        try {
            List<Path> old = new ArrayList<>();
            for (Path file : stored) {
                if (files.getFileStatus(file).getModificationTime()
                        < now.minus(ABANDONED).toEpochMilli()) {
                    old.add(file);
                }
            }
            return old;
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
