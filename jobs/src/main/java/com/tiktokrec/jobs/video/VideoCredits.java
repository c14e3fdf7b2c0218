package com.tiktokrec.jobs.video;

import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.CategoryMatcher;
import com.tiktokrec.common.text.StopWords;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The credits of a video: which categories it touches, and how surely. */
public final class VideoCredits {

    private VideoCredits() {}

    /** A map from tag to credit above 0, of a description and an array of hashtags. */
    public static Column of(Collection<Category> categories, Column description, Column hashtags) {
        CategoryMatcher matcher = new CategoryMatcher(categories, StopWords.english());
        return udf(
                        (String text, Seq<String> tags) -> credits(matcher, text, tags),
                        DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType))
                .apply(description, hashtags);
    }

    private static Map<String, Double> credits(CategoryMatcher matcher, String description, Seq<String> hashtags) {
        List<String> tags = hashtags == null ? List.of() : CollectionConverters.asJava(hashtags);
        Map<String, Double> credits = new HashMap<>();
        matcher.credits(description, tags).forEach(credit -> credits.put(credit.tag(), credit.credit()));
        return credits;
    }
}
