package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Makes categories from texts. */
interface CategoryMaker {

    /** What came of it: no categories where the texts, or the model, gave none. */
    record Made(List<Category> categories, int chunks) {

        static final Made NOTHING = new Made(List.of(), 0);
    }

    /**
     * At most so many categories with distinct tags.
     *
     * @param documents {@link Documents#SCHEMA}, persisted: it is read more than once
     */
    Made make(Run run, Dataset<Row> documents, int numCategories);
}
