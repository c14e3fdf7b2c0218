package com.tiktokrec.common.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The layers of a configuration: reference.conf, under the user's file, under --set.
 *
 * @param reference the defaults, with the root above {@link #ROOT}
 * @param given what the file and --set hold, resolved
 * @param merged all layers, resolved
 */
record Layers(Config reference, Config given, Config merged) {

    /** The group that holds every key. */
    static final String ROOT = "tiktok-rec";

    private static final Pattern COMMENT = Pattern.compile("\\s*(#|//)");

    /** Advice of the parser that does not help here: a file is read as HOCON whatever its name. */
    private static final String RENAMING = ", or you may be able to rename the file .properties rather than .conf";

    /** The layers; what cannot be read is left out and noted. */
    static Layers read(
            Optional<Path> file, Map<String, String> overrides, Map<String, String> environment, Mistakes mistakes) {
        Config set = overrides(overrides, mistakes);
        Config fromFile = file.map(path -> parse(path, mistakes)).orElseGet(ConfigFactory::empty);
        ConfigResolveOptions options =
                ConfigResolveOptions.noSystem().appendResolver(new EnvironmentResolver(environment));
        try {
            return resolve(set.withFallback(fromFile), options);
        } catch (ConfigException e) {
            mistakes.note(Secrets.masked(String.valueOf(e.getMessage())));
            return resolve(ConfigFactory.empty(), options);
        }
    }

    /** The defaults alone, as reference.conf holds them. */
    static Config defaults() {
        return ConfigFactory.parseResources(Layers.class.getClassLoader(), "reference.conf")
                .withOnlyPath(ROOT);
    }

    private static Layers resolve(Config given, ConfigResolveOptions options) {
        Config reference = defaults();
        Config merged = given.withFallback(reference).resolve(options);
        return new Layers(reference, given.resolveWith(merged, options), merged);
    }

    private static Config parse(Path file, Mistakes mistakes) {
        if (Files.isDirectory(file) || Files.notExists(file)) {
            String problem = Files.isDirectory(file) ? "is a folder" : "does not exist";
            mistakes.note("%s: the configuration file %s; give --conf a HOCON file".formatted(file, problem));
            return ConfigFactory.empty();
        }
        try {
            ConfigParseOptions options =
                    ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false);
            return ConfigFactory.parseFile(file.toFile(), options);
        } catch (ConfigException e) {
            mistakes.note(place(file, e) + ": the configuration file cannot be read as HOCON: " + cause(file, e));
            return ConfigFactory.empty();
        }
    }

    private static String place(Path file, ConfigException e) {
        return e.origin() == null || e.origin().lineNumber() <= 0 ? file.toString() : Origins.spoken(e.origin());
    }

    /** The parser's words, which quote the file, unless a line of it that is no comment names a secret. */
    private static String cause(Path file, ConfigException e) {
        try {
            if (Files.readAllLines(file).stream()
                    .filter(line -> !COMMENT.matcher(line).lookingAt())
                    .anyMatch(Secrets::areNamedIn)) {
                return "details are not shown, for the file names a secret";
            }
        } catch (IOException unreadable) {
            return "it is not readable UTF-8 text";
        }
        String place = e.origin() == null ? "" : e.origin().description() + ": ";
        String words = String.valueOf(e.getMessage()).replace(RENAMING, "");
        return Secrets.masked(words.startsWith(place) ? words.substring(place.length()) : words);
    }

    private static Config overrides(Map<String, String> overrides, Mistakes mistakes) {
        Config all = ConfigFactory.empty();
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            String key = override.getKey().strip();
            try {
                List<String> path = ConfigUtil.splitPath(key);
                String whole = ConfigUtil.joinPath(path);
                String rooted = path.get(0).equals(ROOT) ? whole : ROOT + "." + whole;
                all = value(override.getValue().strip()).atPath(rooted).withFallback(all);
            } catch (ConfigException e) {
                String rule = "must be written key=value, the value plain or in HOCON";
                mistakes.note(key, override.getValue(), rule, Origins.OVERRIDE);
            }
        }
        return all;
    }

    /** Lists, groups and quoted text are HOCON; all else is taken as it stands, for an address is no HOCON unquoted. */
    private static ConfigValue value(String text) {
        if (text.equals("null")) {
            return ConfigValueFactory.fromAnyRef(null, Origins.OVERRIDE);
        }
        if (!text.startsWith("[") && !text.startsWith("{") && !text.startsWith("\"")) {
            return Origins.override(text);
        }
        ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription(Origins.OVERRIDE);
        Config parsed = ConfigFactory.parseString("value = " + text, options);
        if (parsed.root().size() != 1) {
            throw new ConfigException.Generic("more than one value");
        }
        return parsed.root().get("value");
    }

    /** Gives substitutions such as ${HOME} the environment of the run. */
    private record EnvironmentResolver(Map<String, String> environment) implements ConfigResolver {

        @Override
        public ConfigValue lookup(String path) {
            List<String> elements = ConfigUtil.splitPath(path);
            String value = elements.size() == 1 ? environment.get(elements.get(0)) : null;
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, "environment variable " + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
