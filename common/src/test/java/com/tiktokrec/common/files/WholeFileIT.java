package com.tiktokrec.common.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of folders; on S3 the cluster's tests write through it. */
class WholeFileIT {

    @TempDir
    private java.nio.file.Path folder;

    private Path file;
    private FileSystem files;

    @BeforeEach
    void open() throws IOException {
        file = new Path(folder.toUri().toString(), "a/b.txt");
        files = new RawLocalFileSystem();
        files.initialize(folder.toUri(), new Configuration(false));
    }

    private void write(String text) throws IOException {
        WholeFile.write(files, file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String content() throws IOException {
        return Files.readString(folder.resolve("a/b.txt"));
    }

    private long written() throws IOException {
        try (Stream<java.nio.file.Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void aFileIsReplaced() throws IOException {
        write("old");
        write("new");

        assertThat(content()).isEqualTo("new");
        assertThat(written()).isEqualTo(1);
    }

    @Test
    void aFileWhoseWriterFailsStaysAsItWas() throws IOException {
        write("old");

        assertThatThrownBy(() -> WholeFile.write(files, file, out -> {
                    out.write('n');
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        assertThat(content()).isEqualTo("old");
        assertThat(written()).as("nothing partial is left").isEqualTo(1);
    }

    @Test
    void aFolderIsNoFileToReplace() throws IOException {
        Files.createDirectories(folder.resolve("a/b.txt/c"));

        assertThatThrownBy(() -> write("new")).hasMessageContaining("is a folder");

        assertThat(written()).isZero();
    }

    @Test
    void aStreamThatItsFillerClosesIsNotShownBeforeItsTime() throws IOException {
        assertThatThrownBy(() -> WholeFile.write(files, file, out -> {
                    try (GZIPOutputStream compressed = new GZIPOutputStream(out)) {
                        compressed.write('n');
                    }
                    throw new IllegalStateException("too late");
                }))
                .hasMessage("too late");

        assertThat(written()).isZero();
    }
}
