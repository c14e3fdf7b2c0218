package com.tiktokrec.jobs.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a landing file into its records: lines that end at {@code \n} and nowhere else, or, where the first byte that is
 * no white space is {@code [}, the elements of one array. Holds one record at a time.
 */
final class RecordSplitter {

    private static final int CHUNK = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int longest;
    private final byte[] chunk = new byte[CHUNK];
    private int next;
    private int filled;
    private long offset;
    private long line = 1;

    private byte[] kept = new byte[1 << 12];
    private int length;
    private boolean tooLong;

    private final boolean array;
    private boolean closed;
    private boolean finished;
    private int element;

    /**
     * Starts to read.
     *
     * @param longest bytes of the longest record that is read; a longer one is cut and has a defect
     */
    RecordSplitter(InputStream in, int longest) throws IOException {
        this.in = in;
        this.longest = longest;
        filled = Math.max(0, in.readNBytes(chunk, 0, CHUNK));
        if (filled >= 3 && Arrays.equals(chunk, 0, 3, BYTE_ORDER_MARK, 0, 3)) {
            next = 3;
            offset = 3;
        }
        int first = skipWhiteSpace();
        array = first == '[';
        if (!array && first >= 0) {
            unread();
        }
    }

    /** The next record; null at the end. */
    RawRecord next() throws IOException {
        return array ? nextElement() : nextLine();
    }

    private RawRecord nextLine() throws IOException {
        while (true) {
            start();
            long from = offset;
            long fromLine = line;
            int b = read();
            while (b >= 0 && b != '\n') {
                keep(b);
                b = read();
            }
            if (length > 0 && kept[length - 1] == '\r') {
                length--;
            }
            if (!isBlank()) {
                return record(from, fromLine, -1);
            }
            if (b < 0) {
                return null;
            }
        }
    }

    private RawRecord nextElement() throws IOException {
        if (finished) {
            return null;
        }
        start();
        int b = skipWhiteSpace();
        if (b == ']' && !closed) {
            closed = true;
            b = skipWhiteSpace();
        }
        if (closed) {
            return afterArray(b);
        }
        if (b < 0) {
            finished = true;
            return new RawRecord(offset, line, element, new byte[0], "the file is an array that does not end");
        }
        long from = offset - 1;
        long fromLine = line;
        keepElement(b);
        return record(from, fromLine, element++);
    }

    /** Keeps bytes up to the comma or bracket that ends an element, by the nesting alone; a parser judges the rest. */
    private void keepElement(int first) throws IOException {
        int depth = 0;
        boolean inString = false;
        boolean escaped = false;
        for (int b = first; b >= 0; b = read()) {
            if (inString) {
                if (escaped) {
                    escaped = false;
                } else if (b == '\\') {
                    escaped = true;
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (depth == 0 && (b == ',' || b == ']')) {
                closed = b == ']';
                return;
            } else if (b == '}' || b == ']') {
                depth--;
            }
            keep(b);
        }
    }

    private RawRecord afterArray(int first) throws IOException {
        finished = true;
        if (first < 0) {
            return null;
        }
        long from = offset - 1;
        long fromLine = line;
        for (int b = first; b >= 0; b = read()) {
            if (length < RawRecord.KEPT_BYTES) {
                keep(b);
            }
        }
        return new RawRecord(from, fromLine, element, Arrays.copyOf(kept, length), "the file goes on after its array");
    }

    private RawRecord record(long from, long fromLine, int index) {
        String defect = tooLong ? "the record is longer than " + longest / (1 << 20) + " MB" : null;
        return new RawRecord(from, fromLine, index, Arrays.copyOf(kept, length), defect);
    }

    private void start() {
        length = 0;
        tooLong = false;
        if (kept.length > CHUNK) {
            kept = new byte[1 << 12];
        }
    }

    private void keep(int b) {
        if (tooLong) {
            return;
        }
        if (length == longest) {
            tooLong = true;
            length = Math.min(length, RawRecord.KEPT_BYTES);
            return;
        }
        if (length == kept.length) {
            kept = Arrays.copyOf(kept, (int) Math.min(longest, 2L * length));
        }
        kept[length++] = (byte) b;
    }

    private boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (!isWhiteSpace(kept[i])) {
                return false;
            }
        }
        return true;
    }

    private int skipWhiteSpace() throws IOException {
        int b = read();
        while (b >= 0 && isWhiteSpace(b)) {
            b = read();
        }
        return b;
    }

    private static boolean isWhiteSpace(int b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private int read() throws IOException {
        if (next == filled) {
            filled = in.read(chunk, 0, CHUNK);
            next = 0;
            if (filled <= 0) {
                filled = 0;
                return -1;
            }
        }
        int b = chunk[next++] & 0xFF;
        offset++;
        if (b == '\n') {
            line++;
        }
        return b;
    }

    /** Steps back over a byte that was just read and is no line end. */
    private void unread() {
        next--;
        offset--;
    }
}
