package com.tiktokrec.jobs.cli;

import com.tiktokrec.jobs.users.UserSelection;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which users: some by name, or all. Used as a group, one of the two is required. */
final class UserOptions {

    @Option(
            names = "--username",
            paramLabel = "U",
            arity = "1..*",
            required = true,
            description = "A user, with or without @; repeatable.")
    private List<String> usernames = new ArrayList<>();

    @Option(names = "--all", required = true, description = "All profiled, active users.")
    private boolean all;

    UserSelection selection() {
        return all ? UserSelection.all() : UserSelection.of(usernames);
    }
}
