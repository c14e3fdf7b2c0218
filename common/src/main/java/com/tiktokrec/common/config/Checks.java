package com.tiktokrec.common.config;

/** What a night's check lets pass: shares of the users, and changes since an earlier night, as fractions of 1. */
public record Checks(
        int minUsers,
        double minUsersWithList,
        double minFullLists,
        double maxUsersLost,
        double maxRowsLost,
        double maxScoreChange,
        double maxDegradedRise) {

    static Checks read(SettingsReader reader) {
        return new Checks(
                reader.value("checks.min-users", Rule.count(1, 1_000_000)),
                reader.value("checks.min-users-with-list", Rule.number(0, 1)),
                reader.value("checks.min-full-lists", Rule.number(0, 1)),
                reader.value("checks.max-users-lost", Rule.number(0, 1)),
                reader.value("checks.max-rows-lost", Rule.number(0, 1)),
                reader.value("checks.max-score-change", Rule.number(0, 1)),
                reader.value("checks.max-degraded-rise", Rule.number(0, 1)));
    }
}
