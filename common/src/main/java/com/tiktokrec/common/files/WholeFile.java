package com.tiktokrec.common.files;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** Files on any file system that Hadoop knows, each there whole or not at all. */
public final class WholeFile {

    private WholeFile() {}

    /** What a file holds. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file, in place of one of that name, and the folders above it. */
    public static void write(FileSystem files, Path file, Content content) throws IOException {
        // Attempts of one task may write at once, each its own.
        Path partial = new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID() + ".partial");
        boolean shownWhenClosed = files.hasPathCapability(file, StreamCapabilities.ABORTABLE_STREAM);
        // S3A refuses a folder by itself; a rename would put the file into it.
        if (!shownWhenClosed && files.exists(file) && files.getFileStatus(file).isDirectory()) {
            throw new FileAlreadyExistsException(file + " is a folder, and a file is to be written there");
        }
        Path target = shownWhenClosed ? file : partial;
        FSDataOutputStream out = files.create(target, true);
        try {
            content.writeTo(new Kept(out));
        } catch (Throwable e) {
            giveUp(files, target, out, shownWhenClosed, e);
            throw e;
        }
        out.close();
        if (!shownWhenClosed && !files.rename(partial, file)) {
            // HDFS refuses to rename onto a file unless told to.
            FileContext.getFileContext(files.getUri(), files.getConf()).rename(partial, file, Options.Rename.OVERWRITE);
        }
    }

    /** Closing a stream to an object store would show what was written so far as the whole object. */
    private static void giveUp(
            FileSystem files, Path target, FSDataOutputStream out, boolean shownWhenClosed, Throwable cause) {
        try {
            if (shownWhenClosed) {
                out.abort();
            } else {
                out.close();
                files.delete(target, false);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** A stream that whoever fills it may close, as compressing streams do, without showing the file. */
    private static final class Kept extends java.io.FilterOutputStream {

        Kept(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
