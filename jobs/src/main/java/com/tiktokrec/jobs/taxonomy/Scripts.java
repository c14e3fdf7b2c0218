package com.tiktokrec.jobs.taxonomy;

/** The writing system of a phrase, by its first letter. */
final class Scripts {

    static final int LATIN = 0;
    static final int COUNT = 9;

    private Scripts() {}

    static int of(String phrase) {
        int letter = phrase.codePoints().filter(Character::isLetter).findFirst().orElse('a');
        return switch (Character.UnicodeScript.of(letter)) {
            case LATIN, COMMON -> LATIN;
            case CYRILLIC -> 1;
            case ARABIC -> 2;
            case THAI -> 3;
            case HAN, HIRAGANA, KATAKANA -> 4;
            case HANGUL -> 5;
            case DEVANAGARI -> 6;
            case BENGALI -> 7;
            default -> 8;
        };
    }
}
