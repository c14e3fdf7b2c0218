package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/** Rows of users. */
final class UserRows {

    private static final String KNOWN = "known";
    private static final String NAME_SEEN = "name_seen";
    private static final String ID_SEEN = "id_seen";

    private UserRows() {}

    /** Accounts as user answers and items' authors show them. */
    static Dataset<Row> observed(Dataset<Row> landed) {
        return landed.where(col(Landing.USER).isNotNull())
                .select(col(Landing.USER + ".*"), col(Landing.AT), Newest.landedOrder());
    }

    /** Owners of pages of user lists: such an answer makes a user profiled, however empty it is. */
    static Dataset<Row> owners(Dataset<Row> ownedPages) {
        return ownedPages
                .where(col(Users.USERNAME).isNotNull())
                .select(withNulls())
                .distinct();
    }

    private static Column[] withNulls() {
        List<Column> columns = new ArrayList<>();
        for (StructField field : Landing.USER_SCHEMA.fields()) {
            columns.add(
                    switch (field.name()) {
                        case Users.USERNAME, Users.SEC_UID -> col(field.name());
                        case Users.PROFILED -> lit(true).as(field.name());
                        default -> lit(null).cast(field.dataType()).as(field.name());
                    });
        }
        columns.add(col(Landing.AT));
        columns.add(Newest.landedOrder());
        return columns.toArray(new Column[0]);
    }

    /** Stored rows of users whose name or user_id was seen: read once, for the renames and for the merge. */
    static Dataset<Row> concerned(Dataset<Row> users, Dataset<Row> seen) {
        String[] columns = users.columns();
        Dataset<Row> names = seen.select(Users.USERNAME).distinct().withColumn(NAME_SEEN, lit(true));
        Dataset<Row> ids = seen.select(Users.USER_ID)
                .where(col(Users.USER_ID).isNotNull())
                .distinct()
                .withColumn(ID_SEEN, lit(true));
        return users.join(names, new String[] {Users.USERNAME}, "left")
                .join(ids, new String[] {Users.USER_ID}, "left")
                .where(col(NAME_SEEN).or(col(ID_SEEN)))
                .select(Arrays.stream(columns).map(name -> col(name)).toArray(Column[]::new));
    }

    /** The stored rows of the accounts that were seen, as observations. */
    static Dataset<Row> standing(Dataset<Row> users, Dataset<Row> observed) {
        return asObservations(users)
                .join(observed.select(Users.USERNAME).distinct(), new String[] {Users.USERNAME}, "left_semi")
                .select(Arrays.stream(observed.columns()).map(name -> col(name)).toArray(Column[]::new));
    }

    /** Rows of the users table as observations of their time. */
    static Dataset<Row> asObservations(Dataset<Row> users) {
        return users.withColumn(Landing.AT, col(Videos.CRAWLED_AT))
                .withColumn(Newest.ORDER, Newest.standingOrder(Videos.CRAWLED_AT));
    }

    /** One row an account, of each column the newest value; none for one of which only its absence is known. */
    static Dataset<Row> merged(Dataset<Row> observations) {
        List<Column> newest = new ArrayList<>(Newest.values(Landing.USER_SCHEMA, Users.USERNAME, Users.PROFILED)
                .toList());
        newest.add(max(coalesce(col(Users.PROFILED), lit(false))).as(Users.PROFILED));
        newest.add(max(Landing.AT).as(Videos.CRAWLED_AT));
        Column saysGone = col(Users.STATUS).equalTo(AccountParser.GONE);
        Column standing = col(Newest.ORDER).getField(Newest.STANDING);
        newest.add(
                max(standing.or(coalesce(saysGone, lit(false)).unary_$bang())).as(KNOWN));
        return observations
                .groupBy(Users.USERNAME)
                .agg(newest.get(0), newest.subList(1, newest.size()).toArray(new Column[0]))
                .where(KNOWN)
                .drop(KNOWN)
                .withColumn(
                        Users.STATUS,
                        when(col(Users.STATUS).isNull(), AccountParser.ACTIVE).otherwise(col(Users.STATUS)));
    }
}
