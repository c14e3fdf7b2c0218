package com.tiktokrec.common;

/** Ends a run with a message for the person who started it: the problem, its cause, the remedy, the offending value. */
public class RunFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    protected RunFailure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Wrong usage or configuration. */
    public static RunFailure usage(String message) {
        return new RunFailure(ExitCode.USAGE, message, null);
    }

    public static RunFailure usage(String message, Throwable cause) {
        return new RunFailure(ExitCode.USAGE, message, cause);
    }

    /** Input that is missing or unreadable, or an unknown user. */
    public static RunFailure input(String message) {
        return new RunFailure(ExitCode.INPUT, message, null);
    }

    public static RunFailure input(String message, Throwable cause) {
        return new RunFailure(ExitCode.INPUT, message, cause);
    }

    /** Checks of a night failed; its tables are as they were. */
    public static RunFailure checks(String message) {
        return new RunFailure(ExitCode.CHECKS_FAILED, message, null);
    }

    /** Anything else that ends the run. */
    public static RunFailure failed(String message) {
        return new RunFailure(ExitCode.FAILED, message, null);
    }

    public static RunFailure failed(String message, Throwable cause) {
        return new RunFailure(ExitCode.FAILED, message, cause);
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
