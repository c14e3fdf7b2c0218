package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.tiktokrec.jobs.OneRow;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnotsTest {

    private static final OneRow INPUT = OneRow.of(DataTypes.DoubleType, "input");

    /** Rises from 10 to 20, then falls to 0. */
    private static final Knots CURVE = Knots.of(1, 10, 2, 20, 4, 0);

    @ParameterizedTest(name = "{0} gives {1}")
    @CsvSource({
        "-1000, 10",
        "0.999, 10",
        "1, 10",
        "1.25, 12.5",
        "2, 20",
        "2.5, 15",
        "3, 10",
        "3.999, 0.01",
        "4, 0",
        "4.001, 0",
        "1e300, 0"
    })
    void linearBetweenKnotsAndFlatBeyond(double input, double expected) {
        assertThat(INPUT.value(CURVE.at(col("input")), input)).isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"-1", "3", "8"})
    void oneKnotIsAConstant(double input) {
        assertThat(INPUT.value(Knots.of(3, 7).at(col("input")), input)).isEqualTo(7);
    }
}
