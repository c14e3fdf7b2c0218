package com.tiktokrec.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReferencePageTest {

    @Test
    void thePageInDocsIsCurrent() throws IOException {
        assertThat(Files.readString(Path.of("../docs/configuration.md")))
                .as("docs/configuration.md is made from reference.conf: run `make docs` and commit it")
                .isEqualTo(ReferencePage.markdown());
    }

    @Test
    void thePageHoldsEveryKey() {
        String page = ReferencePage.markdown();

        assertThat(Settings.keys())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(page).contains("| `" + key + "` |"));
    }

    @Test
    void referenceConfListsTheKeysThatAreReadAndNoOthersEachWithAComment() {
        Set<String> listed = new TreeSet<>();

        list("", Layers.defaults().getObject(Layers.ROOT), Settings.keys(), listed);

        assertThat(listed).containsExactlyInAnyOrderElementsOf(Settings.keys());
    }

    private static void list(String prefix, ConfigObject group, Set<String> known, Set<String> listed) {
        group.forEach((name, value) -> {
            String key = prefix + name;
            assertThat(comments(value)).as("lines of comment above " + key).isBetween(1, 3);
            if (value instanceof ConfigObject inner && !known.contains(key)) {
                list(key + ".", inner, known, listed);
            } else {
                listed.add(key);
            }
        });
    }

    private static int comments(ConfigValue value) {
        return value.origin().comments().size();
    }
}
