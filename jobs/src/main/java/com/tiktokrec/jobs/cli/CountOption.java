package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import picocli.CommandLine.Option;

/** How long lists are. */
final class CountOption {

    private static final int MOST = 1000;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "20",
            description = "Videos a user, 1 to 1000 (default: 20).")
    private int count;

    int checked() {
        if (count < 1 || count > MOST) {
            throw RunFailure.usage("--count is " + count + ": a list holds 1 to " + MOST + " videos.");
        }
        return count;
    }
}
