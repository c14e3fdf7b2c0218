package com.tiktokrec.common.model.client;

import com.tiktokrec.common.http.Sleeper;

/** What every attempt at a call passes before it is sent: quota, budget, the bound on calls under way. Thread-safe. */
public interface CallGate extends Sleeper {

    /**
     * Waits until one attempt may be sent.
     *
     * @param tokens the most that it may take, answer included
     * @param usd the most that it can cost
     * @throws ModelCallException final, once calling has stopped for the run
     */
    Permit admit(long tokens, double usd) throws InterruptedException;

    /** What the server said about its limits, with an answer or a refusal. */
    void limits(RateLimits limits);

    /** Leave for one attempt, to be given back by exactly one of its methods. */
    interface Permit {

        /** An answer came, whatever it is worth. */
        void answered(long promptTokens, long completionTokens, double usd);

        /** None came. */
        void failed(ModelCallException failure);

        /** The attempt ended by an error of this program, or was cancelled; whether it was paid for nobody knows. */
        void aborted();
    }
}
