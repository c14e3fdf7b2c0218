package com.tiktokrec.common.config;

import com.tiktokrec.common.RunFailure;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects what is wrong with a configuration, so that all of it is told at once, and nothing secret. */
final class Mistakes {

    private static final int LONGEST_VALUE = 120;

    private final Set<String> lines = new LinkedHashSet<>();

    /** A mistake in words of its own. */
    void note(String line) {
        lines.add(line);
    }

    /** A value that breaks a rule. */
    void note(String key, ConfigValue value, String rule) {
        note(key, shown(value), rule, Origins.spoken(value));
    }

    void note(String key, String value, String rule, String where) {
        String masked = Secrets.masked(key, value);
        String cut = masked.length() > LONGEST_VALUE ? masked.substring(0, LONGEST_VALUE) + "…" : masked;
        lines.add("%s = %s: %s (%s)".formatted(key, cut, rule, where));
    }

    boolean none() {
        return lines.isEmpty();
    }

    /** All mistakes, one a line; the last line says how many there are and what to do. */
    RunFailure failure() {
        String remedy = "docs/configuration.md lists every key.";
        if (lines.size() == 1) {
            return RunFailure.usage("Wrong configuration: " + lines.iterator().next() + ". " + remedy);
        }
        String message = "Wrong configuration:\n  %s\n%d mistakes in the configuration: correct each line above. %s";
        return RunFailure.usage(message.formatted(String.join("\n  ", lines), lines.size(), remedy));
    }

    /** A value on one line; of a group only that it is one, for what is in it may be secret. */
    private static String shown(ConfigValue value) {
        if (value.valueType() == ConfigValueType.OBJECT) {
            return "{…}";
        }
        String text = value.render(ConfigRenderOptions.concise());
        return Secrets.areNamedIn(text) ? "***" : text;
    }
}
