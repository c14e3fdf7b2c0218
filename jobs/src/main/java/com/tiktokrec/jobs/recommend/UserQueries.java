package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.users.UserTagArrays;
import java.io.Serializable;
import java.sql.Date;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Tonight's search queries of users with tags: by a language model, or by templates. */
final class UserQueries {

    /** Which fallback a row comes from, if any: {@link #KEPT} or {@link #TEMPLATE_QUERY}. */
    static final String FALLBACK = "query_fallback";

    static final String KEPT = "kept";
    static final String TEMPLATE_QUERY = "template_query";

    private static final String LLM = "llm";
    private static final String TEMPLATE = "template";
    private static final String STEP = "queries";
    private static final String QUERIES = "queries";
    private static final String[] BY_USER = {Users.USERNAME};

    private static final DataType QUERY_ARRAY = DataTypes.createArrayType(new StructType(new StructField[] {
        Fields.string(SearchResults.QUERY),
        Fields.strings(SearchQueries.SOURCE_TAGS),
        Fields.string(SearchQueries.CONTENT_TYPE)
    }));

    /** The text, its tags and its kind, as JSON. */
    private static final int TOKENS_OF_A_QUERY = 30;

    private UserQueries() {}

    /**
     * Rows of {@link SearchQueries} with {@link #FALLBACK}.
     *
     * @param tagged one row a user with tags, as {@link UserTagArrays} gives it, persisted
     */
    static Dataset<Row> of(Run run, Dataset<Row> tagged, List<Category> categories) {
        return run.models()
                .chat()
                .map(chat -> byModel(run, chat, tagged, categories))
                .orElseGet(() -> byTemplate(run, tagged, categories, lit(null).cast("string")));
    }

    /** What {@link #of} would buy of a language model for users with tags. */
    static StepEstimate estimate(Run run, ChatCalls chat, Dataset<Row> tagged, boolean assumed) {
        int queries = run.settings().pipeline().maxSearchQueries();
        QueryPrompt prompt = QueryPrompt.of(queries);
        return chat.estimate(
                STEP, tagged.transform(users -> prompts(users, prompt)), (long) queries * TOKENS_OF_A_QUERY, assumed);
    }

    private static Dataset<Row> byTemplate(Run run, Dataset<Row> tagged, List<Category> categories, Column fallback) {
        TemplateQueries templates = new TemplateQueries(
                categories.stream().collect(Collectors.toMap(Category::tag, Category::keywords)),
                run.settings().pipeline().maxSearchQueries());
        Column queries = udf((Seq<Row> tags) -> rows(templates.of(names(tags))), QUERY_ARRAY)
                .apply(col(UserTagArrays.USER_TAGS));
        return exploded(run, tagged.withColumn(QUERIES, queries), TEMPLATE).withColumn(FALLBACK, fallback);
    }

    private static Dataset<Row> byModel(Run run, ChatCalls chat, Dataset<Row> tagged, List<Category> categories) {
        QueryPrompt prompt = QueryPrompt.of(run.settings().pipeline().maxSearchQueries());
        Dataset<Row> answers = chat.answers(
                        STEP, QueryPrompt.VERSION, tagged.transform(users -> prompts(users, prompt)))
                .persist();
        Column parsed = udf((String response) -> rows(prompt.queries(response)), QUERY_ARRAY)
                .apply(col(ChatCalls.RESPONSE));
        Dataset<Row> answered = exploded(
                        run, answers.where(col(ChatCalls.RESPONSE).isNotNull()).withColumn(QUERIES, parsed), LLM)
                .withColumn(FALLBACK, lit(null).cast("string"));
        Dataset<Row> unanswered =
                answers.where(col(ChatCalls.RESPONSE).isNull()).select(Users.USERNAME, UserTagArrays.USER_TAGS);
        Dataset<Row> kept = run.warehouse()
                .read(SearchQueries.TABLE)
                .where(col(UserTags.METHOD).equalTo(LLM))
                .join(unanswered.select(Users.USERNAME), BY_USER, "left_semi")
                .select(
                        answered.drop(FALLBACK).columns()[0],
                        columnsAfterFirst(answered.drop(FALLBACK).columns()))
                .withColumn(SearchQueries.RUN_DATE, tonight(run))
                .withColumn(FALLBACK, lit(KEPT));
        Dataset<Row> withoutAny = unanswered.join(kept.select(Users.USERNAME).distinct(), BY_USER, "left_anti");
        return answered.unionByName(kept).unionByName(byTemplate(run, withoutAny, categories, lit(TEMPLATE_QUERY)));
    }

    private static String[] columnsAfterFirst(String[] columns) {
        return Arrays.copyOfRange(columns, 1, columns.length);
    }

    private static Dataset<Row> prompts(Dataset<Row> tagged, QueryPrompt prompt) {
        Column tags = col(UserTagArrays.USER_TAGS);
        return tagged.withColumn(ChatCalls.SYSTEM, lit(prompt.system()))
                .withColumn(
                        ChatCalls.USER,
                        ofTags(affinities -> prompt.user(affinities)).apply(tags))
                .withColumn(ChatCalls.SCHEMA_NAME, lit(QueryPrompt.SCHEMA_NAME))
                .withColumn(
                        ChatCalls.SCHEMA,
                        ofTags(affinities -> prompt.schema(affinities.keySet())).apply(tags));
    }

    /** A serialisable function of a user's tags. */
    private interface OfTags extends Function<Map<String, Double>, String>, Serializable {}

    private static UserDefinedFunction ofTags(OfTags text) {
        return udf(
                (Seq<Row> tags) -> {
                    Map<String, Double> affinityByTag = new HashMap<>();
                    CollectionConverters.asJava(tags)
                            .forEach(tag -> affinityByTag.put(tag.getAs(Categories.TAG), tag.getAs(UserTags.AFFINITY)));
                    return text.apply(affinityByTag);
                },
                DataTypes.StringType);
    }

    private static Dataset<Row> exploded(Run run, Dataset<Row> users, String method) {
        return users.select(
                        col(Users.USERNAME), posexplode(col(QUERIES)).as(new String[] {UserVideos.POSITION, "made"}))
                .select(
                        col(Users.USERNAME),
                        col("made").getField(SearchResults.QUERY).as(SearchResults.QUERY),
                        col(UserVideos.POSITION),
                        col("made").getField(SearchQueries.SOURCE_TAGS).as(SearchQueries.SOURCE_TAGS),
                        col("made").getField(SearchQueries.CONTENT_TYPE).as(SearchQueries.CONTENT_TYPE),
                        lit(method).as(UserTags.METHOD),
                        tonight(run).as(SearchQueries.RUN_DATE));
    }

    private static Column tonight(Run run) {
        return lit(Date.valueOf(run.date()));
    }

    private static List<String> names(Seq<Row> tags) {
        return CollectionConverters.asJava(tags).stream()
                .map(tag -> tag.<String>getAs(Categories.TAG))
                .toList();
    }

    private static List<Row> rows(List<TemplateQueries.Query> queries) {
        return queries.stream()
                .map(query ->
                        RowFactory.create(query.text(), query.sourceTags().toArray(String[]::new), query.contentType()))
                .toList();
    }
}
