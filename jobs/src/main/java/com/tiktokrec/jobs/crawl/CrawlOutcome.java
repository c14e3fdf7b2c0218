package com.tiktokrec.jobs.crawl;

/** What became of a unit of a crawl. */
public enum CrawlOutcome {
    DONE("done"),
    /** A user whose lists nobody is shown. */
    PRIVATE("private"),
    /** TikTok knows no such user. */
    ABSENT("not on TikTok"),
    /** Some of its answers are missing. */
    INCOMPLETE("incomplete"),
    /** All of its answers are missing. */
    FAILED("failed"),
    /** The run stopped before: the next one goes on there. */
    LEFT("left for the next run");

    private final String words;

    CrawlOutcome(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
