package com.tiktokrec.common;

/** What the process tells its caller. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    /** Wrong usage or configuration. */
    USAGE(2),
    /** Input missing or unreadable, or an unknown user: nothing was done. */
    INPUT(3),
    CHECKS_FAILED(4),
    /** Tables are written, but too many users took a fallback. */
    DEGRADED(5);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
