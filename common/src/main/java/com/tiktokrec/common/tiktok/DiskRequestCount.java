package com.tiktokrec.common.tiktok;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.YearMonth;
import java.util.Locale;

/** A file a month that holds a number, always of the same width: a write of it is never half done. */
public final class DiskRequestCount implements RequestCount {

    private static final int DIGITS = 19;

    private final Path folder;

    public DiskRequestCount(Path folder) {
        this.folder = folder;
    }

    @Override
    public boolean tryIncrement(YearMonth month, long limit) {
        // A file's lock holds other processes off, and threads of this one only by an exception.
        synchronized (DiskRequestCount.class) {
            try {
                Files.createDirectories(folder);
                try (FileChannel channel = FileChannel.open(
                        file(month), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    channel.lock();
                    long count = read(channel, month);
                    if (count >= limit) {
                        return false;
                    }
                    String next = String.format(Locale.ROOT, "%0" + DIGITS + "d%n", count + 1);
                    channel.write(ByteBuffer.wrap(next.getBytes(StandardCharsets.US_ASCII)), 0);
                    return true;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public long of(YearMonth month) {
        if (!Files.exists(file(month))) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file(month), StandardOpenOption.READ)) {
            return read(channel, month);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long read(FileChannel channel, YearMonth month) throws IOException {
        ByteBuffer digits = ByteBuffer.allocate(DIGITS);
        if (channel.read(digits, 0) <= 0) {
            return 0;
        }
        String text = new String(digits.array(), 0, digits.position(), StandardCharsets.US_ASCII).strip();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("the count of requests in " + file(month) + " is no number: mend or delete it", e);
        }
    }

    private Path file(YearMonth month) {
        return folder.resolve("requests-" + month);
    }

    @Override
    public void close() {}
}
