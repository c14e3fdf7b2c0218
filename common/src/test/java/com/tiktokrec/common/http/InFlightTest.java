package com.tiktokrec.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InFlightTest {

    private final AtomicInteger read = new AtomicInteger();

    @Test
    void callsOncePerInput() {
        try (InFlight<Integer, Integer> squares = InFlight.inFlight(numbers(100), 4, i -> i * i)) {
            List<Integer> outcomes = new ArrayList<>();
            squares.forEachRemaining(outcomes::add);

            assertThat(outcomes)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 100).map(i -> i * i).boxed().toList());
            assertThat(squares.hasNext()).isFalse();
            assertThatThrownBy(squares::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void hasAsManyCallsUnderWayAsAllowedAndNeverMore() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier allFour = new CyclicBarrier(4);
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(40), 4, i -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            await(allFour);
            running.decrementAndGet();
            return i;
        })) {
            int taken = 0;
            while (taken < 40) {
                assertThat(calls.hasNext()).isTrue();
                assertThat(read.get() - taken).as("read but not taken").isLessThanOrEqualTo(4);
                calls.next();
                taken++;
            }
            assertThat(calls.hasNext()).isFalse();
        }
        assertThat(most).hasValue(4);
    }

    @Test
    void givesOutcomesAsTheyComplete() {
        CountDownLatch secondTaken = new CountDownLatch(1);
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(2), 2, i -> {
            if (i == 0) {
                await(secondTaken);
            }
            return i;
        })) {
            assertThat(calls.next()).as("the first call is still under way").isEqualTo(1);
            secondTaken.countDown();
            assertThat(calls.next()).isZero();
        }
    }

    @Test
    void readsNothingBeforeItIsAsked() {
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(10), 3, i -> i)) {
            assertThat(read).hasValue(0);
            assertThat(calls.hasNext()).isTrue();
            assertThat(read).hasValue(3);
        }
    }

    @Test
    void callsOnTheConsumersThreadWhereOneIsAllowed() {
        try (InFlight<Integer, Thread> calls = InFlight.inFlight(numbers(3), 1, i -> Thread.currentThread())) {
            assertThat(calls.next()).isSameAs(Thread.currentThread());
            assertThat(read).as("no look-ahead").hasValue(1);
            calls.forEachRemaining(thread -> assertThat(thread).isSameAs(Thread.currentThread()));
        }
    }

    @Test
    void rethrowsWhatACallThrowsAndCancelsTheRest() throws Exception {
        IllegalStateException broken = new IllegalStateException("broken");
        CountDownLatch othersRun = new CountDownLatch(2);
        CountDownLatch othersInterrupted = new CountDownLatch(2);
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(100), 3, i -> {
            if (i == 0) {
                await(othersRun);
                throw broken;
            }
            othersRun.countDown();
            waitForInterrupt(othersInterrupted);
            return i;
        })) {
            assertThatThrownBy(calls::next).isSameAs(broken);

            assertThat(othersInterrupted.await(30, TimeUnit.SECONDS))
                    .as("the others are cancelled")
                    .isTrue();
            assertThatThrownBy(calls::hasNext).as("not the end of the data").isInstanceOf(CancellationException.class);
            assertThat(read).as("nothing more is read").hasValue(3);
        }
    }

    @Test
    void cancelsWhatIsUnderWayWhenClosed() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        List<Thread> threads = new ArrayList<>();
        InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(100), 2, i -> {
            synchronized (threads) {
                threads.add(Thread.currentThread());
            }
            running.countDown();
            waitForInterrupt(interrupted);
            return i;
        });
        assertThat(calls.hasNext()).isTrue();
        await(running);

        calls.close();
        calls.close();

        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : threads) {
            assertThat(thread.isDaemon()).isTrue();
            thread.join(30_000);
            assertThat(thread.isAlive()).as("its threads end").isFalse();
        }
        assertThatThrownBy(calls::next).isInstanceOf(CancellationException.class);
    }

    @Test
    void endsItsThreadsWithTheInputs() throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (InFlight<Integer, Thread> calls = InFlight.inFlight(numbers(5), 2, i -> Thread.currentThread())) {
            calls.forEachRemaining(threads::add);
            for (Thread thread : threads) {
                thread.join(30_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    @Test
    void passesOnWhatTheInputsThrow() {
        Iterator<Integer> inputs = IntStream.range(0, 5)
                .map(i -> {
                    if (i == 3) {
                        throw new IllegalArgumentException("bad input");
                    }
                    return i;
                })
                .iterator();
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(inputs, 2, i -> i)) {
            assertThatThrownBy(() -> calls.forEachRemaining(i -> {})).hasMessage("bad input");
        }
    }

    @Test
    void handlesNoInputs() {
        try (InFlight<Integer, Integer> calls = InFlight.inFlight(numbers(0), 8, i -> i)) {
            assertThat(calls.hasNext()).isFalse();
        }
    }

    private Iterator<Integer> numbers(int count) {
        return IntStream.range(0, count).peek(i -> read.incrementAndGet()).iterator();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void waitForInterrupt(CountDownLatch interrupted) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }
}
