package com.tiktokrec.jobs.profile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec.Role;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.video.VideoVectors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Tags of users by a language model. */
final class ModelTags {

    static final String LLM = "llm";

    private static final String STEP = "profile";
    private static final String ITEMS = "items";
    private static final String VECTORS = "vectors";
    private static final String PROMPT = "prompt";
    private static final String GIVEN = "given";

    private static final DataType TAG_ARRAY = DataTypes.createArrayType(new StructType(new StructField[] {
        Fields.string(Categories.TAG), Fields.real(UserTags.BASE_AFFINITY), Fields.string(UserTags.REASON)
    }));

    private static final DataType PROMPT_TYPE =
            new StructType(new StructField[] {Fields.string(ChatCalls.USER), Fields.string(ChatCalls.SCHEMA)});

    /** Eight tags with a reason each. */
    private static final long TOKENS_OF_AN_ANSWER = 300;

    private ModelTags() {}

    /**
     * Answers for users with activity: their username, {@link ChatCalls#RESPONSE} and {@link ChatCalls#FAILURE}.
     *
     * @param users to ask for: username and bio
     * @param items analysed items of these users
     */
    static Dataset<Row> answers(
            Run run, ChatCalls chat, Dataset<Row> users, Dataset<Row> items, List<Category> categories) {
        VideoVectors.embed(
                run,
                items.select(Videos.TEXT_HASH, Videos.DESCRIPTION, Videos.HASHTAGS, Videos.MUSIC_TITLE, Videos.AUTHOR));
        Dataset<Row> prompts = prompts(run, users, items, categories).persist();
        Dataset<Row> answers =
                run.step("map users to categories", () -> chat.answers(STEP, ProfilePrompt.VERSION, prompts));
        return answers.select(Users.USERNAME, ChatCalls.RESPONSE, ChatCalls.FAILURE);
    }

    /** What {@link #answers} would buy; guessed where vectors or categories are not there yet. */
    static List<StepEstimate> estimate(
            Run run,
            ChatCalls chat,
            Dataset<Row> users,
            Dataset<Row> items,
            List<Category> categories,
            boolean newTaxonomy) {
        StepEstimate vectors = run.models()
                .embeddings()
                .estimate("videos", Role.DOCUMENT, items.withColumn(EmbeddingCalls.TEXT, VideoVectors.text()), false);
        boolean assumed = newTaxonomy || vectors.promptTokens() > 0;
        // Without vectors all categories would be offered; with them, the nearest are.
        List<Category> offered =
                assumed ? categories.stream().limit(NearestCategories.OFFERED).toList() : categories;
        return List.of(vectors, chat.estimate(STEP, prompts(run, users, items, offered), TOKENS_OF_AN_ANSWER, assumed));
    }

    private static Dataset<Row> prompts(Run run, Dataset<Row> users, Dataset<Row> items, List<Category> categories) {
        EmbeddingCalls embeddings = run.models().embeddings();
        NearestCategories nearest = new NearestCategories(run, categories);
        ProfilePrompt prompt = ProfilePrompt.of(run.settings().models().llm().maxInputTokens());
        return items.join(embeddings.vectors(Role.DOCUMENT), new String[] {Videos.TEXT_HASH}, "left")
                // Of a user's own posts the author is the user, and no prompt needs their name.
                .withColumn(
                        Videos.AUTHOR,
                        when(col(UserVideos.KIND).notEqual(ActivityKind.POST.stored()), col(Videos.AUTHOR)))
                .withColumn(EmbeddingCalls.TEXT, VideoVectors.text())
                .groupBy(Users.USERNAME)
                .agg(
                        // Newest first; the id makes the order of equal times one order.
                        sort_array(
                                        collect_list(struct(
                                                col(Videos.CREATE_TIME),
                                                col(Videos.VIDEO_ID),
                                                col(UserVideos.KIND),
                                                col(EmbeddingCalls.TEXT))),
                                        false)
                                .as(ITEMS),
                        sort_array(collect_list(struct(col(Videos.VIDEO_ID), col(Categories.EMBEDDING))))
                                .as(VECTORS))
                .join(users.select(Users.USERNAME, Users.BIO), new String[] {Users.USERNAME})
                .withColumn(PROMPT, prompt(prompt, nearest, col(Users.BIO), col(ITEMS), col(VECTORS)))
                .select(
                        col(Users.USERNAME),
                        lit(prompt.system()).as(ChatCalls.SYSTEM),
                        col(PROMPT).getField(ChatCalls.USER).as(ChatCalls.USER),
                        lit(ProfilePrompt.SCHEMA_NAME).as(ChatCalls.SCHEMA_NAME),
                        col(PROMPT).getField(ChatCalls.SCHEMA).as(ChatCalls.SCHEMA));
    }

    private static Column prompt(
            ProfilePrompt prompt, NearestCategories nearest, Column bio, Column items, Column vectors) {
        return udf(
                        (String text, Seq<Row> analysed, Seq<Row> embedded) -> {
                            Map<ActivityKind, List<String>> byKind = new EnumMap<>(ActivityKind.class);
                            for (Row item : CollectionConverters.asJava(analysed)) {
                                ActivityKind kind = ActivityKind.valueOf(
                                        item.<String>getAs(UserVideos.KIND).toUpperCase(Locale.ROOT));
                                byKind.computeIfAbsent(kind, key -> new ArrayList<>())
                                        .add(item.getAs(EmbeddingCalls.TEXT));
                            }
                            List<Category> offered = nearest.to(CollectionConverters.asJava(embedded));
                            return RowFactory.create(prompt.user(text, byKind, offered), prompt.schema(offered));
                        },
                        PROMPT_TYPE)
                .apply(bio, items, vectors);
    }

    /** Tags of the users who got an answer: username, tag, base_affinity, reason and method. */
    static Dataset<Row> tags(Dataset<Row> answers) {
        Column given = udf(
                        (String response) -> ProfilePrompt.tags(response).stream()
                                .map(tag -> RowFactory.create(tag.tag(), tag.affinity(), tag.reason()))
                                .toList(),
                        TAG_ARRAY)
                .apply(col(ChatCalls.RESPONSE));
        return answers.where(col(ChatCalls.RESPONSE).isNotNull())
                .select(col(Users.USERNAME), explode(given).as(GIVEN))
                .select(
                        col(Users.USERNAME),
                        col(GIVEN).getField(Categories.TAG).as(Categories.TAG),
                        col(GIVEN).getField(UserTags.BASE_AFFINITY).as(UserTags.BASE_AFFINITY),
                        col(GIVEN).getField(UserTags.REASON).as(UserTags.REASON),
                        lit(LLM).as(UserTags.METHOD));
    }
}
