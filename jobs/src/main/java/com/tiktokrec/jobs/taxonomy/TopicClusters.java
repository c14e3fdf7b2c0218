package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.tables.Fields;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** MLlib's k-means by cosine over a few thousand vectors; the same vectors give the same clusters. */
final class TopicClusters {

    private static final long SEED = 20;
    private static final int MOST_ITERATIONS = 15;
    private static final int ROWS_PER_SLICE = 200;
    private static final String INDEX = "index";
    private static final String FEATURES = "features";
    private static final String WEIGHT = "weight";
    private static final StructType POINTS = new StructType(new StructField[] {
        Fields.bigint(INDEX), Fields.field(FEATURES, SQLDataTypes.VectorType()), Fields.real(WEIGHT)
    });

    private TopicClusters() {}

    /** The cluster of each vector, 0 to k − 1; some may stay empty. */
    static int[] of(SparkSession spark, List<double[]> vectors, double[] weights, int clusters) {
        Dataset<Row> points = points(spark, vectors, weights);
        KMeansModel model = new KMeans()
                .setK(clusters)
                .setSeed(SEED)
                .setMaxIter(MOST_ITERATIONS)
                .setDistanceMeasure("cosine")
                .setFeaturesCol(FEATURES)
                .setWeightCol(WEIGHT)
                .fit(points);
        int[] assigned = new int[vectors.size()];
        for (int index = 0; index < assigned.length; index++) {
            assigned[index] = model.predict(Vectors.dense(vectors.get(index)));
        }
        return assigned;
    }

    /** One ordered partition, so that sums come out the same; in small slices before, so that no task is large. */
    private static Dataset<Row> points(SparkSession spark, List<double[]> vectors, double[] weights) {
        List<Row> rows = new ArrayList<>(vectors.size());
        for (int index = 0; index < vectors.size(); index++) {
            rows.add(RowFactory.create((long) index, Vectors.dense(vectors.get(index)), weights[index]));
        }
        int slices = 1 + rows.size() / ROWS_PER_SLICE;
        return spark.createDataFrame(
                        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, slices), POINTS)
                .repartition(1)
                .sortWithinPartitions(INDEX)
                .localCheckpoint();
    }
}
