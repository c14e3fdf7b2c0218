package com.tiktokrec.jobs.ingest;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A landing file's text, decompressed where its first bytes say gzip, and a digest of the bytes as they are stored. */
final class LandingStream extends FilterInputStream {

    private static final int BUFFER = 1 << 16;
    private static final int INSPECTED = 8 * 1024;

    /** First bytes, in hex, of what people put into landing folders by mistake and that may have no NUL early on. */
    private static final Map<String, String> OTHER_FORMATS = Map.of(
            "504b0304", "a zip archive",
            "425a68", "compressed with bzip2",
            "28b52ffd", "compressed with zstd",
            "fd377a58", "compressed with xz",
            "50415231", "a Parquet file",
            "4f626a01", "an Avro file",
            "25504446", "a PDF file");

    private final MessageDigest digest;
    private final InputStream stored;

    private LandingStream(InputStream text, InputStream stored, MessageDigest digest) {
        super(text);
        this.stored = stored;
        this.digest = digest;
    }

    /**
     * Opens a file's text.
     *
     * @throws IOException where it can't be read or is no text
     */
    static LandingStream open(InputStream file) throws IOException {
        MessageDigest digest = sha256();
        InputStream stored = new Peekable(new DigestInputStream(file, digest));
        byte[] magic = peek(stored, 4);
        boolean gzip = magic.length > 1 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B;
        InputStream text = new BufferedInputStream(
                gzip ? new GZIPInputStream(stored, BUFFER) : stored, Math.max(BUFFER, INSPECTED));
        requireText(peek(text, INSPECTED));
        return new LandingStream(text, stored, digest);
    }

    /** SHA-256 of the whole file as stored; reads what is left of it. */
    String digest() throws IOException {
        stored.transferTo(OutputStream.nullOutputStream());
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of a file without a look at its content. */
    static String digest(InputStream file) throws IOException {
        MessageDigest digest = sha256();
        new DigestInputStream(file, digest).transferTo(OutputStream.nullOutputStream());
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static void requireText(byte[] beginning) throws IOException {
        String hex = HexFormat.of().formatHex(beginning, 0, Math.min(4, beginning.length));
        for (Map.Entry<String, String> format : OTHER_FORMATS.entrySet()) {
            if (hex.startsWith(format.getKey())) {
                throw new IOException("it is " + format.getValue() + ", not JSON lines, plain or gzip");
            }
        }
        for (byte b : beginning) {
            if (b == 0) {
                throw new IOException("it is binary (a NUL byte in its first 8 KB), not JSON lines in UTF-8");
            }
        }
    }

    private static byte[] peek(InputStream in, int bytes) throws IOException {
        in.mark(bytes);
        byte[] beginning = in.readNBytes(bytes);
        in.reset();
        return beginning;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * A buffer that knows whether more follows. {@link GZIPInputStream} asks {@code available()} for that at the end of
     * each member, and network streams may say 0 amid the file: the members after would be lost without an error.
     */
    private static final class Peekable extends BufferedInputStream {

        Peekable(InputStream in) {
            super(in, BUFFER);
        }

        @Override
        public synchronized int available() throws IOException {
            int buffered = count - pos;
            if (buffered > 0) {
                return buffered;
            }
            mark(1);
            int b = read();
            reset();
            return b < 0 ? 0 : 1;
        }
    }
}
