package com.tiktokrec.common.config;

import java.util.regex.Pattern;

/** Tells what may not be shown: values of keys named like a secret, passwords in addresses, keys in any text. */
final class Secrets {

    private static final Pattern API_KEY = Pattern.compile("(?i)api[-_.]?key");
    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i)api[-_.]?key|access[-_.]?key|private[-_.]?key|passw|pwd|secret|credential|authorization"
                    + "|(?:^|[-_.\"])token(?:$|[-_.\"\\s:=])");
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/\\s]*@");
    private static final Pattern PASSWORD = Pattern.compile("://[^/\\s]*:[^/\\s]*@");
    private static final Pattern KEY_LIKE = Pattern.compile("\\bsk-[A-Za-z0-9_-]{6,}");

    private Secrets() {}

    /** Whether a key is for an API key, which only the environment may hold. */
    static boolean isApiKey(String key) {
        return API_KEY.matcher(key).find();
    }

    /** Whether a text names a secret. */
    static boolean areNamedIn(String text) {
        return SECRET_NAME.matcher(text).find();
    }

    static boolean holdPassword(String address) {
        return PASSWORD.matcher(address).find();
    }

    /** The value as it may be shown with its key. */
    static String masked(String key, String value) {
        return areNamedIn(key) ? "***" : masked(value);
    }

    /** A text without the user info of addresses and without what looks like an API key. */
    static String masked(String text) {
        return KEY_LIKE.matcher(USER_INFO.matcher(text).replaceAll("***@")).replaceAll("***");
    }
}
