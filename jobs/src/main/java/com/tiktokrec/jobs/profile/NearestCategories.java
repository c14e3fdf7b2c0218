package com.tiktokrec.jobs.profile;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.video.Vectors;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** The categories nearest to a user's content by vector, so that the prompt need not hold them all. */
final class NearestCategories implements Serializable {

    private static final long serialVersionUID = 1L;
    static final int OFFERED = 30;

    private final List<Category> categories;
    private final Map<String, double[]> unitByTag = new HashMap<>();

    NearestCategories(Run run, List<Category> categories) {
        this.categories = List.copyOf(categories);
        for (Row row : run.warehouse()
                .read(Categories.TABLE)
                .select(Categories.TAG, Categories.EMBEDDING)
                .collectAsList()) {
            double[] unit = Vectors.unit(row.isNullAt(1) ? null : row.getList(1));
            if (unit != null) {
                unitByTag.put(row.getString(0), unit);
            }
        }
    }

    /** At most 30 categories, by tag; all of them where the content has no vector. */
    List<Category> to(List<Row> embedded) {
        double[] content = mean(embedded);
        if (content == null || categories.size() <= OFFERED) {
            return categories.stream()
                    .sorted(Comparator.comparing(Category::tag))
                    .toList();
        }
        return categories.stream()
                .sorted(Comparator.comparingDouble((Category category) -> -similarity(category, content))
                        .thenComparing(Category::tag))
                .limit(OFFERED)
                .sorted(Comparator.comparing(Category::tag))
                .toList();
    }

    private double similarity(Category category, double[] content) {
        double[] unit = unitByTag.get(category.tag());
        return unit == null || unit.length != content.length ? -1 : Vectors.dot(unit, content);
    }

    private static double[] mean(List<Row> embedded) {
        double[] sum = null;
        for (Row row : embedded) {
            int column = row.fieldIndex(Categories.EMBEDDING);
            double[] unit = Vectors.unit(row.isNullAt(column) ? null : row.getList(column));
            if (unit == null) {
                continue;
            }
            if (sum == null) {
                sum = new double[unit.length];
            }
            for (int index = 0; index < sum.length; index++) {
                sum[index] += unit[index];
            }
        }
        return sum == null ? null : Vectors.unit(sum);
    }
}
