package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.RunFailure;
import java.util.Optional;

/** What to tell a person about a failure. */
final class Failures {

    private Failures() {}

    /** The first exception of a type in a chain of causes. */
    static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
        }
        return Optional.empty();
    }

    /** The message of the failure that explains it best: our own, else the innermost. */
    static String message(Throwable failure) {
        return cause(failure, RunFailure.class).map(Throwable::getMessage).orElseGet(() -> {
            Throwable innermost = failure;
            while (innermost.getCause() != null) {
                innermost = innermost.getCause();
            }
            String firstLine =
                    String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
            return innermost.getClass().getSimpleName() + ": " + firstLine;
        });
    }

    /** Where to look further, for a failure that we did not foresee. */
    static String hint(Throwable failure) {
        return cause(failure, RunFailure.class).isPresent()
                ? ""
                : " (tables keep their last committed state; run again with --verbose for the stack trace)";
    }
}
