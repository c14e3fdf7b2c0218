package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.files.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A folder of landing files, each there whole or not at all. */
public interface LandingOutput {

    /** The folder. */
    String location();

    /** Makes the folder, so that nothing is bought for one that can't be. */
    void prepare() throws IOException;

    /** Writes a compressed file in place of any of that name, and gives its path. */
    String write(String name, Content content) throws IOException;

    /** What a file holds. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A folder on this machine. */
    static LandingOutput local(Path folder) {
        return new LandingOutput() {
            @Override
            public String location() {
                return folder.toString();
            }

            @Override
            public void prepare() throws IOException {
                Files.createDirectories(folder);
            }

            @Override
            public String write(String name, Content content) throws IOException {
                Path file = folder.resolve(name);
                Path partial = folder.resolve("." + name + ".partial");
                try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(partial))) {
                    content.writeTo(out);
                }
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return file.toString();
            }
        };
    }

    /** A folder on any file system that Hadoop knows. */
    static LandingOutput on(String uri, Configuration configuration) {
        org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(uri);
        FileSystem files;
        try {
            files = folder.getFileSystem(configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LandingOutput() {
            @Override
            public String location() {
                return uri;
            }

            @Override
            public void prepare() throws IOException {
                files.mkdirs(folder);
            }

            @Override
            public String write(String name, Content content) throws IOException {
                org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(folder, name);
                WholeFile.write(files, file, out -> {
                    GZIPOutputStream compressed = new GZIPOutputStream(out);
                    content.writeTo(compressed);
                    compressed.finish();
                });
                return file.toString();
            }
        };
    }
}
