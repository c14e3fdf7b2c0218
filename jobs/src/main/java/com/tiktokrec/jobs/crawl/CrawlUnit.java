package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Pipeline;
import com.tiktokrec.common.tiktok.Account;
import com.tiktokrec.common.tiktok.TikTokClient;
import com.tiktokrec.common.tiktok.TikTokEndpoint;
import com.tiktokrec.common.tiktok.TikTokFailure;
import com.tiktokrec.common.tiktok.TikTokFailure.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is crawled as one: a user with all lists, a search, or the trends. */
public sealed interface CrawlUnit {

    /** The user, the query, or how many trends. */
    String name();

    /** The user whose lists an answer to this unit holds, if so: lists themselves don't tell. */
    default Optional<String> owner() {
        return Optional.empty();
    }

    /** Requests that it takes where pages are as full as usual and nothing fails. */
    int requests(Pipeline limits);

    /**
     * Asks for all of it.
     *
     * @throws TikTokFailure where the run has to stop, or nothing at all could be had
     */
    CrawlOutcome crawl(TikTokClient client, Pipeline limits);

    /** A user's account, posts, reposts and liked posts. */
    record User(String name) implements CrawlUnit {

        private static final Logger LOG = LoggerFactory.getLogger(CrawlUnit.class);
        private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.]{1,64}");

        /** One page of a user's list. */
        private interface Listing {
            List<?> read(String secUid, int wanted);
        }

        /**
         * A user by name, with or without {@code @}, in any case.
         *
         * @param where the name stands, for the message
         * @throws RunFailure where no user can have that name
         */
        public static User of(String name, String where) {
            String plain = name.strip().replaceFirst("^@", "").toLowerCase(Locale.ROOT);
            if (!NAME.matcher(plain).matches()) {
                throw RunFailure.usage(where + " holds '" + name
                        + "', which no user is named: names are letters, digits, dots and underscores.");
            }
            return new User(plain);
        }

        @Override
        public Optional<String> owner() {
            return Optional.of(name);
        }

        @Override
        public int requests(Pipeline limits) {
            // The account, and one page of likes more than full ones would make: they come short.
            return 2
                    + TikTokEndpoint.USER_POSTS.pagesFor(limits.maxPostsToAnalyze())
                    + TikTokEndpoint.USER_REPOSTS.pagesFor(limits.maxReposts())
                    + TikTokEndpoint.LIKED_POSTS.pagesFor(limits.maxLikedPosts());
        }

        @Override
        public CrawlOutcome crawl(TikTokClient client, Pipeline limits) {
            Optional<Account> account = client.user(name);
            if (account.isEmpty()) {
                return CrawlOutcome.ABSENT;
            }
            if (account.get().isPrivate()) {
                return CrawlOutcome.PRIVATE;
            }
            if (account.get().secUid().isEmpty()) {
                LOG.warn("The answer about user {} has no secUid: the lists can't be asked for", name);
                return CrawlOutcome.INCOMPLETE;
            }
            String secUid = account.get().secUid().get();
            boolean posts = isRead(client::posts, secUid, limits.maxPostsToAnalyze());
            boolean reposts = isRead(client::reposts, secUid, limits.maxReposts());
            boolean likes = isRead(client::likedPosts, secUid, limits.maxLikedPosts());
            return posts && reposts && likes ? CrawlOutcome.DONE : CrawlOutcome.INCOMPLETE;
        }

        /** Whether a list could be read; one that is not shown is one without items. */
        private boolean isRead(Listing listing, String secUid, int wanted) {
            try {
                listing.read(secUid, wanted);
                return true;
            } catch (TikTokFailure e) {
                if (e.kind().stopsTheRun()) {
                    throw e;
                }
                if (e.kind() != Kind.PRIVATE) {
                    LOG.warn("A list of user {} stays incomplete: {}", name, e.getMessage());
                }
                return e.kind() == Kind.PRIVATE;
            }
        }
    }

    /** A search. */
    record Query(String name) implements CrawlUnit {

        @Override
        public int requests(Pipeline limits) {
            return TikTokEndpoint.SEARCH_VIDEO.pagesFor(limits.videosPerQuery());
        }

        @Override
        public CrawlOutcome crawl(TikTokClient client, Pipeline limits) {
            client.search(name, limits.videosPerQuery());
            return CrawlOutcome.DONE;
        }
    }

    /** What trends now. */
    record Trends(int count) implements CrawlUnit {

        @Override
        public String name() {
            return Integer.toString(count);
        }

        @Override
        public int requests(Pipeline limits) {
            return 1;
        }

        @Override
        public CrawlOutcome crawl(TikTokClient client, Pipeline limits) {
            client.trending(count);
            return CrawlOutcome.DONE;
        }
    }
}
