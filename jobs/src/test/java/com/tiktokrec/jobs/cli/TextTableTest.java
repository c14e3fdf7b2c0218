package com.tiktokrec.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    private static List<String> lines(List<String> heading, List<List<String>> rows) {
        return new TextTable(heading, rows).lines();
    }

    @Test
    void numbersStandToTheRightAndTextsToTheLeft() {
        assertThat(lines(
                        List.of("tag", "affinity", "share"),
                        List.of(List.of("street_food", "0.9", "5%"), List.of("cats", "12,345.678", "-3"))))
                .containsExactly(
                        "tag            affinity  share",
                        "-----------  ----------  -----",
                        "street_food         0.9     5%",
                        "cats         12,345.678     -3");
    }

    @Test
    void oneTextAmongNumbersMakesTheColumnText() {
        assertThat(lines(List.of("n"), List.of(List.of("10"), List.of("none"))))
                .containsExactly("n", "----", "10", "none");
    }

    @Test
    void anAbsentNumberLeavesTheColumnNumeric() {
        assertThat(lines(List.of("count", "x"), List.of(List.of("", "a"), List.of("7", "b"))))
                .containsExactly("count  x", "-----  -", "       a", "    7  b");
    }

    @Test
    void withoutRowsTheHeadingAndItsRuleRemain() {
        assertThat(lines(List.of("a", "bc"), List.of())).containsExactly("a  bc", "-  --");
    }

    @Test
    void linesEndWithoutSpaces() {
        assertThat(lines(List.of("first", "second"), List.of(List.of("x", "y"), List.of("xx", ""))))
                .allSatisfy(line -> assertThat(line).isEqualTo(line.stripTrailing()));
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        String cats = "\u732b\u732b";
        String emoji = "\uD83C\uDF5C";
        String accented = "cafe\u0301";

        assertThat(lines(
                        List.of("name", "n"),
                        List.of(List.of(cats, "1"), List.of(emoji, "2"), List.of(accented, "3"), List.of("abcd", "4"))))
                .containsExactly("name  n", "----  -", cats + "  1", emoji + "    2", accented + "  3", "abcd  4");
    }
}
