package com.tiktokrec.jobs.users;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.levenshtein;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.jobs.run.JsonFiles;
import com.tiktokrec.jobs.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users that a run handles.
 *
 * @param usernames as stored; empty for all profiled, active users
 */
public record UserSelection(List<String> usernames) {

    private static final Logger LOG = LoggerFactory.getLogger(UserSelection.class);

    public static final String ACTIVE = "active";

    private static final int SUGGESTIONS = 3;

    /** All profiled, active users. */
    public static UserSelection all() {
        return new UserSelection(List.of());
    }

    /** Users by name, with or without {@code @}, in any case. */
    public static UserSelection of(List<String> names) {
        return new UserSelection(names.stream()
                .map(name -> name.strip().replaceFirst("^@", "").toLowerCase(Locale.ROOT))
                .distinct()
                .toList());
    }

    public boolean isAll() {
        return usernames.isEmpty();
    }

    /** Makes sure that what a command writes for these users to a file, or for all to a folder, overwrites nothing else. */
    public void requireOutput(Run run, Optional<String> output) {
        if (isAll()) {
            output.ifPresent(folder -> JsonFiles.requireFolder(run.spark(), folder));
        }
    }

    /**
     * Rows of {@link Users} of the users to handle; those who are private or gone are left out with a warning.
     *
     * @throws RunFailure where a name is unknown: nothing was done, names close to it are told
     */
    public Dataset<Row> rows(Run run) {
        Dataset<Row> active =
                run.warehouse().read(Users.TABLE).where(col(Users.STATUS).equalTo(ACTIVE));
        if (isAll()) {
            return active.where(coalesce(col(Users.PROFILED), lit(false)));
        }
        requireKnown(run);
        return active.where(col(Users.USERNAME).isin(usernames.toArray()));
    }

    private void requireKnown(Run run) {
        Dataset<Row> users = run.warehouse().read(Users.TABLE);
        List<Row> found = users.where(col(Users.USERNAME).isin(usernames.toArray()))
                .select(Users.USERNAME, Users.STATUS)
                .collectAsList();
        Set<String> known = found.stream().map(row -> row.getString(0)).collect(Collectors.toSet());
        List<String> unknown = new ArrayList<>(usernames);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw RunFailure.input(unknown.stream()
                            .map(name -> "user " + name + " is not in "
                                    + run.warehouse().path(Users.TABLE) + closeTo(users, name))
                            .collect(Collectors.joining("; "))
                    + ". Ingest a crawl of them first, or give a known name.");
        }
        found.stream()
                .filter(row -> !ACTIVE.equals(row.getString(1)))
                .forEach(row ->
                        LOG.warn("user {} is {}: no new profile and no new list", row.getString(0), row.getString(1)));
    }

    private static String closeTo(Dataset<Row> users, String name) {
        List<String> close = users.select(Users.USERNAME)
                .orderBy(levenshtein(col(Users.USERNAME), lit(name)), col(Users.USERNAME))
                .limit(SUGGESTIONS)
                .as(Encoders.STRING())
                .collectAsList();
        return close.isEmpty() ? ", which holds no user" : " (close to it: " + String.join(", ", close) + ")";
    }

    /** Marks users that were named as profiled, so that {@code --all} means them too from now on. */
    public void markProfiled(Run run) {
        if (isAll()) {
            return;
        }
        run.warehouse().upsert(Users.TABLE, () -> {
            Dataset<Row> unmarked = run.warehouse()
                    .read(Users.TABLE)
                    .where(col(Users.USERNAME).isin(usernames.toArray()))
                    .where(coalesce(col(Users.PROFILED), lit(false)).equalTo(false));
            return unmarked.isEmpty() ? Optional.empty() : Optional.of(unmarked.withColumn(Users.PROFILED, lit(true)));
        });
    }
}
