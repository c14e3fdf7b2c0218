package com.tiktokrec.common.tables;

import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Nullable columns of the types that the tables use. */
public final class Fields {

    private Fields() {}

    public static StructField string(String name) {
        return field(name, DataTypes.StringType);
    }

    public static StructField bool(String name) {
        return field(name, DataTypes.BooleanType);
    }

    public static StructField integer(String name) {
        return field(name, DataTypes.IntegerType);
    }

    /** A count. */
    public static StructField bigint(String name) {
        return field(name, DataTypes.LongType);
    }

    /** A score or an amount of money. */
    public static StructField real(String name) {
        return field(name, DataTypes.DoubleType);
    }

    public static StructField date(String name) {
        return field(name, DataTypes.DateType);
    }

    /** An instant, UTC. */
    public static StructField timestamp(String name) {
        return field(name, DataTypes.TimestampType);
    }

    public static StructField strings(String name) {
        return field(name, DataTypes.createArrayType(DataTypes.StringType));
    }

    /** An embedding. */
    public static StructField vector(String name) {
        return field(name, DataTypes.createArrayType(DataTypes.FloatType));
    }

    public static StructField longMap(String name) {
        return field(name, DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));
    }

    public static StructField field(String name, DataType type) {
        return DataTypes.createStructField(name, type, true);
    }
}
