package com.tiktokrec.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class LandingStreamTest {

    /** A stream that tells nothing of what is to come, as network streams may. */
    private static InputStream network(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String text(byte[] stored) throws IOException {
        return new String(LandingStream.open(network(stored)).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void gzipIsToldByItsBytes() throws IOException {
        assertThat(text(gzip("{}\n"))).isEqualTo("{}\n");
        assertThat(text("{}\n".getBytes(StandardCharsets.UTF_8))).isEqualTo("{}\n");
        assertThat(text(new byte[0])).isEmpty();
    }

    @Test
    void allMembersOfAGzipFileAreRead() throws IOException {
        byte[] first = gzip("first\n".repeat(20_000));
        byte[] second = gzip("second\n");
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThat(text(both)).hasSize(6 * 20_000 + 7).endsWith("first\nsecond\n");
    }

    @Test
    void aGzipFileThatEndsEarlyFails() throws IOException {
        byte[] whole = gzip("{\"id\":\"1\"}\n".repeat(50) + Math.random());
        byte[] half = Arrays.copyOf(whole, whole.length - 12);
        assertThatThrownBy(() -> text(half)).isInstanceOf(EOFException.class);
    }

    @Test
    void binaryContentFails() {
        assertThatThrownBy(() -> text(new byte[] {'{', 0, '}'}))
                .isInstanceOf(IOException.class)
                .hasMessage("it is binary (a NUL byte in its first 8 KB), not JSON lines in UTF-8");
        assertThatThrownBy(() -> text(new byte[] {'P', 'K', 3, 4, 9, 9}))
                .hasMessage("it is a zip archive, not JSON lines, plain or gzip");
        assertThatThrownBy(() -> text(gzip("\0"))).hasMessageContaining("binary");
    }

    @Test
    void theDigestIsThatOfTheStoredBytes() throws IOException {
        byte[] stored = gzip("{}\n{}\n");
        LandingStream stream = LandingStream.open(network(stored));
        assertThat(stream.read()).isEqualTo('{');
        assertThat(stream.digest())
                .isEqualTo(LandingStream.digest(network(stored)))
                .startsWith("sha256:");
    }
}
