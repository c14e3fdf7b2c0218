package com.tiktokrec.jobs.recommend;

import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.FlatMapGroupsFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/** Turns scored candidates into each user's list: greedy diversity over the candidates of one user at a time. */
final class RankedLists {

    private RankedLists() {}

    /** Picks with rank, score, author_repeats and tag_set_repeats added to the candidate's columns. */
    static Function1<Dataset<Row>, Dataset<Row>> of(Diversity diversity) {
        return candidates -> candidates
                .groupByKey((MapFunction<Row, String>) row -> row.getAs(Users.USERNAME), Encoders.STRING())
                .flatMapGroups(
                        (FlatMapGroupsFunction<String, Row, Row>) (username, rows) -> picked(diversity, rows),
                        Encoders.row(withPickColumns(candidates.schema())));
    }

    private static StructType withPickColumns(StructType candidates) {
        List<StructField> fields = new ArrayList<>(Arrays.asList(candidates.fields()));
        fields.add(Fields.integer(UserTags.RANK));
        fields.add(Fields.real(Recommendations.SCORE));
        fields.add(Fields.integer(Recommendations.AUTHOR_REPEATS));
        fields.add(Fields.integer(Recommendations.TAG_SET_REPEATS));
        return new StructType(fields.toArray(new StructField[0]));
    }

    private static Iterator<Row> picked(Diversity diversity, Iterator<Row> rows) {
        List<Diversity.Candidate<Row>> candidates = new ArrayList<>();
        rows.forEachRemaining(row -> candidates.add(new Diversity.Candidate<>(
                row.getAs(Videos.VIDEO_ID),
                row.getAs(Videos.AUTHOR),
                row.<Double>getAs(Recommendations.BASE_SCORE),
                Set.copyOf(row.<String>getList(row.fieldIndex(Recommendations.MATCHED_TAGS))),
                row)));
        return diversity.picks(candidates).stream().map(RankedLists::row).iterator();
    }

    private static Row row(Diversity.Pick<Row> pick) {
        Row candidate = pick.candidate().row();
        Object[] values = new Object[candidate.size() + 4];
        for (int column = 0; column < candidate.size(); column++) {
            values[column] = candidate.get(column);
        }
        values[candidate.size()] = pick.rank();
        values[candidate.size() + 1] = pick.score();
        values[candidate.size() + 2] = pick.authorRepeats();
        values[candidate.size() + 3] = pick.tagSetRepeats();
        return RowFactory.create(values);
    }
}
