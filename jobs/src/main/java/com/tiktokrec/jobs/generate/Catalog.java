package com.tiktokrec.jobs.generate;

import com.tiktokrec.jobs.generate.Draws.Subject;
import java.util.Arrays;
import java.util.List;

/**
 * Which videos there are, by index: first the posts of profiled users, user by user; then those found by searches,
 * interest by interest; last those found in trends. Holds a few bytes a video.
 */
final class Catalog {

    private static final double POSTED_SHARE = 0.55;
    private static final double MOST_POSTED_SHARE = 0.6;
    private static final int MOST_POSTS = 180;
    private static final int MOST_TRENDING = 44;
    /** Authors outside the profiled users have 1, 1, 1, 2 and 3 videos, in turn. */
    private static final int[] OUTSIDER_OF_EIGHT = {0, 1, 2, 3, 3, 4, 4, 4};

    private static final int[] VIDEOS_OF_OUTSIDER = {1, 1, 1, 2, 3};

    private final long seed;
    private final int videos;
    private final Interests interests;
    private final int[] postStarts;
    private final int trendingStart;
    private final byte[] interestOf;
    private final int[] byInterest;
    private final int[] interestStarts;

    Catalog(long seed, int videos, Accounts accounts, Interests interests) {
        this.seed = seed;
        this.videos = videos;
        this.interests = interests;
        this.postStarts = postStarts(seed, videos, accounts);
        int outside = videos - posted();
        this.trendingStart = videos - Math.min(MOST_TRENDING, outside / 10);
        this.interestOf = new byte[videos];
        assignInterests(accounts);
        this.interestStarts = new int[interests.size() + 1];
        this.byInterest = groupByInterest();
    }

    private static int[] postStarts(long seed, int videos, Accounts accounts) {
        int users = accounts.profiled();
        double[] natural = new double[users];
        double sum = 0;
        for (int user = 0; user < users; user++) {
            natural[user] = naturalPosts(accounts.role(user), Draws.of(seed, Subject.POST_COUNT, user));
            sum += natural[user];
        }
        double scale = sum == 0 ? 0 : Math.min(1, POSTED_SHARE * videos / sum);
        int limit = (int) (MOST_POSTED_SHARE * videos);
        int[] starts = new int[users + 1];
        for (int user = 0; user < users; user++) {
            double rounding =
                    Draws.of(seed, Subject.POST_COUNT, users + (long) user).unit();
            int posts = (int) (natural[user] * scale + rounding);
            starts[user + 1] = Math.min(limit, starts[user] + posts);
        }
        return starts;
    }

    private static double naturalPosts(Role role, Draws draws) {
        if (role.posts()) {
            return Math.min(MOST_POSTS, 4 + draws.logNormal(17, 0.9));
        }
        return role == Role.VIEWER && draws.chance(0.2) ? draws.between(1, 3) : 0;
    }

    private void assignInterests(Accounts accounts) {
        for (int user = 0; user < accounts.profiled(); user++) {
            Range posts = postsOf(user);
            List<Integer> chosen = posts.size() == 0 ? List.of() : accounts.interestsOf(user);
            for (int video = posts.start(); video < posts.end(); video++) {
                int interest = Accounts.weighted(chosen, Draws.of(seed, Subject.VIDEO_INTEREST, video));
                interestOf[video] = (byte) interest;
            }
        }
        for (int interest = 0; interest < interests.size(); interest++) {
            Range found = foundFor(interest);
            Arrays.fill(interestOf, found.start(), found.end(), (byte) interest);
        }
        for (int video = trendingStart; video < videos; video++) {
            interestOf[video] = (byte) interests.pick(Draws.of(seed, Subject.VIDEO_INTEREST, video));
        }
    }

    private int[] groupByInterest() {
        for (byte interest : interestOf) {
            interestStarts[interest + 1]++;
        }
        for (int interest = 0; interest < interests.size(); interest++) {
            interestStarts[interest + 1] += interestStarts[interest];
        }
        int[] next = interestStarts.clone();
        int[] grouped = new int[videos];
        for (int video = 0; video < videos; video++) {
            grouped[next[interestOf[video]]++] = video;
        }
        return grouped;
    }

    int videos() {
        return videos;
    }

    /** The number of videos by profiled users, which have the first indices. */
    int posted() {
        return postStarts[postStarts.length - 1];
    }

    Range postsOf(int user) {
        return new Range(postStarts[user], postStarts[user + 1]);
    }

    /** The videos by outside authors that searches on an interest find. */
    Range foundFor(int interest) {
        int found = trendingStart - posted();
        double before = interest == 0 ? 0 : interests.cumulativeShare(interest - 1);
        int start = posted() + (int) (before * found);
        return new Range(start, posted() + (int) (interests.cumulativeShare(interest) * found));
    }

    /** The videos that only trends show. */
    Range trendingOnly() {
        return new Range(trendingStart, videos);
    }

    int interestOf(int video) {
        return interestOf[video];
    }

    int sizeOf(int interest) {
        return interestStarts[interest + 1] - interestStarts[interest];
    }

    /** Any video on an interest that has some. */
    int anyOf(int interest, Draws draws) {
        return byInterest[interestStarts[interest] + draws.below(sizeOf(interest))];
    }

    boolean byProfiledUser(int video) {
        return video < posted();
    }

    /** The profiled user who posted a video. */
    int userOf(int video) {
        int low = 0;
        int high = postStarts.length - 1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (postStarts[middle] <= video) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The number of the outside author of a video, which may lie past the last one. */
    int outsiderOf(int video) {
        int number = video - posted();
        return number / OUTSIDER_OF_EIGHT.length * VIDEOS_OF_OUTSIDER.length
                + OUTSIDER_OF_EIGHT[number % OUTSIDER_OF_EIGHT.length];
    }

    /** How many videos an outside author has. */
    static int videosOfOutsider(int outsider) {
        return VIDEOS_OF_OUTSIDER[outsider % VIDEOS_OF_OUTSIDER.length];
    }

    /** The first video of an outside author. */
    int firstVideoOf(int outsider) {
        int block = outsider / VIDEOS_OF_OUTSIDER.length;
        int place = 0;
        while (OUTSIDER_OF_EIGHT[place] != outsider % VIDEOS_OF_OUTSIDER.length) {
            place++;
        }
        return posted() + block * OUTSIDER_OF_EIGHT.length + place;
    }
}
