package com.tiktokrec.common.tiktok;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.YearMonth;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskAnswerCacheIT extends AnswerCacheContract {

    @TempDir
    private Path folder;

    @Override
    AnswerCache open() {
        return new DiskAnswerCache(folder.resolve("answers"), MAX_BYTES);
    }

    @Override
    RequestCount openCount() {
        return new DiskRequestCount(folder);
    }

    @Test
    void whatAKilledProcessLeftHalfWrittenIsNoAnswerAndIsClearedAway() throws IOException {
        try (AnswerCache cache = open()) {
            cache.write(key(1), new byte[1000], minute(1));
            Path half = folder.resolve("answers/ab/left.partial");
            Files.createDirectories(half.getParent());
            Files.write(half, new byte[9500]);
            Files.setLastModifiedTime(half, FileTime.from(minute(0)));

            cache.write(key(2), new byte[1000], minute(2));

            assertThat(cache.read(key(2))).isPresent();
            try (Stream<Path> files = Files.walk(folder)) {
                assertThat(files.filter(Files::isRegularFile)
                                .mapToLong(file -> file.toFile().length())
                                .sum())
                        .isLessThanOrEqualTo(MAX_BYTES);
            }
        }
    }

    @Test
    void aCountThatSomebodySpoiltIsNotTakenForNothing() throws IOException {
        Files.writeString(folder.resolve("requests-2026-11"), "a lot");

        assertThatThrownBy(() -> openCount().tryIncrement(YearMonth.of(2026, 11), 5))
                .hasMessageContaining("requests-2026-11 is no number");
    }
}
