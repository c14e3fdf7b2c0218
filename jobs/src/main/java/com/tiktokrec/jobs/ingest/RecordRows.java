package com.tiktokrec.jobs.ingest;

import com.tiktokrec.common.tables.IngestedFiles;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.jobs.ingest.ItemParser.Item;
import java.time.Instant;
import java.util.Queue;
import org.apache.spark.sql.Row;

/** Takes what a file's records are found to hold, as rows of {@link Landing#SCHEMA}, and counts them. */
final class RecordRows {

    static final int WHOLE_RECORD = -1;

    private final LandingFile file;
    private final Queue<Row> rows;
    private RawRecord record;
    private long records;
    private long bad;
    private long units;
    private long errorAnswers;
    private long unownedPages;
    private long listPages;
    private long searchPages;

    RecordRows(LandingFile file, Queue<Row> rows) {
        this.file = file;
        this.rows = rows;
    }

    LandingFile file() {
        return file;
    }

    /** Starts with a record: what is added next belongs to it. */
    void start(RawRecord next) {
        record = next;
        records++;
    }

    void bareItem(Item item, Instant at) {
        units++;
        rows.add(itemRow(item, record.element(), at)
                .set(UserVideos.KIND, Landing.POST)
                .row());
    }

    void listItem(Item item, int index, Instant at, String kind, int place) {
        units++;
        rows.add(itemRow(item, index, at)
                .set(UserVideos.KIND, kind)
                .set(Landing.PLACE, place)
                .row());
    }

    private RowDraft itemRow(Item item, int index, Instant at) {
        return row(index).set(Landing.AT, at).set(Landing.VIDEO, item.video()).set(Landing.USER, item.author());
    }

    void user(Row user, Instant at) {
        units++;
        rows.add(row(WHOLE_RECORD).set(Landing.AT, at).set(Landing.USER, user).row());
    }

    void searchPage(Row page, Instant at) {
        searchPages++;
        rows.add(row(WHOLE_RECORD).set(Landing.AT, at).set(Landing.PAGE, page).row());
    }

    /** A page of a user's list; one that names no owner keeps its raw record, for the case that none is found. */
    void listPage(Row page, Instant at, boolean owned) {
        listPages++;
        RowDraft row = row(WHOLE_RECORD).set(Landing.AT, at).set(Landing.PAGE, page);
        if (!owned) {
            unownedPages++;
            row.set(Quarantine.RAW, record.raw());
        }
        rows.add(row.row());
    }

    void errorAnswer() {
        errorAnswers++;
    }

    void bad(String reason) {
        bad(record.element(), reason, record.raw());
    }

    void bad(int index, String reason, String raw) {
        bad++;
        units++;
        rows.add(row(index)
                .set(UserTags.REASON, reason)
                .set(Quarantine.RAW, RawRecord.cut(raw))
                .row());
    }

    private RowDraft row(int index) {
        return new RowDraft(Landing.SCHEMA)
                .set(Quarantine.SOURCE_FILE, file.path())
                .set(Quarantine.BYTE_OFFSET, record.offset())
                .set(Quarantine.ITEM, index)
                .set(Quarantine.LINE, record.line());
    }

    /** Ends the file. */
    void end(String digest) {
        rows.add(fileRow(fileDraft(digest)
                .set(IngestedFiles.RECORDS, records)
                .set(IngestedFiles.BAD, bad)
                .set(Landing.UNITS, units)
                .set(Landing.ERROR_ANSWERS, errorAnswers)
                .set(Landing.UNOWNED_PAGES, unownedPages)
                .set(Landing.LIST_PAGES, listPages)
                .set(Landing.SEARCH_PAGES, searchPages)
                .set(Landing.UNCHANGED, false)));
    }

    /** The file has the content that an earlier run read. */
    void unchanged() {
        rows.add(fileRow(fileDraft(file.known().etag())
                .set(IngestedFiles.RECORDS, file.known().records())
                .set(IngestedFiles.BAD, file.known().bad())
                .set(Landing.UNCHANGED, true)));
    }

    /** The file can't be read. */
    void failed(String cause) {
        rows.add(fileRow(fileDraft(null).set(Landing.UNCHANGED, false).set(Landing.FAILURE, cause)));
    }

    private RowDraft fileDraft(String digest) {
        return new RowDraft(Landing.FILE_SCHEMA)
                .set(Landing.INPUT, file.input())
                .set(IngestedFiles.SIZE, file.size())
                .set(IngestedFiles.MODIFIED_AT, file.modifiedAt())
                .set(IngestedFiles.ETAG, file.etag() == null ? digest : file.etag());
    }

    private Row fileRow(RowDraft draft) {
        return new RowDraft(Landing.SCHEMA)
                .set(Quarantine.SOURCE_FILE, file.path())
                .set(Landing.FILE, draft.row())
                .row();
    }
}
