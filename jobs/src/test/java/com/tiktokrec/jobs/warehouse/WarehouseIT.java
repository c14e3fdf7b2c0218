package com.tiktokrec.jobs.warehouse;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import com.tiktokrec.jobs.SharedSpark;
import io.delta.exceptions.DeltaConcurrentModificationException;
import java.nio.file.Path;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarehouseIT {

    private static final Table TAGS = UserTags.TABLE;
    private static final Instant FIRST = Instant.parse("2026-11-23T02:00:00Z");
    private static final Instant SECOND = Instant.parse("2026-11-24T02:00:00Z");

    @TempDir
    private Path folder;

    private final SparkSession spark = SharedSpark.session();

    /** The warehouse as a run sees it. */
    private Warehouse seenBy(String run, Instant writtenAt) {
        return new Warehouse(spark, folder.resolve("warehouse").toString(), run, writtenAt);
    }

    private Warehouse first() {
        return seenBy("first", FIRST);
    }

    private Warehouse second() {
        return seenBy("second", SECOND);
    }

    /** Rows of user_tags, written as {@code user tag affinity}. */
    private Dataset<Row> tags(String... rows) {
        return spark.createDataFrame(
                Arrays.stream(rows)
                        .map(row -> row.split(" "))
                        .map(cells -> RowFactory.create(cells[0], cells[1], Double.valueOf(cells[2])))
                        .toList(),
                new StructType(new StructField[] {
                    Fields.string(Users.USERNAME), Fields.string(Categories.TAG), Fields.real(UserTags.AFFINITY)
                }));
    }

    private Dataset<Row> users(String... names) {
        return spark.createDataFrame(
                Arrays.stream(names).map(name -> RowFactory.create(name)).toList(),
                new StructType(new StructField[] {Fields.string(Users.USERNAME)}));
    }

    /** What stands in user_tags, each row with the run that wrote it. */
    private List<String> standing() {
        return first().read(TAGS).collectAsList().stream()
                .map(row -> "%s %s %s by %s at %s"
                        .formatted(
                                row.getAs(Users.USERNAME),
                                row.getAs(Categories.TAG),
                                row.getAs(UserTags.AFFINITY),
                                row.getAs(Table.RUN_ID),
                                row.getTimestamp(row.fieldIndex(Table.WRITTEN_AT))
                                        .toInstant()))
                .sorted()
                .toList();
    }

    private static String byFirst(String row) {
        return row + " by first at " + FIRST;
    }

    private static String bySecond(String row) {
        return row + " by second at " + SECOND;
    }

    /** Commits of user_tags since the one that created it. */
    private long commits() {
        return first().versions(List.of(TAGS)).get(TAGS.name());
    }

    private void assertKeysAreUnique(Table table) {
        Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
        assertThat(first().read(table)
                        .groupBy(key)
                        .agg(count(lit(1)).as("n"))
                        .where(col("n").gt(1))
                        .collectAsList())
                .as("rows with one key in " + table.name())
                .isEmpty();
    }

    private Dataset<Row> answers(Warehouse run, String... rows) {
        return tags(rows).withColumn(Table.RUN_ID, lit(run.runId())).withColumn(UserTags.REASON, lit("why"));
    }

    private Dataset<Row> wide(Dataset<Row> rows) {
        Dataset<Row> wide = rows;
        for (StructField field : TAGS.schema().fields()) {
            if (!List.of(wide.columns()).contains(field.name())) {
                wide = wide.withColumn(field.name(), lit(null).cast(field.dataType()));
            }
        }
        return wide;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoRunsThatStoreTheSameAnswerAtOnceOneDoes(boolean empty) {
        first().create(List.of(TAGS));
        if (!empty) {
            first().insertAnswers(TAGS, wide(answers(first(), "old dogs 0.5")));
        }
        Dataset<Row> late = wide(answers(first(), "ann cats 0.9")).select(columns(TAGS));

        assertThatThrownBy(() -> first().appendUnlessChanged(TAGS, () -> {
                    second().insertAnswers(TAGS, wide(answers(second(), "ann cats 0.1")));
                    return Optional.of(late);
                }))
                .isInstanceOf(DeltaConcurrentModificationException.class);

        first().insertAnswers(TAGS, wide(answers(first(), "ann cats 0.9", "bob art 0.4")));
        assertThat(standing()).contains(bySecond("ann cats 0.1"), byFirst("bob art 0.4"));
        assertKeysAreUnique(TAGS);
    }

    private static Column[] columns(Table table) {
        return Arrays.stream(table.schema().fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    }

    @Test
    void runsThatMakeTheSameTablesAtOnceBothHaveThem() {
        List<Table> tables = List.of(Videos.TABLE, Users.TABLE, Categories.TABLE, TAGS);

        List<CompletableFuture<Void>> both = Stream.of(first(), second())
                .map(run -> CompletableFuture.runAsync(() -> run.create(tables)))
                .toList();
        both.forEach(CompletableFuture::join);

        assertThat(tables).allSatisfy(table -> {
            assertThat(first().read(table).count()).isZero();
            assertThat(first().versions(List.of(table)).get(table.name())).isZero();
        });
    }

    @Test
    void insertingLeavesTheRowsOfKnownKeysAlone() {
        first().append(TAGS, tags("ann cats 0.9", "ann dogs 0.5"));

        second().insertNew(TAGS, tags("ann cats 0.1", "bob cats 0.7"));

        assertThat(standing())
                .containsExactly(byFirst("ann cats 0.9"), byFirst("ann dogs 0.5"), bySecond("bob cats 0.7"));
        assertThat(commits()).isEqualTo(2);
        assertKeysAreUnique(TAGS);
    }

    @Test
    void upsertingWritesWhatIsNewOrOtherAndLeavesTheRest() {
        first().append(TAGS, tags("ann cats 0.9", "ann dogs 0.5", "bob cats 0.7"));

        second().upsert(TAGS, tags("ann cats 0.9", "ann dogs 0.6", "cid art 0.4"));

        assertThat(standing())
                .containsExactly(
                        byFirst("ann cats 0.9"),
                        bySecond("ann dogs 0.6"),
                        byFirst("bob cats 0.7"),
                        bySecond("cid art 0.4"));
        assertThat(commits()).isEqualTo(2);
        assertKeysAreUnique(TAGS);
    }

    @Test
    void aValueThatComesOrGoesIsAChange() {
        first().append(TAGS, tags("ann cats 0.9").withColumn(UserTags.REASON, lit("why")));
        first().insertNew(TAGS, tags("bob cats 0.9"));

        second().upsert(TAGS, tags("ann cats 0.9", "bob cats 0.9"));

        assertThat(standing()).containsExactly(bySecond("ann cats 0.9"), byFirst("bob cats 0.9"));
    }

    @Test
    void replacingUsersGivesThemTheirFreshRowsAloneInOneCommit() {
        // Given: cid is handled and left with nothing, bob and dan are not handled.
        first().append(
                        TAGS,
                        tags(
                                "ann cats 0.9",
                                "ann dogs 0.5",
                                "ann art 0.4",
                                "bob cats 0.7",
                                "cid cats 0.8",
                                "dan art 0.3"));

        // When.
        second().replaceUsers(
                        TAGS,
                        tags("ann cats 0.9", "ann dogs 0.6", "ann food 0.7", "eve cats 0.5"),
                        users("ann", "cid", "eve"));

        // Then: the same row stays as it was, another value is written, what is no more is gone.
        assertThat(standing())
                .containsExactly(
                        byFirst("ann cats 0.9"),
                        bySecond("ann dogs 0.6"),
                        bySecond("ann food 0.7"),
                        byFirst("bob cats 0.7"),
                        byFirst("dan art 0.3"),
                        bySecond("eve cats 0.5"));
        assertThat(commits()).as("one commit for each write").isEqualTo(2);
        assertKeysAreUnique(TAGS);
    }

    @Test
    void replacingByNothingLeavesNothing() {
        first().append(TAGS, tags("ann cats 0.9", "bob cats 0.7"));

        second().replaceUsers(TAGS, tags(), users("ann"));

        assertThat(standing()).containsExactly(byFirst("bob cats 0.7"));
    }

    @Test
    void replacingUsersRowsOfADateLeavesTheirOtherRows() {
        // Given: lists of two dates.
        Date monday = Date.valueOf("2026-11-23");
        Date tuesday = Date.valueOf("2026-11-24");
        first().append(Recommendations.TABLE, list(monday, "1", "2").union(list(tuesday, "1", "2")));

        // When: tuesday's is made anew.
        second().replaceUsers(Recommendations.TABLE, list(tuesday, "2", "3"), users("ann"), tuesday.toLocalDate());

        // Then.
        assertThat(first().read(Recommendations.TABLE).collectAsList())
                .extracting(row -> row.getAs(SearchQueries.RUN_DATE) + " " + row.getAs(Videos.VIDEO_ID) + " "
                        + row.getAs(Table.RUN_ID))
                .containsExactlyInAnyOrder(
                        "2026-11-23 1 first", "2026-11-23 2 first", "2026-11-24 2 first", "2026-11-24 3 second");
        assertKeysAreUnique(Recommendations.TABLE);
    }

    private Dataset<Row> list(Date date, String... videos) {
        return spark.createDataFrame(
                Arrays.stream(videos)
                        .map(video -> RowFactory.create(date, "ann", video))
                        .toList(),
                new StructType(new StructField[] {
                    Fields.date(SearchQueries.RUN_DATE), Fields.string(Users.USERNAME), Fields.string(Videos.VIDEO_ID)
                }));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runsThatWriteATableAtOnceBothHaveTheirRowsThereOnce(boolean empty) {
        List<Table> tables = List.of(TAGS, Recommendations.TABLE, UserVideos.TABLE);
        first().create(tables);
        if (!empty) {
            first().append(TAGS, tags("old dogs 0.5"));
            first().append(Recommendations.TABLE, list(Date.valueOf("2026-11-22"), "1"));
            first().append(UserVideos.TABLE, videos("old 1"));
        }

        List<CompletableFuture<Void>> both = Stream.of(first(), second())
                .map(run -> CompletableFuture.runAsync(() -> {
                    run.upsert(TAGS, tags("ann cats 0.9", run.runId() + " art 0.4"));
                    run.replaceUsers(
                            Recommendations.TABLE,
                            list(Date.valueOf("2026-11-24"), "1", "2"),
                            users("ann"),
                            LocalDate.parse("2026-11-24"));
                    run.insertNew(UserVideos.TABLE, videos("ann 1", run.runId() + " 1"));
                }))
                .toList();
        both.forEach(CompletableFuture::join);

        tables.forEach(this::assertKeysAreUnique);
        int old = empty ? 0 : 1;
        assertThat(first().read(TAGS).count()).isEqualTo(old + 3);
        assertThat(first().read(Recommendations.TABLE).count()).isEqualTo(old + 2);
        assertThat(first().read(UserVideos.TABLE).count()).isEqualTo(old + 3);
    }

    /** Rows of user_videos, written as {@code user video}. */
    private Dataset<Row> videos(String... rows) {
        return spark.createDataFrame(
                Arrays.stream(rows)
                        .map(row -> row.split(" "))
                        .map(cells -> RowFactory.create(cells[0], "post", cells[1]))
                        .toList(),
                new StructType(new StructField[] {
                    Fields.string(Users.USERNAME), Fields.string(UserVideos.KIND), Fields.string(Videos.VIDEO_ID)
                }));
    }

    @Test
    void overwritingReplacesAllInOneCommit() {
        first().append(TAGS, tags("ann cats 0.9", "bob cats 0.7"));

        second().overwrite(TAGS, tags("cid art 0.4"));

        assertThat(standing()).containsExactly(bySecond("cid art 0.4"));
        assertThat(commits()).isEqualTo(2);
    }

    @Test
    void aTableThatANewerVersionWroteIsRefused() {
        first().create(TAGS, Map.of());
        first().setProperties(TAGS, Map.of("schema_version", "2"));

        assertThatThrownBy(() -> second().read(TAGS))
                .hasMessageContaining("user_tags")
                .hasMessageContaining("schema_version 2")
                .hasMessageContaining("this program knows 1")
                .hasMessageContaining("Upgrade this program")
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.FAILED);
        assertThatThrownBy(() -> second().upsert(TAGS, tags("ann cats 0.9"))).isInstanceOf(RunFailure.class);
        assertThat(spark.read().format("delta").load(first().path(TAGS)).count())
                .isZero();
    }

    @Test
    void columnsThatAnOlderVersionDidNotWriteAreNullAndWrittenFromNowOn() {
        // Given: a table of an older version, which knew three columns.
        tags("ann cats 0.9").write().format("delta").save(first().path(TAGS));

        // When and then: it can be read.
        Row read = first().read(TAGS).first();
        assertThat(first().read(TAGS).schema().fieldNames())
                .isEqualTo(TAGS.schema().fieldNames());
        assertThat(read.<Double>getAs(UserTags.AFFINITY)).isEqualTo(0.9);
        assertThat(read.<String>getAs(UserTags.REASON)).isNull();
        assertThat(read.<String>getAs(Table.RUN_ID)).isNull();

        // When and then: and added to.
        second().append(TAGS, tags("bob cats 0.7").withColumn(UserTags.REASON, lit("why")));
        assertThat(first().read(TAGS).orderBy(Users.USERNAME).collectAsList())
                .extracting(row -> row.<String>getAs(UserTags.REASON))
                .containsExactly(null, "why");
    }

    @Test
    void aMergeIntoATableOfAnOlderVersionWritesItsNewColumnsToo() {
        tags("ann cats 0.9").write().format("delta").save(first().path(TAGS));

        second().upsert(TAGS, tags("bob cats 0.7").withColumn(UserTags.REASON, lit("why")));

        assertThat(first().read(TAGS).orderBy(Users.USERNAME).collectAsList())
                .extracting(row -> row.<String>getAs(UserTags.REASON))
                .containsExactly(null, "why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket/tables", "s3n://bucket/tables"})
    void s3ByAnotherNameIsRefused(String location) {
        Warehouse warehouse = new Warehouse(spark, location, "first", FIRST);

        assertThatThrownBy(warehouse::requireWritable)
                .isInstanceOfSatisfying(
                        RunFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(location)
                .hasMessageContaining("s3a://");
    }

    @Test
    void columnsThatATableDoesNotKnowAreNotWritten() {
        first().append(TAGS, tags("ann cats 0.9").withColumn("stray", lit(1)));

        assertThat(spark.read().format("delta").load(first().path(TAGS)).columns())
                .containsExactly(TAGS.schema().fieldNames());
    }

    @Test
    void tablesUseNothingThatAnotherDeltaReaderDoesNotKnow() {
        first().append(TAGS, tags("ann cats 0.9", "ann dogs 0.5"));
        second().replaceUsers(TAGS, tags("ann cats 0.8"), users("ann"));
        first().append(Recommendations.TABLE, list(Date.valueOf("2026-11-23"), "1"));

        for (Table table : List.of(TAGS, Recommendations.TABLE)) {
            Row detail = spark.sql("DESCRIBE DETAIL delta.`" + first().path(table) + "`")
                    .first();
            Map<String, String> properties = detail.getJavaMap(detail.fieldIndex("properties"));
            assertThat(properties)
                    .containsEntry("schema_version", "1")
                    .containsEntry("delta.enableDeletionVectors", "false")
                    .doesNotContainKey("delta.columnMapping.mode");
            assertThat(detail.<String>getList(detail.fieldIndex("tableFeatures")))
                    .doesNotContain("deletionVectors", "columnMapping");
            assertThat(detail.getInt(detail.fieldIndex("minReaderVersion"))).isEqualTo(1);
        }
        assertThat(first().properties(TAGS)).doesNotContainKey("delta.columnMapping.mode");
    }

    @Test
    void aTableOfItsOwnPropertiesKeepsThem() {
        Map<String, String> properties = Map.of("tiktok-rec.x", "it's \\ 1", "tiktok-rec.y", "2");
        first().create(Embeddings.TABLE, properties);
        Warehouse later = second();
        later.create(Embeddings.TABLE, Map.of("tiktok-rec.x", "not this"));
        assertThat(later.properties(Embeddings.TABLE)).containsAllEntriesOf(properties);

        later.setProperties(Embeddings.TABLE, Map.of("tiktok-rec.x", "b'\\c"));

        assertThat(first().properties(Embeddings.TABLE))
                .containsEntry("tiktok-rec.x", "b'\\c")
                .containsEntry("tiktok-rec.y", "2");
    }

    @Test
    void typesAreThoseOfTheTableWhateverComes() {
        first().append(
                        TAGS,
                        tags("ann cats 1").withColumn(UserTags.AFFINITY, lit(1)).withColumn(UserTags.RANK, lit(2L)));

        assertThat(Arrays.stream(first().read(TAGS).schema().fields())
                        .collect(Collectors.toMap(StructField::name, StructField::dataType)))
                .containsEntry(UserTags.AFFINITY, DataTypes.DoubleType)
                .containsEntry(UserTags.RANK, DataTypes.IntegerType)
                .containsEntry(Table.WRITTEN_AT, DataTypes.TimestampType);
    }
}
