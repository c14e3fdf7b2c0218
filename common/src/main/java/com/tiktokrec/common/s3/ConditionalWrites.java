package com.tiktokrec.common.s3;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/** Objects that are written only where none of their name is there: S3's {@code If-None-Match: *}. */
public final class ConditionalWrites {

    private static final int ATTEMPTS = 5;

    private ConditionalWrites() {}

    /**
     * Writes an object unless one of that name is there; two writers at once never both succeed.
     *
     * @throws FileAlreadyExistsException where another is there; of java.nio, which Delta takes for a conflict
     * @throws IOException where it could not be written, or where nobody knows
     */
    static void create(FileSystem files, Path object, byte[] content) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                write(files, object, content);
                return;
            } catch (IOException e) {
                // The answer to a write that succeeded may be lost on its way, and the client then asks again and hears
                // that an object is there: its own. Each commit of Delta has a text of its own, so the content tells.
                if (isThere(files, object)) {
                    if (holds(files, object, content)) {
                        return;
                    }
                    FileAlreadyExistsException taken = new FileAlreadyExistsException(object.toString());
                    taken.initCause(e);
                    throw taken;
                }
                // S3 refuses one of two writes at once (409) also where the other then fails.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void write(FileSystem files, Path object, byte[] content) throws IOException {
        FSDataOutputStream out = (FSDataOutputStream) files.createFile(object)
                .create()
                .recursive()
                .must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true)
                .build();
        try {
            out.write(content);
        } catch (IOException e) {
            out.abort();
            throw e;
        }
        out.close();
    }

    private static boolean isThere(FileSystem files, Path object) throws IOException {
        try {
            files.getFileStatus(object);
            return true;
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    private static boolean holds(FileSystem files, Path object, byte[] content) throws IOException {
        try (FSDataInputStream in = files.open(object)) {
            // One byte more tells a longer object.
            return Arrays.equals(in.readNBytes(content.length + 1), content);
        }
    }

    /**
     * Whether a store honours the condition, found out by writing an object twice.
     *
     * @param object where nothing is; deleted afterwards
     */
    public static boolean areHonoured(FileSystem files, Path object) throws IOException {
        try {
            create(files, object, new byte[] {1});
            create(files, object, new byte[] {2});
            return false;
        } catch (FileAlreadyExistsException e) {
            return true;
        } catch (IOException e) {
            // A store may say so (501), and S3A may be told not to ask (fs.s3a.create.conditional.enabled).
            if (e.getClass().getSimpleName().equals("AWSUnsupportedFeatureException") || e instanceof PathIOException) {
                return false;
            }
            throw e;
        } finally {
            files.delete(object, false);
        }
    }
}
