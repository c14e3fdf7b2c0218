package com.tiktokrec.jobs.ingest;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import com.tiktokrec.common.spark.Frozen;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.Table;
import com.tiktokrec.common.tables.UserProfiles;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.tables.Warehouse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds which name. A user_id seen last under a new name takes its rows there; a name seen last under a new user_id
 * is a new user's, and the rows of the one before are not his.
 */
final class Renames implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Renames.class);

    /** Tables with rows by username; users last, since the moves are told from it: a killed run finds them again. */
    private static final List<Table> TABLES = List.of(
            UserVideos.TABLE,
            UserProfiles.TABLE,
            UserTags.TABLE,
            SearchQueries.TABLE,
            Recommendations.TABLE,
            Users.TABLE);

    private static final String FIRST_AT = "first_at";
    private static final String LAST_AT = "last_at";
    private static final String STANDING = Newest.STANDING;
    private static final String NAMES = "names";
    private static final String HOLDERS = "holders";
    private static final String NAME = "name";
    private static final String HOLDER = "holder";
    private static final String CURRENT = "current_name";
    private static final String KNOWN_ID = "known_id";
    private static final String BEFORE = "previous_name";
    private static final String UNTIL = "until";
    private static final String ALIAS = "is_alias";
    private static final String FROM = "from_name";
    private static final String TO = "to_name";

    /** The claims that contradict one another: the renames of a night are few. */
    private final Frozen claims;

    /** user_id, {@link #CURRENT} (null: its name is another's now, and no other is known). */
    private final Frozen namesById;

    private final Frozen aliases;

    /** The claims come from the users table, which the moves change: what follows from them is worked out before. */
    private Renames(Frozen claims) {
        this.claims = claims;
        this.namesById = Frozen.of(namesById(claims.rows()));
        this.aliases = Frozen.of(aliases(claims.rows(), namesById.rows()));
    }

    private static Dataset<Row> namesById(Dataset<Row> claims) {
        Dataset<Row> holders = claims.groupBy(Users.USERNAME)
                .agg(max_by(col(Users.USER_ID), newest(Users.USER_ID)).as(HOLDER))
                .select(col(Users.USERNAME).as(NAME), col(HOLDER));
        return claims.groupBy(Users.USER_ID)
                .agg(max_by(col(Users.USERNAME), newest(Users.USERNAME)).as(NAME))
                .join(broadcast(holders), new String[] {NAME})
                .select(
                        col(Users.USER_ID),
                        when(col(HOLDER).equalTo(col(Users.USER_ID)), col(NAME)).as(CURRENT));
    }

    /** Names that meant another user up to some time, for rows that know no user_id. */
    private static Dataset<Row> aliases(Dataset<Row> claims, Dataset<Row> namesById) {
        return claims.join(broadcast(namesById), new String[] {Users.USER_ID})
                .where(col(CURRENT).eqNullSafe(col(Users.USERNAME)).unary_$bang())
                .groupBy(Users.USERNAME)
                .agg(max_by(struct(col(CURRENT), col(LAST_AT)), newest(Users.USER_ID))
                        .as(BEFORE))
                .select(
                        col(Users.USERNAME),
                        col(BEFORE).getField(CURRENT).as(BEFORE),
                        col(BEFORE).getField(LAST_AT).as(UNTIL),
                        lit(true).as(ALIAS));
    }

    /** Claims are compared by the last time they were seen; of the same time the stored one stands. */
    private static Column newest(String last) {
        return struct(col(LAST_AT), col(STANDING), col(last));
    }

    /**
     * Looks whether any account of a batch has another name, or any name another user_id, than before.
     *
     * @param concerned stored rows of users whose name or user_id the batch has
     */
    static Optional<Renames> among(Dataset<Row> accounts, Dataset<Row> concerned) {
        Dataset<Row> seen = accounts.where(col(Users.USER_ID).isNotNull())
                .groupBy(Users.USERNAME, Users.USER_ID)
                .agg(min(Landing.AT).as(FIRST_AT), max(Landing.AT).as(LAST_AT))
                .withColumn(STANDING, lit(false));
        Dataset<Row> stored = concerned
                .where(col(Users.USER_ID).isNotNull())
                .select(
                        col(Users.USERNAME),
                        col(Users.USER_ID),
                        col(Videos.CRAWLED_AT).as(FIRST_AT),
                        col(Videos.CRAWLED_AT).as(LAST_AT),
                        lit(true).as(STANDING));
        Frozen claims = Frozen.of(seen.unionByName(stored)
                .groupBy(Users.USERNAME, Users.USER_ID)
                .agg(
                        min(FIRST_AT).as(FIRST_AT),
                        max(LAST_AT).as(LAST_AT),
                        max(STANDING).as(STANDING))
                .withColumn(NAMES, count(lit(1)).over(Window.partitionBy(Users.USER_ID)))
                .withColumn(HOLDERS, count(lit(1)).over(Window.partitionBy(Users.USERNAME)))
                .where(col(NAMES).gt(1).or(col(HOLDERS).gt(1)))
                .drop(NAMES, HOLDERS));
        if (claims.rows().isEmpty()) {
            claims.close();
            return Optional.empty();
        }
        return Optional.of(new Renames(claims));
    }

    /** Stored names that are their user's no more: {@link #FROM}, {@link #TO} (null: nobody's). */
    private Dataset<Row> moves() {
        return claims.rows()
                .where(STANDING)
                .join(broadcast(namesById.rows()), new String[] {Users.USER_ID})
                .where(col(CURRENT).eqNullSafe(col(Users.USERNAME)).unary_$bang())
                .select(col(Users.USERNAME).as(FROM), col(CURRENT).as(TO), col(Users.USER_ID), col(LAST_AT));
    }

    /**
     * Rows under the names that stand now; rows of users who have none are left out.
     *
     * @param rows with {@link Users#USERNAME}, {@link Landing#AT} and, where it is known, {@link Users#USER_ID}
     */
    Dataset<Row> applied(Dataset<Row> rows) {
        boolean hasIds = List.of(rows.columns()).contains(Users.USER_ID);
        Dataset<Row> identified = hasIds
                ? rows.join(
                        broadcast(namesById.rows().withColumn(KNOWN_ID, lit(true))),
                        new String[] {Users.USER_ID},
                        "left")
                : rows.withColumn(CURRENT, lit(null).cast("string")).withColumn(KNOWN_ID, lit(false));
        Column byAlias = coalesce(col(ALIAS), lit(false)).and(col(Landing.AT).leq(col(UNTIL)));
        Column name = when(coalesce(col(KNOWN_ID), lit(false)), col(CURRENT))
                .when(byAlias, col(BEFORE))
                .otherwise(col(Users.USERNAME));
        // A page of a search has no user, and is none's that lost his name.
        Column lost = col(Users.USERNAME).isNotNull().and(name.isNull());
        return identified
                .join(broadcast(aliases.rows()), new String[] {Users.USERNAME}, "left")
                .where(lost.unary_$bang())
                .withColumn(Users.USERNAME, name)
                .select(columns(rows));
    }

    /** Moves or deletes the stored rows of names that changed hands. */
    void moveStoredRows(Warehouse warehouse) {
        try (Frozen frozen = Frozen.of(moves())) {
            Dataset<Row> moves = frozen.rows();
            Row summary = moves.agg(
                            count(lit(1)),
                            count(col(TO)),
                            bit_xor(xxhash64(col(FROM), col(TO), col(Users.USER_ID), col(LAST_AT))))
                    .head();
            if (summary.getLong(0) == 0) {
                return;
            }
            LOG.info(
                    "{} users have a new name, {} names a new user: their rows move or go",
                    summary.getLong(1),
                    summary.getLong(0) - summary.getLong(1));
            String change = "ingest-renames-" + Long.toHexString(summary.getLong(2));
            once(warehouse.spark(), change, () -> TABLES.forEach(table -> move(warehouse, table, moves)));
        }
    }

    /**
     * Does writes that Delta skips on each table where an earlier run, killed before it was through, did them: names
     * that two users swapped would be swapped back.
     */
    private static void once(SparkSession spark, String change, Runnable writes) {
        spark.conf().set("spark.databricks.delta.write.txnAppId", change);
        spark.conf().set("spark.databricks.delta.write.txnVersion", "1");
        try {
            writes.run();
        } finally {
            spark.conf().unset("spark.databricks.delta.write.txnAppId");
            spark.conf().unset("spark.databricks.delta.write.txnVersion");
        }
    }

    private static void move(Warehouse warehouse, Table table, Dataset<Row> moves) {
        if (warehouse.isEmpty(table)) {
            return;
        }
        Dataset<Row> stored = warehouse.read(table);
        Dataset<Row> leaving = stored.join(
                broadcast(moves.select(FROM, TO)), stored.col(Users.USERNAME).equalTo(moves.col(FROM)));
        if (leaving.isEmpty()) {
            return;
        }
        Dataset<Row> moved = leaving.where(col(TO).isNotNull())
                .withColumn(Users.USERNAME, col(TO))
                .select(columns(stored));
        Dataset<Row> names = moves.select(col(FROM).as(Users.USERNAME));
        // A name may have rows from a time when its user_id was not known: they are the same user's.
        Dataset<Row> present = stored.join(
                        moves.where(col(TO).isNotNull()).select(col(TO).as(Users.USERNAME)),
                        new String[] {Users.USERNAME},
                        "left_semi")
                .join(names, new String[] {Users.USERNAME}, "left_anti")
                .select(columns(stored));
        try (Frozen fresh = Frozen.of(united(table, moved, present))) {
            Dataset<Row> handled =
                    names.unionByName(moves.where(col(TO).isNotNull()).select(col(TO).as(Users.USERNAME)));
            warehouse.replaceUsers(table, fresh.rows(), handled);
        }
    }

    private static Dataset<Row> united(Table table, Dataset<Row> moved, Dataset<Row> present) {
        if (table.equals(Users.TABLE)) {
            return UserRows.merged(UserRows.asObservations(moved.unionByName(present)));
        }
        if (table.equals(UserVideos.TABLE)) {
            return UserVideoRows.newest(moved.unionByName(present));
        }
        // Tags and lists are made as a whole: two of them can't be one.
        String[] whole = table.key().contains(SearchQueries.RUN_DATE)
                ? new String[] {SearchQueries.RUN_DATE, Users.USERNAME}
                : new String[] {Users.USERNAME};
        return moved.join(present.select(columns(whole)).distinct(), whole, "left_anti")
                .select(columns(present))
                .unionByName(present)
                .dropDuplicates(table.key().toArray(new String[0]));
    }

    private static Column[] columns(Dataset<Row> rows) {
        return columns(rows.columns());
    }

    private static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    @Override
    public void close() {
        aliases.close();
        namesById.close();
        claims.close();
    }
}
