package com.tiktokrec.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

    @Test
    void aBeatThatFailsIsNotTheLast() throws InterruptedException {
        CountDownLatch beats = new CountDownLatch(3);

        try (Heartbeats heartbeats = new Heartbeats(Duration.ofMillis(30), () -> {
            beats.countDown();
            // As Spark and Delta do, which are written in Scala.
            throw HeartbeatsTest.<RuntimeException>undeclared(new IOException("the store did not answer"));
        })) {
            assertThat(heartbeats).isNotNull();
            assertThat(beats.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E undeclared(Exception cause) throws E {
        throw (E) cause;
    }
}
