package com.tiktokrec.common.model.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.quota.Claims.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private final Claims claims = new Claims();

    private static List<String> hashes(String... requests) {
        return Arrays.stream(requests).map(ClaimsTest::hash).toList();
    }

    private static String hash(String request) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(request.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theFirstToClaimAsksAndTheOthersWait() {
        assertThat(claims.claim(1, "a", hashes("one", "two"))).containsExactly(Verdict.YOURS, Verdict.YOURS);
        assertThat(claims.claim(2, "b", hashes("two", "three"))).containsExactly(Verdict.ANOTHERS, Verdict.YOURS);
        assertThat(claims.claim(1, "a", hashes("one")))
                .as("claimed again by its own task")
                .containsExactly(Verdict.ANOTHERS);
    }

    @Test
    void whatIsDoneIsAskedByNobody() {
        claims.claim(1, "a", hashes("one", "two"));
        claims.done(1, hashes("one"));
        claims.release(1);

        assertThat(claims.claim(2, "b", hashes("one", "two"))).containsExactly(Verdict.DONE, Verdict.YOURS);
    }

    @Test
    void aLostExecutorsTasksGiveUpTheirClaims() {
        claims.claim(1, "lost", hashes("one"));
        claims.claim(2, "lost", hashes("two"));
        claims.claim(3, "well", hashes("three"));
        claims.done(2, hashes("two"));

        claims.lost("lost");

        assertThat(claims.claim(4, "well", hashes("one", "two", "three")))
                .containsExactly(Verdict.YOURS, Verdict.DONE, Verdict.ANOTHERS);
    }

    @Test
    void whatAnotherTaskGotDoneCountsForTheOwnerToo() {
        claims.claim(1, "a", hashes("one"));
        claims.done(2, hashes("one"));
        claims.release(1);

        assertThat(claims.claim(3, "c", hashes("one"))).containsExactly(Verdict.DONE);
    }
}
