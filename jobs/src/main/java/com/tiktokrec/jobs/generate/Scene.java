package com.tiktokrec.jobs.generate;

import java.io.IOException;

/** The part of TikTok that is crawled: who there is and what they posted. */
record Scene(
        long seed,
        Vocabulary vocabulary,
        Interests interests,
        Accounts accounts,
        Catalog catalog,
        Videos videos,
        ItemWriter items) {

    static Scene of(CrawlGenerator.Options options) throws IOException {
        long seed = options.seed();
        Vocabulary vocabulary = Vocabulary.load();
        Interests interests = Interests.load(vocabulary);
        Accounts accounts = new Accounts(seed, options.users(), options.runDate(), interests, vocabulary);
        Catalog catalog = new Catalog(seed, options.videos(), accounts, interests);
        CaptionWriter captions = new CaptionWriter(vocabulary);
        Videos videos = new Videos(seed, options.runDate(), catalog, accounts, interests, captions);
        return new Scene(seed, vocabulary, interests, accounts, catalog, videos, new ItemWriter(seed, vocabulary));
    }
}
