package com.tiktokrec.jobs.cli;

import com.tiktokrec.jobs.check.CheckJob;
import com.tiktokrec.jobs.crawl.CrawlJob;
import com.tiktokrec.jobs.ingest.IngestJob;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.profile.ProfileJob;
import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What jobs did, in a line each. */
final class Reports {

    private Reports() {}

    static final List<String> REQUEST_COLUMNS =
            List.of("endpoint", "requests", "answered", "retried", "cached", "stale", "failed");

    static List<String> crawled(CrawlJob.Result result) {
        List<String> parts = new ArrayList<>();
        if (result.earlier() > 0) {
            parts.add("%,d done earlier".formatted(result.earlier()));
        }
        result.names().forEach((outcome, names) -> parts.add("%,d %s".formatted(names.size(), outcome.words())));
        List<String> lines = new ArrayList<>();
        lines.add("Crawl:      %,d %s: %s".formatted(result.units(), result.kind(), String.join(", ", parts)));
        lines.add("Requests:   %,d sent%s"
                .formatted(
                        result.sent(),
                        result.budgetLeft().isPresent()
                                ? "; %,d left of this month's budget"
                                        .formatted(result.budgetLeft().getAsLong())
                                : ""));
        return lines;
    }

    static List<List<String>> requests(CrawlJob.Result result) {
        return result.requests().stream()
                .map(line -> List.of(
                        line.endpoint().path(),
                        Long.toString(line.sent()),
                        Long.toString(line.answered()),
                        Long.toString(line.retried()),
                        Long.toString(line.cached()),
                        Long.toString(line.stale()),
                        line.failed().entrySet().stream()
                                .map(failed -> failed.getValue() + " "
                                        + failed.getKey().words())
                                .sorted()
                                .collect(Collectors.joining(", "))))
                .toList();
    }

    static String ingested(IngestJob.Result result) {
        return "Ingest:     %,d files read, %,d unchanged; %,d records, %,d bad (quarantine), %,d error answers; %,d videos, %,d users touched"
                .formatted(
                        result.files(),
                        result.skippedFiles(),
                        result.records(),
                        result.bad(),
                        result.errorAnswers(),
                        result.videos(),
                        result.users());
    }

    static String taxonomy(TaxonomyJob.Result result) {
        return "Taxonomy:   %,d categories (%s), %s, version %s"
                .formatted(
                        result.categories(),
                        result.source(),
                        result.changed() ? "new" : "as before",
                        result.taxonomyVersion()
                                .substring(
                                        0, Math.min(12, result.taxonomyVersion().length())));
    }

    static String profiled(ProfileJob.Result result) {
        return "Profile:    %,d users, %,d of them changed%s%s"
                .formatted(
                        result.users(),
                        result.profiled(),
                        result.kept() == 0 ? "" : ", %,d kept earlier tags".formatted(result.kept()),
                        result.keywordFallbacks() == 0
                                ? ""
                                : ", %,d fell back to keywords".formatted(result.keywordFallbacks()));
    }

    static String recommended(RecommendJob.Result result, int count) {
        return "Recommend:  %,d videos for %,d of %,d users; %,d users have all %d"
                .formatted(result.rows(), result.usersWithList(), result.users(), result.usersWithFullList(), count);
    }

    static final List<String> CHECK_COLUMNS = List.of("check", "found", "allowed", "result");

    static List<List<String>> checks(CheckJob.Result result) {
        return result.checks().stream()
                .map(check ->
                        List.of(check.name(), check.found(), check.allowed(), check.passed() ? "passed" : "FAILED"))
                .toList();
    }

    static List<String> pipeline(PipelineJob.Result result, int count) {
        List<String> lines = new ArrayList<>();
        result.crawl().ifPresent(crawl -> lines.addAll(crawled(crawl)));
        result.ingest().ifPresent(ingest -> lines.add(ingested(ingest)));
        result.taxonomy().ifPresent(taxonomy -> lines.add(taxonomy(taxonomy)));
        result.profile().ifPresent(profile -> lines.add(profiled(profile)));
        lines.add(recommended(result.recommend(), count));
        return lines;
    }
}
