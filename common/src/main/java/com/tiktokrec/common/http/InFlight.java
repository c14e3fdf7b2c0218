package com.tiktokrec.common.http;

import com.tiktokrec.common.DaemonThreads;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Outcomes of calls made several at a time, in the order they complete. Inputs are read on the consumer's thread, and
 * only as far as calls may be under way or done but not yet taken. Used by one thread; any thread may close it.
 */
public final class InFlight<I, O> implements Iterator<O>, AutoCloseable {

    private record Completed<O>(O outcome, long weight) {}

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final Iterator<I> inputs;
    private final int maxInFlight;
    private final Function<? super I, ? extends O> call;
    private final ExecutorService threads;
    private final CompletionService<Completed<O>> completed;
    private final long maxWeight;
    private final ToLongFunction<? super I> weight;
    private long outstandingWeight;
    private int outstanding;
    private volatile boolean closed;

    private InFlight(
            Iterator<I> inputs,
            int maxInFlight,
            ToLongFunction<? super I> weight,
            long maxWeight,
            Function<? super I, ? extends O> call) {
        this.weight = weight;
        this.maxWeight = maxWeight;
        this.inputs = inputs;
        this.maxInFlight = maxInFlight;
        this.call = call;
        this.threads = maxInFlight == 1 ? null : Executors.newFixedThreadPool(maxInFlight, threads());
        this.completed = threads == null ? null : new ExecutorCompletionService<>(threads);
    }

    /**
     * Calls the function for each input, at most {@code maxInFlight} at a time; 1 calls on the consumer's thread. What
     * a call throws cancels the rest and reaches the consumer as it is.
     */
    public static <I, O> InFlight<I, O> inFlight(
            Iterator<I> inputs, int maxInFlight, Function<? super I, ? extends O> call) {
        return inFlight(inputs, maxInFlight, input -> 0, 0, call);
    }

    /**
     * The same, with a bound on what the inputs under way weigh together; one that is heavier goes alone.
     *
     * @param weight bytes, say; the same each time it is asked
     */
    public static <I, O> InFlight<I, O> inFlight(
            Iterator<I> inputs,
            int maxInFlight,
            ToLongFunction<? super I> weight,
            long maxWeight,
            Function<? super I, ? extends O> call) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException(
                    "No call can be made: max-in-flight must be 1 or more (value: " + maxInFlight + ")");
        }
        return new InFlight<>(inputs, maxInFlight, weight, maxWeight, call);
    }

    private static ThreadFactory threads() {
        ThreadFactory threads = DaemonThreads.named("call");
        return calls -> {
            Thread thread = threads.newThread(calls);
            thread.setName("call-" + THREADS.incrementAndGet());
            return thread;
        };
    }

    /** @throws CancellationException once closed with outcomes left: that is no end of the data */
    @Override
    public boolean hasNext() {
        if (closed) {
            if (outstanding > 0) {
                throw new CancellationException("closed with " + outstanding + " calls under way");
            }
            return false;
        }
        if (threads == null) {
            return inputs.hasNext();
        }
        fill();
        if (outstanding == 0) {
            close();
            return false;
        }
        return true;
    }

    @Override
    public O next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return threads == null ? call.apply(inputs.next()) : take(null);
    }

    /** The next outcome, or nothing where none comes in time; to be asked only while {@link #hasNext()}. */
    public Optional<O> poll(Duration wait) {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return threads == null ? Optional.of(call.apply(inputs.next())) : Optional.ofNullable(take(wait));
    }

    private void fill() {
        try {
            while (outstanding < maxInFlight
                    && (outstanding == 0 || outstandingWeight <= maxWeight)
                    && inputs.hasNext()) {
                I input = inputs.next();
                long weighs = weight.applyAsLong(input);
                completed.submit(() -> new Completed<>(call.apply(input), weighs));
                outstanding++;
                outstandingWeight += weighs;
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private O take(Duration wait) {
        try {
            Future<Completed<O>> next =
                    wait == null ? completed.take() : completed.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return null;
            }
            Completed<O> done = next.get();
            outstanding--;
            outstandingWeight -= done.weight();
            return done.outcome();
        } catch (ExecutionException e) {
            close();
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException("interrupted while calls were under way");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    /** Interrupts the calls under way and ends the threads; does not wait for them. */
    @Override
    public void close() {
        closed = true;
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
