package com.tiktokrec.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.apache.spark.SparkUserAppException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the JVM of a YARN application master sees; elsewhere the program exits its JVM, as tests of processes tell. */
class MainTest {

    private static final Map<String, String> YARN =
            Map.of("spark.master", "yarn", "spark.submit.deployMode", "cluster");

    @BeforeEach
    void onYarn() {
        YARN.forEach(System::setProperty);
    }

    @AfterEach
    void here() {
        YARN.keySet().forEach(System::clearProperty);
    }

    @Test
    void successReturnsWithoutAnExit() throws SparkUserAppException {
        Main.main(new String[] {"--version"});
    }

    @Test
    void anotherExitCodeIsThrownToYarn() {
        SparkUserAppException thrown = catchThrowableOfType(
                SparkUserAppException.class, () -> Main.main(new String[] {"recommend", "--all", "--count", "0"}));

        assertThat(thrown.exitCode()).isEqualTo(2);
    }
}
