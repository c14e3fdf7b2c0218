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
    private static final String FROM_CORPUS = "from_corpus";
    private static final String[] BY_USER = {Users.USERNAME};

    private Candidates() {}

    /**
     * Candidates by query: username, ordinal, source, source_query, source_tags and stale, one row a user and document.
     *
     * @param queries of {@link UserQueries}
     * @param fused of {@link CorpusRetrieval}
     * @param never of {@link NeverList}
     */
    static Dataset<Row> byQuery(Dataset<Row> queries, Dataset<Row> fused, Dataset<Row> never, int videosPerQuery) {
        return bySource(queries, fromCorpus(fused), never, videosPerQuery);
    }

    /** Lists of {@link CorpusRetrieval} as those of one of several sources. */
    static Dataset<Row> fromCorpus(Dataset<Row> fused) {
        return fused.withColumn(SearchResults.SOURCE, lit(CORPUS)).withColumn(SearchResults.STALE, lit(false));
    }

    /**
     * The same from lists of several sources. Of two that rank a document alike, for the same query, the search is told.
     *
     * @param lists query, {@link CorpusRetrieval#FUSED}, source and stale
     */
    static Dataset<Row> bySource(Dataset<Row> queries, Dataset<Row> lists, Dataset<Row> never, int videosPerQuery) {
        return queries.select(Users.USERNAME, SearchResults.QUERY, SearchQueries.SOURCE_TAGS)
                .join(lists, new String[] {SearchResults.QUERY})
                .join(never, BY_USER, "left")
                .withColumn(FOUND, found(col(CorpusRetrieval.FUSED), col(NeverList.NEVER), videosPerQuery))
                .select(
                        col(Users.USERNAME),
                        col(SearchResults.QUERY),
                        col(SearchQueries.SOURCE_TAGS),
                        col(SearchResults.SOURCE),
                        col(SearchResults.STALE),
                        posexplode(col(FOUND)).as(new String[] {FOUND_RANK, Corpus.ORDINAL}))
                .withColumn(FROM_CORPUS, col(SearchResults.SOURCE).equalTo(CORPUS))
                .groupBy(Users.USERNAME, Corpus.ORDINAL)
                .agg(
                        min(struct(
                                        FOUND_RANK,
                                        SearchResults.QUERY,
                                        FROM_CORPUS,
                                        SearchResults.SOURCE,
                                        SearchResults.STALE))
                                .as(BEST),
                        array_sort(array_distinct(flatten(collect_list(col(SearchQueries.SOURCE_TAGS)))))
                                .as(SearchQueries.SOURCE_TAGS))
                .select(
                        col(Users.USERNAME),
                        col(Corpus.ORDINAL),
                        col(BEST).getField(SearchResults.SOURCE).as(SearchResults.SOURCE),
                        col(BEST).getField(SearchResults.QUERY).as(Recommendations.SOURCE_QUERY),
                        col(SearchQueries.SOURCE_TAGS),
                        col(BEST).getField(SearchResults.STALE).as(SearchResults.STALE));
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
                                .as(SearchQueries.SOURCE_TAGS),
                        lit(false).as(SearchResults.STALE));
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
