package com.tiktokrec.jobs;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A feature's value on one row. Spark computes it while it plans, without a job, so that a table of cases is cheap.
 *
 * <p>Values stand as text in the tables of tests: {@code "a=0.9 b=0.5"} for weighted tags.
 */
public final class OneRow {

    public static final DataType WEIGHTED_TAGS = DataTypes.createArrayType(new StructType(new StructField[] {
        DataTypes.createStructField("tag", DataTypes.StringType, true),
        DataTypes.createStructField("affinity", DataTypes.DoubleType, true)
    }));
    public static final DataType CREDITS = DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType);
    public static final DataType STRINGS = DataTypes.createArrayType(DataTypes.StringType);

    private final StructType schema;

    private OneRow(StructType schema) {
        this.schema = schema;
    }

    /** Rows of some columns. */
    public static OneRow of(StructField... columns) {
        return new OneRow(new StructType(columns));
    }

    /** Rows of columns of one type. */
    public static OneRow of(DataType type, String... names) {
        return new OneRow(new StructType(Arrays.stream(names)
                .map(name -> DataTypes.createStructField(name, type, true))
                .toArray(StructField[]::new)));
    }

    /** The value of a column of doubles on the row of these values. */
    public Double value(Column feature, Object... values) {
        return SharedSpark.session()
                .createDataFrame(List.of(RowFactory.create(values)), schema)
                .select(feature)
                .head()
                .<Double>getAs(0);
    }

    /** The values of an array column on the row of these values. */
    public List<String> strings(Column feature, Object... values) {
        return SharedSpark.session()
                .createDataFrame(List.of(RowFactory.create(values)), schema)
                .select(feature)
                .head()
                .getList(0);
    }

    /** Columns by their names. */
    public static Column[] columns(String... names) {
        return Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new);
    }

    /** Words of a text; none for null. */
    public static List<String> words(String text) {
        return text == null ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    /** A list of weighted tags, in their order, as an array of structs. */
    public static Row[] weightedTags(String text) {
        return words(text).stream()
                .map(pair -> pair.split("=", 2))
                .map(pair -> RowFactory.create(pair[0], Double.valueOf(pair[1])))
                .toArray(Row[]::new);
    }

    /** Weights by tag. */
    public static Map<String, Double> weights(String text) {
        Map<String, Double> weights = new TreeMap<>();
        for (String word : words(text)) {
            String[] pair = word.split("=", 2);
            weights.put(pair[0], Double.valueOf(pair[1]));
        }
        return weights;
    }
}
