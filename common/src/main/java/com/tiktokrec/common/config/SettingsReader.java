package com.tiktokrec.common.config;

import com.tiktokrec.common.NearestNames;
import com.tiktokrec.common.text.Hashes;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads keys from the layers by their rules. A value that does not fit is noted and its default read instead, so that
 * reading goes on to the next mistake. The keys asked for are the keys that are known.
 */
final class SettingsReader {

    private final Layers layers;
    private final Mistakes mistakes;
    private final Set<String> keys = new LinkedHashSet<>();
    private final Map<String, String> effective = new TreeMap<>();

    SettingsReader(Layers layers, Mistakes mistakes) {
        this.layers = layers;
        this.mistakes = mistakes;
    }

    /** A key that always has a value. */
    <T> T value(String key, Rule<T> rule) {
        keys.add(key);
        ConfigValue value = merged(key);
        T read = fitting(key, value, rule)
                .or(() -> rule.read(byDefault(key)))
                .orElseThrow(() -> new IllegalStateException("reference.conf: " + key + " must be " + rule.words()));
        effective.put(key, canonical(read));
        return read;
    }

    /** A key that may be left out, or taken back by null. */
    <T> Optional<T> optional(String key, Rule<T> rule) {
        keys.add(key);
        ConfigValue value = merged(key);
        Optional<T> read = value.valueType() == ConfigValueType.NULL ? Optional.empty() : fitting(key, value, rule);
        effective.put(key, read.map(SettingsReader::canonical).orElse("null"));
        return read;
    }

    /** An address that the environment stands in for where the configuration has none. */
    Optional<String> address(String key, String variable, Map<String, String> environment) {
        Optional<String> configured = optional(key, Rule.httpAddress());
        String fallback = environment.getOrDefault(variable, "").strip();
        if (configured.isPresent() || fallback.isEmpty() || present(key)) {
            return configured;
        }
        Rule<String> rule = Rule.httpAddress();
        Optional<String> address = rule.read(Origins.override(fallback));
        if (address.isEmpty()) {
            mistakes.note(variable, fallback, "must be " + rule.words(), "environment");
        }
        effective.put(key, address.map(SettingsReader::canonical).orElse("null"));
        return address;
    }

    /** A group whose names are free, each with a value by the same rule; null takes a default back. */
    <T> Map<String, T> map(String key, Rule<T> rule) {
        keys.add(key);
        Map<String, T> read = new TreeMap<>();
        if (!(merged(key) instanceof ConfigObject entries)) {
            mistakes.note(key, merged(key), "must be a group of names, each with " + rule.words());
            return Map.of();
        }
        new TreeMap<>(entries).forEach((name, value) -> {
            if (value.valueType() != ConfigValueType.NULL) {
                fitting(key + "." + ConfigUtil.joinPath(name), value, rule).ifPresent(fit -> read.put(name, fit));
            }
        });
        effective.put(key, canonical(read));
        return Map.copyOf(read);
    }

    /** Whether the file or --set gave the key. */
    boolean given(String key) {
        return find(layers.given(), key)
                .filter(value -> value.valueType() != ConfigValueType.NULL)
                .isPresent();
    }

    /** Whether a key has a value, fitting or not. */
    boolean present(String key) {
        return merged(key).valueType() != ConfigValueType.NULL;
    }

    /** The keys read so far, in the order they were read. */
    Set<String> keys() {
        return keys;
    }

    /** Where the value of a key came from. */
    String origin(String key) {
        return Origins.spoken(merged(key));
    }

