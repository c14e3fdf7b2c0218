package com.tiktokrec.jobs.generate;

import com.tiktokrec.jobs.generate.Draws.Subject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Derives videos by index. Indices from {@link Catalog#videos()} on are of videos that no good item shows. */
final class Videos {

    private static final double DAY = 86_400;
    private static final int OLDEST_DAYS = 200;
    private static final double RECENCY = 1.8;
    private static final double MENTION = 0.08;

    private final long seed;
    private final long latest;
    private final Catalog catalog;
    private final Accounts accounts;
    private final Interests interests;
    private final CaptionWriter captions;

    Videos(
            long seed,
            LocalDate runDate,
            Catalog catalog,
            Accounts accounts,
            Interests interests,
            CaptionWriter captions) {
        this.seed = seed;
        this.latest = CrawlClock.start(runDate).getEpochSecond() - 60;
        this.catalog = catalog;
        this.accounts = accounts;
        this.interests = interests;
        this.captions = captions;
    }

    Video at(int index) {
        int interestIndex = interestOf(index);
        Interest interest = interests.at(interestIndex);
        Account author = authorOf(index);
        long createTime = createTime(index);
        Draws captionDraws = Draws.of(seed, Subject.CAPTION, index);
        String mention = captionDraws.chance(MENTION) ? accounts.username(captionDraws.below(accounts.profiled())) : "";
        Draws draws = Draws.of(seed, Subject.COUNTS, index);
        Counts counts = Counts.of(author.followers(), appeal(index), (latest - createTime) / DAY, draws);
        return new Video(
                index,
                Long.toString((createTime << 32) | Accounts.scrambled(index)),
                author,
                interest,
                createTime,
                (int) Math.min(600, 5 + draws.logNormal(22, 0.7)),
                captions.write(interest, mention, Quirk.of(index) == Quirk.LINE_SEPARATOR, captionDraws),
                counts);
    }

    /** The posts of a profiled user, newest first. */
    List<Integer> newestFirst(int user) {
        Range posts = catalog.postsOf(user);
        List<Integer> indices = new ArrayList<>(posts.size());
        for (int index = posts.start(); index < posts.end(); index++) {
            indices.add(index);
        }
        indices.sort(Comparator.comparingLong(this::createTime).reversed());
        return indices;
    }

    /** Seconds since 1970, over the 200 days before the crawl, later ones more often. */
    long createTime(int index) {
        double age = StrictMath.pow(Draws.of(seed, Subject.CREATE_TIME, index).unit(), RECENCY);
        return latest - (long) (age * OLDEST_DAYS * DAY);
    }

    /** How much people like a video, apart from who posted it: standard normal. */
    double appeal(int index) {
        return Draws.of(seed, Subject.APPEAL, index).gaussian();
    }

    private int interestOf(int index) {
        if (index < catalog.videos()) {
            return catalog.interestOf(index);
        }
        return interests.pick(Draws.of(seed, Subject.VIDEO_INTEREST, index));
    }

    private Account authorOf(int index) {
        if (catalog.byProfiledUser(index)) {
            int user = catalog.userOf(index);
            return accounts.user(user, catalog.postsOf(user).size());
        }
        int outsider = catalog.outsiderOf(index);
        return accounts.outsider(
                outsider, interestOf(catalog.firstVideoOf(outsider)), Catalog.videosOfOutsider(outsider));
    }
}
