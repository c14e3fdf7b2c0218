package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.OfflineRun;
import com.tiktokrec.jobs.SharedSpark;
import com.tiktokrec.jobs.run.Run;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stored answers to tonight's queries list, at noon. */
class SearchRetrievalIT {

    @TempDir
    private Path folder;

    private final List<Row> results = new ArrayList<>();

    private Run run(String sources) {
        return OfflineRun.of(folder, LocalDate.parse("2026-11-24"), Map.of("retrieval.sources", sources));
    }

    private SearchRetrievalIT result(
            String source, String query, String video, int position, String at, boolean stale) {
        results.add(RowFactory.create(source, query, video, position, Timestamp.from(Instant.parse(at)), stale));
        return this;
    }

    private SearchRetrievalIT found(String query, String video, int position, String at) {
        return result("search", query, video, position, at, false);
    }

    private static Dataset<Row> frame(List<Row> rows, StructType schema) {
        return SharedSpark.session().createDataFrame(rows, schema).coalesce(1);
    }

    private static Dataset<Row> queries(String... queries) {
        List<Row> rows = new ArrayList<>();
        for (String query : queries) {
            rows.add(RowFactory.create("someone", query));
            rows.add(RowFactory.create("another", query));
        }
        return frame(
                rows,
                new StructType()
                        .add(Users.USERNAME, DataTypes.StringType)
                        .add(SearchResults.QUERY, DataTypes.StringType));
    }

    /** Documents whose ordinals are the digits of their ids; 9 is barred. */
    private static Dataset<Row> documents() {
        List<Row> rows = new ArrayList<>();
        for (long ordinal = 0; ordinal < 10; ordinal++) {
            rows.add(RowFactory.create("v" + ordinal, ordinal, ordinal == 9));
        }
        return frame(
                rows,
                new StructType()
                        .add(Videos.VIDEO_ID, DataTypes.StringType)
                        .add(Corpus.ORDINAL, DataTypes.LongType)
                        .add(Corpus.BARRED, DataTypes.BooleanType));
    }

    private Map<String, String> lists(String... queries) {
        Run run = run("corpus");
        run.warehouse().append(SearchResults.TABLE, frame(results, SearchResults.SCHEMA));
        Map<String, String> lists = new TreeMap<>();
        SearchRetrieval.of(run)
                .lists(queries(queries), documents())
                .select(col(SearchResults.QUERY), col(CorpusRetrieval.FUSED), col(SearchResults.STALE))
                .collectAsList()
                .forEach(row -> lists.put(row.getString(0), row.getList(1) + (row.getBoolean(2) ? " stale" : "")));
        return lists;
    }

    @Test
    void aListIsTheLastAnswersInItsOrderOfWhatMayBeServed() {
        String lately = "2026-11-24T11:30:00Z";
        found("pasta", "v3", 2, lately)
                .found("pasta", "v5", 0, lately)
                .found("pasta", "v9", 1, lately)
                .found("pasta", "not-in-the-corpus", 3, lately)
                .found("pasta", "v1", 4, lately)
                .found("pasta", "v2", 0, "2026-11-23T11:30:00Z")
                .found("nobody asks", "v4", 0, lately)
                .result("trending", "pasta", "v6", 0, lately, false);
        found("old", "v7", 0, "2026-11-24T11:00:00Z");
        result("search", "marked", "v8", 0, lately, true);

        assertThat(lists("pasta", "old", "marked", "unanswered"))
                .isEqualTo(Map.of("pasta", "[5, 3, 1]", "old", "[7] stale", "marked", "[8] stale"));
    }

    @Test
    void searchWithoutAKeyIsRefusedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> SearchRetrieval.of(run("search,corpus")))
                .isInstanceOf(RunFailure.class)
                .hasMessageContaining("retrieval.sources names search")
                .hasMessageContaining("RAPIDAPI_KEY is not set");
    }
}
