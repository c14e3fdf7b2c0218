package com.tiktokrec.common.model;

import java.util.Locale;

/** The two kinds of calls; each has its own quota. */
public enum ModelKind {
    CHAT,
    EMBEDDING;

    /** As counts and file names write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
