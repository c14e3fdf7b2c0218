package com.tiktokrec.jobs.ingest;

import java.nio.charset.StandardCharsets;

/**
 * A record as it stands in a file.
 *
 * @param offset of its first byte in the (decompressed) file
 * @param line from 1
 * @param element its index where the file is one array, else -1
 * @param bytes the record, or its beginning where there is a defect
 * @param defect why it can't be read; null where nothing is known against it
 */
record RawRecord(long offset, long line, int element, byte[] bytes, String defect) {

    /** What quarantine keeps of a record. */
    static final int KEPT_BYTES = 10 * 1024;

    String raw() {
        int end = Math.min(bytes.length, KEPT_BYTES);
        while (end < bytes.length && end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return cut(new String(bytes, 0, end, StandardCharsets.UTF_8));
    }

    /** The beginning of a text, at most {@link #KEPT_BYTES} of UTF-8, no code point cut in two. */
    static String cut(String text) {
        int size = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            size += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (size > KEPT_BYTES) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }
}
