package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Draws.Subject;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;

/** What a crawl fetches about each user: the profile, posts, reposts and liked posts. */
final class UserCrawl {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String POSTS = "user/posts";
    private static final String REPOSTS = "user/repost";
    private static final String LIKES = "user/liked-posts";
    private static final int POSTS_PAGE = 35;
    private static final int LIST_PAGE = 30;
    private static final int NO_SUCH_USER = 10221;
    private static final double NOISE = 0.1;
    private static final double WITH_REGION = 0.7;
    private static final double SEC_UID_ONLY = 0.15;
    private static final long MEAN_LIKE_INTERVAL_MS = 5_400_000;

    private final long seed;
    private final long startMs;
    private final Accounts accounts;
    private final Catalog catalog;
    private final Interests interests;
    private final Videos videos;
    private final ItemWriter items;
    private final AnswerLog log;
    private final RecordSeries userFiles;
    private final RecordSeries postFiles;
    private final RecordSeries repostFiles;
    private final RecordSeries likeFiles;

    UserCrawl(Scene scene, Instant start, AnswerLog log, LandingFolder folder) {
        this.seed = scene.seed();
        this.startMs = start.toEpochMilli();
        this.accounts = scene.accounts();
        this.catalog = scene.catalog();
        this.interests = scene.interests();
        this.videos = scene.videos();
        this.items = scene.items();
        this.log = log;
        this.userFiles = folder.series("users", true);
        this.postFiles = folder.series("posts", false);
        this.repostFiles = folder.series("reposts", true);
        this.likeFiles = folder.series("likes", true);
    }

    /** Writes the answers about one user; none for one who is known from an export alone. */
    void crawl(int user) throws IOException {
        Role role = accounts.role(user);
        if (role == Role.EXPORTED_CREATOR) {
            return;
        }
        log.begin();
        Account account = accounts.user(user, catalog.postsOf(user).size());
        Draws draws = Draws.of(seed, Subject.PAGES, user);
        profile(user, role, account, draws);
        if (role == Role.GONE || (role == Role.PRIVATE && draws.chance(0.5))) {
            return;
        }
        Listing listing = new Listing(account, draws.chance(SEC_UID_ONLY), draws);
        List<Integer> posts = videos.newestFirst(user);
        listing.write(postFiles, POSTS, posts, place -> videos.createTime(posts.get(place)) * 1_000);
        if (role == Role.PRIVATE) {
            return;
        }
        listing.write(repostFiles, REPOSTS, reposts(user, role), this::listCursor);
        listing.write(likeFiles, LIKES, likes(user, role), this::listCursor);
    }

    private void profile(int user, Role role, Account account, Draws draws) throws IOException {
        boolean withRegion = draws.chance(WITH_REGION);
        ObjectNode body = role == Role.GONE
                ? UserWriter.missing(user == accounts.profiled() - 1 ? 0 : NO_SUCH_USER)
                : UserWriter.body(account, role == Role.PRIVATE, withRegion);
        ObjectNode params = JSON.objectNode().put("uniqueId", account.username());
        log.answer(userFiles, withRegion ? "user/info-with-region" : "user/info", params, body);
    }

    private List<Integer> reposts(int user, Role role) {
        Draws draws = Draws.of(seed, Subject.REPOSTS, user);
        return switch (role) {
            case CREATOR -> draws.chance(0.35) ? chosen(user, (int) draws.logNormal(4, 0.6), draws) : List.of();
            case VIEWER -> draws.chance(0.75) ? chosen(user, (int) draws.logNormal(10, 0.7), draws) : List.of();
            default -> List.of();
        };
    }

    private List<Integer> likes(int user, Role role) {
        Draws draws = Draws.of(seed, Subject.LIKES, user);
        return switch (role) {
            case CREATOR -> draws.chance(0.4) ? chosen(user, (int) draws.logNormal(14, 0.6), draws) : List.of();
            case VIEWER -> draws.chance(0.9) ? chosen(user, 12 + (int) draws.logNormal(18, 0.7), draws) : List.of();
            default -> List.of();
        };
    }

    /** Videos on the user's interests, the better liked more often, and some others. */
    private List<Integer> chosen(int user, int count, Draws draws) {
        Range own = catalog.postsOf(user);
        List<Integer> preferred = accounts.interestsOf(user);
        int wanted = Math.min(count, 90);
        Set<Integer> chosen = new LinkedHashSet<>();
        for (int attempt = 0; attempt < 4 * wanted && chosen.size() < wanted; attempt++) {
            int interest = draws.chance(NOISE) ? interests.pick(draws) : Accounts.weighted(preferred, draws);
            if (catalog.sizeOf(interest) > 0) {
                int one = catalog.anyOf(interest, draws);
                int other = catalog.anyOf(interest, draws);
                int better = videos.appeal(one) >= videos.appeal(other) ? one : other;
                if (better < own.start() || better >= own.end()) {
                    chosen.add(better);
                }
            }
        }
        return List.copyOf(chosen);
    }

    private long listCursor(int place) {
        return startMs - (place + 1) * MEAN_LIKE_INTERVAL_MS;
    }

    /** The pages of one user's lists. */
    private final class Listing {

        private final Account account;
        private final boolean secUidOnly;
        private final Draws draws;

        Listing(Account account, boolean secUidOnly, Draws draws) {
            this.account = account;
            this.secUidOnly = secUidOnly;
            this.draws = draws;
        }

        void write(RecordSeries target, String endpoint, List<Integer> list, IntToLongFunction cursorAfter)
                throws IOException {
            int most = endpoint.equals(POSTS) ? POSTS_PAGE : LIST_PAGE;
            String cursor = "0";
            int place = 0;
            do {
                int size = endpoint.equals(LIKES) ? most - draws.below(4) : most;
                List<Integer> page = list.subList(place, Math.min(list.size(), place + size));
                place += page.size();
                String next = page.isEmpty() ? "0" : Long.toString(cursorAfter.applyAsLong(place - 1));
                page(target, endpoint, page, cursor, next, place < list.size());
                cursor = next;
            } while (place < list.size());
        }

        private void page(
                RecordSeries target, String endpoint, List<Integer> page, String cursor, String next, boolean more)
                throws IOException {
            boolean posts = endpoint.equals(POSTS);
            ObjectNode params = JSON.objectNode();
            if (!secUidOnly) {
                params.put("username", account.username());
            }
            params.put("secUid", account.secUid());
            params.put("count", Integer.toString(posts ? POSTS_PAGE : LIST_PAGE));
            params.put("cursor", cursor);
            ObjectNode body = JSON.objectNode();
            ObjectNode list = posts ? body.putObject("data") : body;
            list.put("cursor", next);
            list.put("hasMore", more);
            ArrayNode shown = JSON.arrayNode();
            for (int video : page) {
                shown.add(items.item(videos.at(video)));
            }
            if (!page.isEmpty() || posts || (endpoint.equals(LIKES) && draws.chance(0.5))) {
                list.set("itemList", shown);
            }
            body.put("statusCode", 0);
            log.page(target, endpoint, params, body, shown, posts ? POSTS_PAGE : LIST_PAGE);
        }
    }
}
