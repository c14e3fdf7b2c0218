package com.tiktokrec.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void numbersByValueThenOthersAsText() {
        List<String> sorted = List.of(
                "0",
                "2",
                "9",
                "10",
                "099",
                "100",
                "7301234567890123455",
                "7301234567890123456",
                "18446744073709551616",
                "",
                "-1",
                "1.5",
                "1a",
                "Z",
                "a",
                "\u0661");
        List<String> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(5));

        shuffled.sort(Comparator.comparing(Ids::sortKey));

        assertThat(shuffled).isEqualTo(sorted);
    }

    @Test
    void leadingZerosDoNotCount() {
        assertThat(Ids.sortKey("007")).isEqualTo(Ids.sortKey("7"));
        assertThat(Ids.sortKey("000")).isEqualTo(Ids.sortKey("0"));
    }
}
