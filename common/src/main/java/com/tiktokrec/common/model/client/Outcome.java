package com.tiktokrec.common.model.client;

import com.tiktokrec.common.model.client.ModelCallException.Kind;

/** What came of one row's call: a value, or the reason why there is none. */
public sealed interface Outcome<T> {

    /**
     * The call brought an answer.
     *
     * @param value the answer
     */
    record Success<T>(T value) implements Outcome<T> {}

    /**
     * The call brought none.
     *
     * @param kind {@code INPUT} where the row itself is at fault, else the last failure of its call
     * @param reason in words for the run's report; holds no key and no user's text
     */
    record Failure<T>(Kind kind, String reason) implements Outcome<T> {

        static <T> Failure<T> of(ModelCallException failure) {
            return new Failure<>(failure.kind(), failure.getMessage());
        }
    }
}
