package com.tiktokrec.jobs.recommend;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.jobs.video.Vectors;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Users' vectors, made of the vectors of their tags: the affinity-weighted mean of unit vectors, normalised. */
final class UserVectors implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Map<String, double[]> unitByTag = new HashMap<>();

    /** From rows of {@link Categories}, those without a vector left out. */
    UserVectors(List<Row> categories) {
        for (Row category : categories) {
            double[] unit = Vectors.unit(category.<Float>getList(category.fieldIndex(Categories.EMBEDDING)));
            if (unit != null) {
                unitByTag.put(category.getAs(Categories.TAG), unit);
            }
        }
    }

    /** Unit vector of a user with these tags, structs of tag and affinity; null where no tag has a vector. */
    double[] of(List<Row> userTags) {
        double[] sum = null;
        for (Row userTag : userTags) {
            double[] unit = unitByTag.get(userTag.<String>getAs(Categories.TAG));
            if (unit == null) {
                continue;
            }
            double affinity = userTag.getAs(UserTags.AFFINITY);
            if (sum == null) {
                sum = new double[unit.length];
            }
            for (int index = 0; index < sum.length; index++) {
                sum[index] += affinity * unit[index];
            }
        }
        return sum == null ? null : Vectors.unit(sum);
    }
}
