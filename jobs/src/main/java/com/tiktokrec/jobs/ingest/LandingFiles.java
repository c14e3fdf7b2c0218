package com.tiktokrec.jobs.ingest;

import com.tiktokrec.common.NearestNames;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.ingest.LandingFile.Known;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * The files under a run's inputs.
 *
 * @param fresh to be read, the largest first
 * @param skipped number of those read by an earlier run and unchanged since
 * @param covered by input: whether it has a skipped file, or one that an earlier input named too
 */
record LandingFiles(List<LandingFile> fresh, long skipped, List<Boolean> covered) {

    /**
     * Lists files, folders (with all below them) and globs; names that start with {@code _} or {@code .} are left out.
     *
     * @throws RunFailure where an input does not exist, can't be listed or has no file
     */
    static LandingFiles list(Warehouse warehouse, List<String> inputs) {
        Configuration conf = warehouse.spark().sessionState().newHadoopConf();
        Map<String, LandingFile> listed = new LinkedHashMap<>();
        Boolean[] covered = new Boolean[inputs.size()];
        Arrays.fill(covered, false);
        for (int input = 0; input < inputs.size(); input++) {
            List<LandingFile> files = listed(inputs.get(input), input, conf);
            if (files.isEmpty()) {
                throw RunFailure.input("--input " + inputs.get(input) + " holds no record: it has no file (names that"
                        + " start with _ or . are skipped). Give a folder or file with crawled JSON lines.");
            }
            for (LandingFile file : files) {
                covered[input] |= listed.putIfAbsent(file.path(), file) != null;
            }
        }
        List<LandingFile> fresh = new ArrayList<>();
        for (LandingFile file : withEarlierReadings(warehouse, listed)) {
            if (file.isUnchanged()) {
                covered[file.input()] = true;
            } else {
                fresh.add(file);
            }
        }
        fresh.sort((a, b) -> Long.compare(b.size(), a.size()));
        return new LandingFiles(fresh, listed.size() - fresh.size(), List.of(covered));
    }

    private static List<LandingFile> listed(String input, int index, Configuration conf) {
        try {
            Path path = new Path(input);
            FileSystem files = path.getFileSystem(conf);
            List<LandingFile> found = new ArrayList<>();
            for (FileStatus match : matches(input, path, files)) {
                if (match.isDirectory()) {
                    addFolder(match.getPath(), files, index, found);
                } else {
                    found.add(landingFile(match, index));
                }
            }
            return found;
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
            throw RunFailure.input(
                    "--input " + input + " cannot be listed (" + e.getMessage()
                            + "). Check its spelling, its scheme and that this user may read it.",
                    e);
        }
    }

    /** The path itself where it exists, else what it matches as a glob. */
    private static List<FileStatus> matches(String input, Path path, FileSystem files) throws IOException {
        if (files.exists(path)) {
            return List.of(files.getFileStatus(path));
        }
        FileStatus[] matched = files.globStatus(path, candidate -> !isHidden(candidate.getName()));
        if (matched == null || matched.length == 0) {
            throw RunFailure.input("--input " + input + " does not exist" + nearestTo(path, files)
                    + ". Give a file, a folder or a glob of crawled JSON lines.");
        }
        return List.of(matched);
    }

    private static String nearestTo(Path path, FileSystem files) throws IOException {
        Path parent = path.getParent();
        if (parent == null
                || !files.exists(parent)
                || !files.getFileStatus(parent).isDirectory()) {
            return "";
        }
        List<String> siblings = Arrays.stream(files.listStatus(parent))
                .map(status -> status.getPath().getName())
                .toList();
        List<String> nearest = NearestNames.of(path.getName(), siblings, 3);
        return nearest.isEmpty() ? "" : "; " + parent + " has " + String.join(", ", nearest);
    }

    private static void addFolder(Path folder, FileSystem files, int index, List<LandingFile> found)
            throws IOException {
        int rootLength = files.makeQualified(folder).toUri().getPath().length();
        RemoteIterator<LocatedFileStatus> below = files.listFiles(folder, true);
        while (below.hasNext()) {
            LocatedFileStatus file = below.next();
            String relative = file.getPath().toUri().getPath().substring(rootLength);
            if (Arrays.stream(relative.split("/")).noneMatch(LandingFiles::isHidden)) {
                found.add(landingFile(file, index));
            }
        }
    }

    private static boolean isHidden(String name) {
        return name.startsWith("_") || name.startsWith(".");
    }

    private static LandingFile landingFile(FileStatus status, int input) {
        String etag = status instanceof EtagSource source ? source.getEtag() : null;
        return new LandingFile(
                status.getPath().toString(),
                input,
                status.getLen(),
                Instant.ofEpochMilli(status.getModificationTime()),
                etag,
                null);
    }

    private static List<LandingFile> withEarlierReadings(Warehouse warehouse, Map<String, LandingFile> listed) {
        if (warehouse.isEmpty(IngestedFiles.TABLE)) {
            return List.copyOf(listed.values());
        }
        Dataset<Row> paths = warehouse
                .spark()
                .createDataset(List.copyOf(listed.keySet()), Encoders.STRING())
                .toDF(IngestedFiles.PATH);
        Map<String, LandingFile> files = new HashMap<>(listed);
        for (Row earlier : warehouse
                .read(IngestedFiles.TABLE)
                .join(paths, IngestedFiles.PATH)
                .collectAsList()) {
            String path = earlier.getAs(IngestedFiles.PATH);
            if (files.get(path).size() == earlier.<Long>getAs(IngestedFiles.SIZE)) {
                files.computeIfPresent(path, (name, file) -> file.knownAs(known(earlier)));
            }
        }
        return List.copyOf(files.values());
    }

    private static Known known(Row earlier) {
        return new Known(
                earlier.<Timestamp>getAs(IngestedFiles.MODIFIED_AT).toInstant(),
                earlier.getAs(IngestedFiles.ETAG),
                earlier.<Long>getAs(IngestedFiles.RECORDS),
                earlier.<Long>getAs(IngestedFiles.BAD));
    }
}
