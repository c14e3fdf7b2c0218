package com.tiktokrec.common.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a value came from, in the words of the person who wrote it. */
final class Origins {

    static final String OVERRIDE = "--set";

    private static final String DEFAULT = "default";

    private Origins() {}

    /** A value given by --set. */
    static ConfigValue override(String value) {
        return ConfigValueFactory.fromAnyRef(value, OVERRIDE);
    }

    static boolean isOverride(ConfigOrigin origin) {
        return origin.description().startsWith(OVERRIDE);
    }

    /** Where a value came from; of a group, where what is in it came from, the defaults aside. */
    static String spoken(ConfigValue value) {
        Set<String> places = places(value).collect(Collectors.toCollection(TreeSet::new));
        if (places.size() > 1) {
            places.remove(DEFAULT);
        }
        return String.join(", ", places);
    }

    private static Stream<String> places(ConfigValue value) {
        return value instanceof ConfigObject group && !group.isEmpty()
                ? group.values().stream().flatMap(Origins::places)
                : Stream.of(spoken(value.origin()));
    }

    /** File and line, "--set", "default", or what Typesafe Config calls it. */
    static String spoken(ConfigOrigin origin) {
        if (isOverride(origin)) {
            return OVERRIDE;
        }
        if (origin.resource() != null) {
            return DEFAULT;
        }
        if (origin.filename() != null) {
            return origin.lineNumber() > 0 ? origin.filename() + ":" + origin.lineNumber() : origin.filename();
        }
        return origin.description();
    }
}
