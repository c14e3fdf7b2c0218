package com.tiktokrec.jobs.crawl;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.tables.SearchQueries;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.Warehouse;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Encoders;

/** The queries of a night, each once for all users. */
public final class TonightsQueries {

    private TonightsQueries() {}

    /**
     * Reads them from a warehouse.
     *
     * @throws RunFailure where there is none of that date
     */
    public static List<CrawlUnit> of(Warehouse warehouse, LocalDate date) {
        List<CrawlUnit> queries = warehouse
                .read(SearchQueries.TABLE)
                .where(col(SearchQueries.RUN_DATE).equalTo(lit(Date.valueOf(date))))
                .select(SearchResults.QUERY)
                .distinct()
                .orderBy(SearchResults.QUERY)
                .as(Encoders.STRING())
                .collectAsList()
                .stream()
                .<CrawlUnit>map(CrawlUnit.Query::new)
                .toList();
        if (queries.isEmpty()) {
            throw RunFailure.input(warehouse.path(SearchQueries.TABLE) + " holds no query of " + date
                    + ": run `recommend` for that date first, or give the --warehouse and the --run-date of a night that"
                    + " was run.");
        }
        return queries;
    }
}
