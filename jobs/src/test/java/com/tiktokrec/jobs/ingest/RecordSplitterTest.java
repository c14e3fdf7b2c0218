package com.tiktokrec.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordSplitterTest {

    private static List<RawRecord> split(String text, int longest) throws IOException {
        RecordSplitter splitter =
                new RecordSplitter(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), longest);
        List<RawRecord> records = new ArrayList<>();
        for (RawRecord record = splitter.next(); record != null; record = splitter.next()) {
            records.add(record);
        }
        return records;
    }

    private static List<RawRecord> split(String text) throws IOException {
        return split(text, 1 << 20);
    }

    private static String text(RawRecord record) {
        return new String(record.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void linesEndAtLineFeedsAlone() throws IOException {
        assertThat(split("{\"a\":\"x\u2028y\u0085z\u2029\"}\n{\"b\":1}\r\n\n  \n{\"c\":2}"))
                .extracting(RecordSplitterTest::text, RawRecord::offset, RawRecord::line, RawRecord::element)
                .containsExactly(
                        tuple("{\"a\":\"x\u2028y\u0085z\u2029\"}", 0L, 1L, -1),
                        tuple("{\"b\":1}", 20L, 2L, -1),
                        tuple("{\"c\":2}", 33L, 5L, -1));
    }

    @Test
    void nothingIsNoRecord() throws IOException {
        assertThat(split("")).isEmpty();
        assertThat(split(" \n\r\n\t")).isEmpty();
        assertThat(split("\uFEFF\n")).isEmpty();
        assertThat(split("[]")).isEmpty();
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstRecord() throws IOException {
        assertThat(split("\uFEFF{}\n{}")).extracting(RawRecord::offset).containsExactly(3L, 6L);
    }

    @Test
    void anArrayIsItsElements() throws IOException {
        assertThat(split("\n [ {\"a\":\"],}\\\"\"} ,\n{\"b\":[1,{\"c\":2}]}\n]\n"))
                .extracting(record -> text(record).strip(), RawRecord::offset, RawRecord::line, RawRecord::element)
                .containsExactly(tuple("{\"a\":\"],}\\\"\"}", 4L, 2L, 0), tuple("{\"b\":[1,{\"c\":2}]}", 20L, 3L, 1));
    }

    @Test
    void anArrayThatDoesNotEndIsADefectAfterItsElements() throws IOException {
        List<RawRecord> records = split("[{\"a\":1},{\"b\":");
        assertThat(records).hasSize(3);
        assertThat(records)
                .extracting(RawRecord::defect)
                .containsExactly(null, null, "the file is an array that does not end");
    }

    @Test
    void whatFollowsAnArrayIsADefect() throws IOException {
        List<RawRecord> records = split("[{\"a\":1}]\n{\"b\":2}\n");
        assertThat(records).hasSize(2);
        assertThat(records.get(1).defect()).isEqualTo("the file goes on after its array");
        assertThat(records.get(1).line()).isEqualTo(2);
    }

    @Test
    void aRecordThatIsTooLongIsCutAndTheNextIsWhole() throws IOException {
        int longest = 3 << 20;
        List<RawRecord> records = split("x".repeat(longest + 5) + "\n{}\n", longest);
        assertThat(records).hasSize(2);
        assertThat(records.get(0).defect()).isEqualTo("the record is longer than 3 MB");
        assertThat(records.get(0).bytes()).hasSize(RawRecord.KEPT_BYTES);
        assertThat(records.get(1).offset()).isEqualTo(longest + 6L);
    }

    @Test
    void rawIsCutBetweenCodePoints() {
        byte[] bytes = ("a" + "\uD83C\uDF5D".repeat(4000)).getBytes(StandardCharsets.UTF_8);
        String raw = new RawRecord(0, 1, -1, bytes, null).raw();
        assertThat(raw.getBytes(StandardCharsets.UTF_8).length).isEqualTo(1 + 4 * 2559);
        assertThat(raw).endsWith("\uD83C\uDF5D");
    }
}
