package com.tiktokrec.jobs.generate;

import com.tiktokrec.jobs.generate.Draws.Subject;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All accounts, derived by index: the profiled users first, then, without end, authors who are known only from
 * searches, trends or others' likes.
 */
final class Accounts {

    private static final double GOLDEN_RATIO = 0.6180339887498949;
    private static final double SQUARE_ROOT_OF_TWO = 1.4142135623730951;
    private static final double PRIVATE_BELOW = 0.04;
    private static final double EMPTY_BELOW = 0.09;
    private static final double CREATOR_BELOW = 0.445;
    private static final double EXPORTED_BELOW = 0.49;
    private static final double[] INTEREST_WEIGHTS = {0.55, 0.8, 0.93, 1};
    private static final String BASE64_URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private final long seed;
    private final int profiled;
    private final long latestCreation;
    private final Interests interests;
    private final Vocabulary vocabulary;
    private final double roleOffset;
    private final double interestOffset;

    Accounts(long seed, int profiled, LocalDate runDate, Interests interests, Vocabulary vocabulary) {
        this.seed = seed;
        this.profiled = profiled;
        this.latestCreation =
                runDate.minusDays(220).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        this.interests = interests;
        this.vocabulary = vocabulary;
        this.roleOffset = Draws.of(seed, Subject.ROLE, 0).unit();
        this.interestOffset = Draws.of(seed, Subject.ROLE, 1).unit();
    }

    int profiled() {
        return profiled;
    }

    /** Roles are spread evenly by a low-discrepancy sequence, so that small crawls have their share of each. */
    Role role(int user) {
        if (user >= profiled || (profiled >= 10 && user == profiled - 1) || (profiled >= 50 && user == profiled / 2)) {
            return user >= profiled ? Role.CREATOR : Role.GONE;
        }
        double place = (roleOffset + (user + 1) * GOLDEN_RATIO) % 1;
        if (place < PRIVATE_BELOW) {
            return Role.PRIVATE;
        } else if (place < EMPTY_BELOW) {
            return Role.EMPTY;
        } else if (place < CREATOR_BELOW) {
            return Role.CREATOR;
        }
        return place < EXPORTED_BELOW ? Role.EXPORTED_CREATOR : Role.VIEWER;
    }

    /** The interests of a user, strongest first: 1 to 3 for creators, 2 to 4 for others. */
    List<Integer> interestsOf(int user) {
        Draws draws = Draws.of(seed, Subject.INTERESTS, user);
        boolean creator = role(user).posts();
        // Spread evenly over the users, so that the popular interests are popular in small crawls too.
        int first = interests.ofShare((interestOffset + user * SQUARE_ROOT_OF_TWO) % 1);
        List<Integer> chosen = new ArrayList<>(List.of(first));
        int count = creator ? 1 + draws.skewed(3) : draws.between(2, 4);
        if (creator && interests.at(first).foreign()) {
            return List.copyOf(chosen);
        }
        while (chosen.size() < count) {
            int next = interests.pickDomestic(draws);
            if (!chosen.contains(next)) {
                chosen.add(next);
            }
        }
        return List.copyOf(chosen);
    }

    /** One of the given interests, the first ones more often. */
    static int weighted(List<Integer> chosen, Draws draws) {
        double share = draws.unit() * INTEREST_WEIGHTS[chosen.size() - 1];
        int index = 0;
        while (INTEREST_WEIGHTS[index] <= share) {
            index++;
        }
        return chosen.get(index);
    }

    /** A profiled user who has posted {@code posts} videos. */
    Account user(int user, int posts) {
        return account(user, role(user).posts(), interestsOf(user), posts);
    }

    /** An author outside the profiled users, who posts on one interest. */
    Account outsider(int number, int interest, int posts) {
        return account(profiled + number, true, List.of(interest), posts);
    }

    /** The name of a profiled user. */
    String username(int user) {
        Interest main = interests.at(interestsOf(user).get(0));
        return username(user, main, Draws.of(seed, Subject.ACCOUNT, user));
    }

    private Account account(int index, boolean creator, List<Integer> chosen, int posts) {
        Draws draws = Draws.of(seed, Subject.ACCOUNT, index);
        Interest main = interests.at(chosen.get(0));
        String username = username(index, main, draws);
        long createdAt = latestCreation - (long) (draws.unit() * 1_800 * 86_400);
        long followers = creator
                ? Math.min(30_000_000, 40 + (long) draws.logNormal(9_000, 1.9))
                : Math.min(100_000, (long) draws.logNormal(130, 1.2));
        boolean verified = followers > 300_000 && draws.chance(0.5);
        boolean organization = creator && draws.chance(0.06);
        String bioLink = creator && draws.chance(0.25) ? username.replace('_', '-') + ".example.com" : "";
        return new Account(
                username,
                Long.toString((createdAt << 32) | scrambled(index)),
                secUid(draws),
                nickname(index, main, draws),
                draws.chance(creator ? 0.08 : 0.4) ? "" : bio(main, draws),
                bioLink,
                verified,
                organization,
                main.language(),
                draws.pick(main.regions()),
                createdAt,
                chosen,
                followers,
                Math.min(9_999, (long) draws.logNormal(280, 1)),
                (long) (followers * draws.logNormal(creator ? 12 : 1.5, 0.8)),
                posts + (creator ? (long) draws.logNormal(40, 1) : 0),
                (long) draws.logNormal(1_500, 1.3));
    }

    /** Unique: no given name starts another, and names that share one have different numbers. */
    private String username(int index, Interest main, Draws draws) {
        int block = index / vocabulary.givenNames().size();
        String given =
                vocabulary.givenNames().get(index % vocabulary.givenNames().size());
        String noun = draws.chance(0.75) ? draws.pick(main.handles()) : draws.pick(vocabulary.nouns());
        String joint = draws.pick(List.of(".", "_", ""));
        return given + joint + noun + (block == 0 ? "" : block);
    }

    private String nickname(int index, Interest main, Draws draws) {
        String given =
                vocabulary.givenNames().get(index % vocabulary.givenNames().size());
        String name = given.substring(0, 1).toUpperCase(Locale.ROOT) + given.substring(1);
        return switch (draws.below(3)) {
            case 0 -> name + " " + draws.pick(main.emoji());
            case 1 -> name + " | " + draws.pick(main.topics());
            default -> name;
        };
    }

    private String bio(Interest main, Draws draws) {
        return draws.pick(main.bios())
                .replace("{topic}", draws.pick(main.topics()))
                .replace("{e}", draws.pick(main.emoji()));
    }

    private static String secUid(Draws draws) {
        StringBuilder secUid = new StringBuilder("MS4wLjABAAAA");
        for (int word = 0; word < 8; word++) {
            long bits = draws.bits();
            for (int letter = 0; letter < 8; letter++) {
                secUid.append(BASE64_URL.charAt((int) (bits & 63)));
                bits >>>= 8;
            }
        }
        return secUid.toString();
    }

    /** A permutation of the 32-bit numbers, so that ids made of it stay distinct. */
    static long scrambled(int index) {
        int z = index * 0x9E3779B1;
        z = (z ^ (z >>> 16)) * 0x85EBCA6B;
        return (z ^ (z >>> 13)) & 0xFFFFFFFFL;
    }
}