    /** SHA-256 of all values read, sorted by key; passwords are left out of it. */
    String hash() {
        return Hashes.sha256(effective.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + Secrets.masked(entry.getValue()) + "\n")
                .collect(Collectors.joining()));
    }

    /** Notes every key that was not read, with the nearest that was; to be called once all are read. */
    void noteUnknownKeys() {
        new TreeMap<>(layers.merged().root()).forEach((name, value) -> {
            if (!name.equals(Layers.ROOT)) {
                noteUnknown(ConfigUtil.joinPath(name), value);
            } else if (value instanceof ConfigObject root) {
                noteUnknownKeys("", root);
            } else {
                mistakes.note(name, value, "is the group of all keys and takes no value itself");
            }
        });
    }

    private void noteUnknownKeys(String group, ConfigObject values) {
        new TreeMap<>(values).forEach((name, value) -> {
            String key = group + ConfigUtil.joinPath(name);
            if (keys.contains(key)) {
                return;
            }
            boolean known = groups().contains(key);
            if (known && value instanceof ConfigObject inner) {
                noteUnknownKeys(key + ".", inner);
            } else if (known) {
                mistakes.note(key, value, "is a group of keys and takes no value itself");
            } else {
                noteUnknown(key, value);
            }
        });
    }

    private void noteUnknown(String key, ConfigValue value) {
        if (noteApiKeys(key, value)) {
            return;
        }
        if (keys.contains(key) || groups().contains(key)) {
            mistakes.note(key, value, "stands outside the group tiktok-rec; write tiktok-rec." + key);
            return;
        }
        String kind = value instanceof ConfigObject ? "group" : "key";
        String remedy = nearest(key, value instanceof ConfigObject ? groups() : keys)
                .map("did you mean %s?"::formatted)
                .orElse("remove it");
        mistakes.note(key, value, "is no %s of tiktok-rec; %s".formatted(kind, remedy));
    }

    /** Refuses API keys at any depth; true if there was one. */
    private boolean noteApiKeys(String key, ConfigValue value) {
        if (value instanceof ConfigObject inner) {
            return new TreeMap<>(inner)
                    .entrySet().stream()
                            .map(entry ->
                                    noteApiKeys(key + "." + ConfigUtil.joinPath(entry.getKey()), entry.getValue()))
                            .reduce(false, Boolean::logicalOr);
        }
        if (!Secrets.isApiKey(key)) {
            return false;
        }
        String variable = key.matches("(?i).*(tiktok|rapid).*") ? "RAPIDAPI_KEY" : "OPENAI_API_KEY";
        mistakes.note(
                key,
                value,
                "secrets have no place in a configuration; remove it and set the environment variable " + variable);
        return true;
    }

    private Optional<String> nearest(String key, Set<String> known) {
        String name = key.substring(key.lastIndexOf('.') + 1);
        List<String> sameName =
                known.stream().filter(one -> ("." + one).endsWith("." + name)).toList();
        if (sameName.isEmpty()) {
            return NearestNames.of(key, known, 1).stream().findFirst().or(() -> nearestByLastName(name, known));
        }
        return NearestNames.of(key, sameName, 1).stream()
                .findFirst()
                .or(() -> sameName.stream().findFirst());
    }

    /** For a key written without its group. */
    private static Optional<String> nearestByLastName(String name, Set<String> known) {
        Map<String, String> byLastName = known.stream()
                .collect(Collectors.toMap(
                        key -> key.substring(key.lastIndexOf('.') + 1), key -> key, (first, second) -> first));
        return NearestNames.of(name, byLastName.keySet(), 1).stream()
                .findFirst()
                .map(byLastName::get);
    }

    private Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        for (String key : keys) {
            for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
                groups.add(key.substring(0, dot));
            }
        }
        return groups;
    }

    private <T> Optional<T> fitting(String key, ConfigValue value, Rule<T> rule) {
        Optional<T> read = rule.read(value);
        if (read.isEmpty()) {
            mistakes.note(key, value, "must be " + rule.words());
        }
        return read;
    }

    /** The value that counts; the default where a value stands in the place of the key's group. */
    private ConfigValue merged(String key) {
        return find(layers.merged(), key).orElseGet(() -> byDefault(key));
    }

    private ConfigValue byDefault(String key) {
        return find(layers.reference(), key)
                .orElseThrow(() -> new IllegalStateException("reference.conf does not list " + key));
    }

    /** What stands at a key, null values included. */
    private static Optional<ConfigValue> find(Config config, String key) {
        ConfigValue value = config.root();
        for (String name : (Layers.ROOT + "." + key).split("\\.", -1)) {
            value = value instanceof ConfigObject group ? group.get(name) : null;
        }
        return Optional.ofNullable(value);
    }

    private static String canonical(Object value) {
        if (value instanceof String text) {
            return ConfigUtil.quoteString(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(SettingsReader::canonical).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> canonical(entry.getKey()) + ":" + canonical(entry.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        return String.valueOf(value);
    }
}
