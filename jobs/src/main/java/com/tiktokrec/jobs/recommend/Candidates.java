package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.tables.Recommendations;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Users;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Which documents are candidates for which user, and why: the query that ranked each best, the tags that led to it. */
final class Candidates {

    static final String CORPUS = "corpus";

    private static final String FOUND = "found";
    private static final String FOUND_RANK = "found_rank";
    private static final String BEST = "best";
    private static final String[] BY_USER = {Users.USERNAME};

    private Candidates() {}

    /**
     * Candidates by query: username, ordinal, source, source_query and source_tags, one row a user and document.
     *
     * @param queries of {@link UserQueries}
     * @param fused of {@link CorpusRetrieval}
     * @param never of {@link NeverList}
     */
    static Dataset<Row> byQuery(Dataset<Row> queries, Dataset<Row> fused, Dataset<Row> never, int videosPerQuery) {
        return queries.select(Users.USERNAME, SearchResults.QUERY, SearchQueries.SOURCE_TAGS)
                .join(fused, new String[] {SearchResults.QUERY})
                .join(never, BY_USER, "left")
                .withColumn(FOUND, found(col(CorpusRetrieval.FUSED), col(NeverList.NEVER), videosPerQuery))
                .select(
                        col(Users.USERNAME),
                        col(SearchResults.QUERY),
                        col(SearchQueries.SOURCE_TAGS),
                        posexplode(col(FOUND)).as(new String[] {FOUND_RANK, Corpus.ORDINAL}))
                .groupBy(Users.USERNAME, Corpus.ORDINAL)
                .agg(
                        min(struct(FOUND_RANK, SearchResults.QUERY)).as(BEST),
                        array_sort(array_distinct(flatten(collect_list(col(SearchQueries.SOURCE_TAGS)))))
                                .as(SearchQueries.SOURCE_TAGS))
                .select(
                        col(Users.USERNAME),
                        col(Corpus.ORDINAL),
                        lit(CORPUS).as(SearchResults.SOURCE),
                        col(BEST).getField(SearchResults.QUERY).as(Recommendations.SOURCE_QUERY),
                        col(SearchQueries.SOURCE_TAGS));
    }

    /** Candidates from the trending pool, in the same columns, without a query and its tags. */
    static Dataset<Row> trending(Dataset<Row> users, List<Long> pool, Dataset<Row> never) {
        Column pooled = lit(pool.stream().mapToLong(Long::longValue).toArray());
        return users.select(Users.USERNAME)
                .join(never, BY_USER, "left")
                .withColumn(FOUND, found(pooled, col(NeverList.NEVER), pool.size()))
                .select(col(Users.USERNAME), posexplode(col(FOUND)).as(new String[] {FOUND_RANK, Corpus.ORDINAL}))
                .select(
                        col(Users.USERNAME),
                        col(Corpus.ORDINAL),
                        lit(TrendingPool.TRENDING).as(SearchResults.SOURCE),
                        lit(null).cast(DataTypes.StringType).as(Recommendations.SOURCE_QUERY),
                        array().cast(DataTypes.createArrayType(DataTypes.StringType))
                                .as(SearchQueries.SOURCE_TAGS));
    }

    /** The first documents of a list that are not on the user's never-list. */
    private static Column found(Column list, Column never, int most) {
        return udf(
                        (Seq<Long> ordinals, Seq<Long> barred) -> {
                            Set<Long> out =
                                    barred == null ? Set.of() : new HashSet<>(CollectionConverters.asJava(barred));
                            return CollectionConverters.asJava(ordinals).stream()
                                    .filter(ordinal -> !out.contains(ordinal))
                                    .limit(most)
                                    .toList();
                        },
                        DataTypes.createArrayType(DataTypes.LongType))
                .apply(list, never);
    }
}
