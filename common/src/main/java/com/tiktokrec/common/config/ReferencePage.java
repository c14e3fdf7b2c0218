package com.tiktokrec.common.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** docs/configuration.md: every key with its default and meaning, taken from reference.conf and its comments. */
public final class ReferencePage {

    private static final String INTRODUCTION = """
            # Configuration

            Generated from `common/src/main/resources/reference.conf` by `make docs`. Do not edit.

            Every key stands under `tiktok-rec` in a
            [HOCON](https://github.com/lightbend/config/blob/main/HOCON.md) file:

            ```
            tiktok-rec {
              warehouse = "s3a://bucket/tiktok-rec"
              pipeline.num-categories = 50
            }
            ```

            `--conf FILE` lays such a file over the defaults below, and `--set key=value` (repeatable, with or without
            `tiktok-rec.`) wins over both. `--set` takes a value as it stands, so that addresses need no quotes; lists,
            groups and quoted text are read as HOCON, a list also as `a,b`. `conf/local.conf` and
            `conf/cluster.conf` are examples to copy. A configuration is checked when it is loaded: all mistakes
            are told at once, and nothing runs.

            Durations and sizes are HOCON's: `500ms`, `60s`, `7d`; `512MiB`, `1GiB`. A key without a default is not set;
            `null` takes a value back.

            Keys and passwords come from the environment: `OPENAI_API_KEY`, `RAPIDAPI_KEY`. A configuration that holds
            an API key is refused. `OPENAI_BASE_URL` stands in for a `base-url` of the models that is not set.
            """;

    private ReferencePage() {}

    /** Writes the page to the file named first, docs/configuration.md if none is. */
    public static void main(String[] arguments) throws IOException {
        Path page = Path.of(arguments.length > 0 ? arguments[0] : "docs/configuration.md");
        Files.writeString(page, markdown(), StandardCharsets.UTF_8);
    }

    /** The page in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        section("", Layers.defaults().getObject(Layers.ROOT), Settings.keys(), page);
        return page.toString();
    }

    private static void section(String group, ConfigObject values, Set<String> keys, StringBuilder page) {
        List<Map.Entry<String, ConfigValue>> entries = values.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .toList();
        String prefix = group.isEmpty() ? "" : group + ".";
        page.append(group.isEmpty() ? "\n## Top level\n" : "\n## `%s`\n".formatted(group));
        if (!group.isEmpty()) {
            page.append("\n").append(description(values)).append("\n");
        }
        page.append("\n| key | default | description |\n|---|---|---|\n");
        entries.stream()
                .filter(entry -> keys.contains(prefix + entry.getKey()))
                .forEach(entry -> page.append("| `%s%s` | %s | %s |\n"
                        .formatted(prefix, entry.getKey(), shown(entry.getValue()), description(entry.getValue()))));
        entries.stream()
                .filter(entry -> !keys.contains(prefix + entry.getKey()))
                .filter(entry -> entry.getValue() instanceof ConfigObject)
                .forEach(entry -> section(prefix + entry.getKey(), (ConfigObject) entry.getValue(), keys, page));
    }

    private static String description(ConfigValue value) {
        return value.origin().comments().stream()
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .replace("|", "\\|");
    }

    /** A default as one would write it, nothing where there is none, the entries of a group on lines of their own. */
    private static String shown(ConfigValue value) {
        if (value.valueType() == ConfigValueType.NULL) {
            return "";
        }
        if (value instanceof ConfigObject group && !group.isEmpty()) {
            return group.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry -> "`\"%s\" %s`".formatted(entry.getKey(), rendered(entry.getValue())))
                    .collect(Collectors.joining("<br>"));
        }
        return "`" + rendered(value) + "`";
    }

    private static String rendered(ConfigValue value) {
        if (value instanceof ConfigObject group && !group.isEmpty()) {
            return group.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry -> entry.getKey() + " = " + rendered(entry.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        String text = value.render(ConfigRenderOptions.concise().setJson(false)).replace("|", "\\|");
        boolean plain = value.valueType() == ConfigValueType.STRING && text.matches("\"[^\"\\s]+\"");
        return plain ? text.substring(1, text.length() - 1) : text;
    }
}
