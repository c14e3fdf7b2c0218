package com.tiktokrec.jobs;

import com.tiktokrec.jobs.cli.Launcher;

/** The program: {@code bin/tiktok-rec} and the main class for spark-submit. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Launcher.forThisProcess().run(arguments));
    }
}
