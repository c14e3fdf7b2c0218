package com.tiktokrec.jobs.generate;

/** An oddity of real answers that is still to be read. Each comes once in 400 videos, wherever the video is shown. */
enum Quirk {
    NONE(-1),
    /** A play count that overflowed 32 bits, and no exact counts. */
    NEGATIVE_PLAYS(11),
    NO_COUNTS(23),
    NO_PLAYS(37),
    /** U+2028 inside the caption. */
    LINE_SEPARATOR(53),
    TEXT_CREATE_TIME(71),
    NO_HASHTAG_LISTS(83),
    NO_DESCRIPTION(97);

    private static final int PERIOD = 400;

    private final int place;

    Quirk(int place) {
        this.place = place;
    }

    static Quirk of(int video) {
        for (Quirk quirk : values()) {
            if (video % PERIOD == quirk.place) {
                return quirk;
            }
        }
        return NONE;
    }
}
