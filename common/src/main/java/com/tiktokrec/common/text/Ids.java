package com.tiktokrec.common.text;

/** The order of video and user ids: as numbers where they are, others after them as text. */
public final class Ids {

    private Ids() {}

    /** A text that sorts as the id does: a number's digits behind their count, other ids behind all numbers. */
    public static String sortKey(String id) {
        if (id.isEmpty() || !id.chars().allMatch(character -> character >= '0' && character <= '9')) {
            return "1" + id;
        }
        String digits = id.replaceFirst("^0+(?=.)", "");
        return "0%06d%s".formatted(digits.length(), digits);
    }
}
