package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.StopWords;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.HashtagStatistics.HashtagCount;
import com.tiktokrec.jobs.taxonomy.HashtagStatistics.Pair;
import com.tiktokrec.jobs.taxonomy.HashtagStatistics.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Categories without a chat model: the strongest hashtags, embedded with those that stand beside them, clustered by
 * MLlib's k-means and named by their strongest members.
 */
final class ClusterCategoryMaker implements CategoryMaker {

    /** Fewer topics than this are too little text for clusters. */
    static final int FEWEST_TOPICS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(ClusterCategoryMaker.class);
    private static final int FEWEST_HASHTAGS_READ = 200;
    private static final int MOST_HASHTAGS_READ = 3_000;
    private static final double HASHTAGS_PER_ROOT_OF_TEXTS = 8;
    private static final int MOST_PAIRS = 100_000;
    private static final int MOST_WORDS = 30_000;
    private static final int TOPICS_PER_CATEGORY = 3;

    @Override
    public Made make(Run run, Dataset<Row> documents, int numCategories) {
        GenericHashtags generic = GenericHashtags.shipped();
        Size size = run.step("taxonomy: count texts", () -> HashtagStatistics.size(documents));
        int limit = (int) Math.max(
                FEWEST_HASHTAGS_READ,
                Math.min(MOST_HASHTAGS_READ, HASHTAGS_PER_ROOT_OF_TEXTS * Math.sqrt((double) size.documents())));
        List<HashtagCount> hashtags = run.step(
                "taxonomy: find the strongest hashtags", () -> HashtagStatistics.strongest(documents, generic, limit));
        Map<String, Long> words =
                run.step("taxonomy: count caption words", () -> HashtagStatistics.words(documents, MOST_WORDS));
        Map<String, Long> counts = new HashMap<>();
        hashtags.forEach(hashtag -> counts.put(hashtag.hashtag(), hashtag.documents()));
        Set<String> stopWords = StopWords.english();
        Segmenter segmenter = new Segmenter(words, counts, stopWords);
        List<Topic> topics = new Topics(segmenter, generic, stopWords, words.keySet()).of(hashtags);
        LOG.info("Taxonomy: {} texts, {} usable hashtags, {} topics", size.documents(), hashtags.size(), topics.size());
        if (topics.size() < FEWEST_TOPICS) {
            return Made.NOTHING;
        }
        Map<Pair, Long> pairs = run.step(
                "taxonomy: count hashtags that stand together",
                () -> HashtagStatistics.pairs(documents, List.copyOf(counts.keySet()), MOST_PAIRS));
        Associations associations = Associations.of(topics, authors(hashtags), pairs, size.authors());
        TopicSpace space = TopicSpace.of(run, topics, associations);
        int clusters = Math.max(1, Math.min(numCategories + numCategories / 5, topics.size() / TOPICS_PER_CATEGORY));
        double[] weights = topics.stream()
                .mapToDouble(topic -> Math.sqrt(topic.strength()))
                .toArray();
        int[] assigned = run.step(
                "taxonomy: cluster hashtags", () -> TopicClusters.of(run.spark(), space.vectors(), weights, clusters));
        List<Category> categories =
                new ClusterNames(topics, space, generic).categories(grouped(assigned, clusters), numCategories);
        return new Made(categories, 0);
    }

    private static Map<String, Long> authors(List<HashtagCount> hashtags) {
        return hashtags.stream().collect(Collectors.toMap(HashtagCount::hashtag, HashtagCount::authors));
    }

    private static List<List<Integer>> grouped(int[] assigned, int clusters) {
        List<List<Integer>> members = new ArrayList<>();
        for (int cluster = 0; cluster < clusters; cluster++) {
            members.add(new ArrayList<>());
        }
        for (int topic = 0; topic < assigned.length; topic++) {
            members.get(assigned[topic]).add(topic);
        }
        return members;
    }
}
