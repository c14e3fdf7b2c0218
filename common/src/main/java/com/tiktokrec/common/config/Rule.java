package com.tiktokrec.common.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a value must be: in words, for a message, and as its reading, which is empty where the value does not fit. */
record Rule<T>(String words, Function<ConfigValue, Optional<T>> reading) {

    /** The typed value, or nothing where it does not fit. */
    Optional<T> read(ConfigValue value) {
        try {
            return reading.apply(value);
        } catch (ConfigException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    static Rule<Long> wholeNumber(long least, long most) {
        return new Rule<>(String.format(Locale.ROOT, "a whole number from %,d to %,d", least, most), value -> {
            BigDecimal number = new BigDecimal(text(value));
            // Compared before it is converted: 1e999999999 would be a gigabyte of digits.
            return within(number, BigDecimal.valueOf(least), BigDecimal.valueOf(most))
                    ? Optional.of(number.longValueExact())
                    : Optional.empty();
        });
    }

    static Rule<Integer> count(int least, int most) {
        Rule<Long> rule = wholeNumber(least, most);
        return new Rule<>(rule.words, value -> rule.reading.apply(value).map(Math::toIntExact));
    }

    static Rule<Double> number(double least, double most) {
        return new Rule<>("a number from " + plain(least) + " to " + plain(most), value -> {
            BigDecimal number = new BigDecimal(text(value));
            return within(number, BigDecimal.valueOf(least), BigDecimal.valueOf(most))
                    ? Optional.of(number.doubleValue())
                    : Optional.empty();
        });
    }

    static Rule<Boolean> flag() {
        return new Rule<>("true or false", value -> Optional.of(value.atKey("v").getBoolean("v")));
    }

    /** A duration with its unit; a bare number is milliseconds, as everywhere in HOCON. */
    static Rule<Duration> duration(Duration least, Duration most) {
        String words = "a duration with its unit, from %s to %s".formatted(spoken(least), spoken(most));
        return new Rule<>(words, value -> Optional.of(durationOf(value)).filter(within(least, most)));
    }

    /** A duration that may also be 0, for "never" or "always". */
    static Rule<Duration> durationOrZero(Duration least, Duration most) {
        Predicate<Duration> fits = within(least, most).or(Duration.ZERO::equals);
        String words = "0s, or a duration with its unit, from %s to %s".formatted(spoken(least), spoken(most));
        return new Rule<>(words, value -> Optional.of(durationOf(value)).filter(fits));
    }

    /** A number of seconds, or a duration with its unit. */
    static Rule<Duration> seconds(Duration least, Duration most) {
        String words =
                "a number of seconds or a duration with its unit, from %s to %s".formatted(spoken(least), spoken(most));
        Rule<Double> bare = number((double) least.toSeconds(), (double) most.toSeconds());
        return new Rule<>(words, value -> {
            if (!isNumber(value)) {
                return Optional.of(durationOf(value)).filter(within(least, most));
            }
            return bare.reading.apply(value).map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)));
        });
    }

    /** A size in bytes. */
    static Rule<Long> size(long least, String leastInWords) {
        return new Rule<>("a size with its unit, such as 512MiB, of at least " + leastInWords, value -> {
            long bytes = value.atKey("v").getBytes("v");
            return Optional.of(bytes).filter(size -> size >= least);
        });
    }

    /** Any text, blank or not, kept as it is. */
    static Rule<String> anyText() {
        return new Rule<>("text", value -> Optional.of(text(value)));
    }

    /** Text of at least one character, stripped. */
    static Rule<String> name() {
        return new Rule<>("text that is not blank", Rule::stripped);
    }

    /** A folder or URI; a password has no place in it. */
    static Rule<String> location() {
        return new Rule<>(
                "a folder or a URI, without user:password in it",
                value -> stripped(value).filter(text -> !Secrets.holdPassword(text)));
    }

    /** An http or https address, given without its closing slashes. */
    static Rule<String> httpAddress() {
        return new Rule<>(
                "an http:// or https:// address with a host, without user info",
                value -> stripped(value)
                        .filter(text -> isAddress(text, List.of("http", "https")))
                        .filter(text -> URI.create(text).getRawUserInfo() == null)
                        .map(text -> text.replaceAll("/+$", "")));
    }

    static Rule<String> redisAddress() {
        return new Rule<>(
                "a redis:// or rediss:// address with a host",
                value -> stripped(value).filter(text -> isAddress(text, List.of("redis", "rediss"))));
    }

    static <E extends Enum<E>> Rule<E> oneOf(Class<E> type) {
        List<E> all = List.of(type.getEnumConstants());
        String words = "one of " + all.stream().map(Rule::spelled).collect(Collectors.joining(", "));
        return new Rule<>(words, value -> {
            String text = text(value).strip();
            return all.stream()
                    .filter(one -> spelled(one).equalsIgnoreCase(text))
                    .findFirst();
        });
    }

    /** A list without duplicates, in the order given; --set may spell it a,b without the brackets. */
    static <T> Rule<List<T>> listOf(Rule<T> rule, boolean mayBeEmpty) {
        String words = "a list%s, each %s".formatted(mayBeEmpty ? "" : " of at least one", rule.words);
        return new Rule<>(words, value -> {
            List<Optional<T>> items = items(value).map(rule::read).toList();
            boolean fits = items.stream().allMatch(Optional::isPresent) && (mayBeEmpty || !items.isEmpty());
            return fits
                    ? Optional.of(
                            items.stream().flatMap(Optional::stream).distinct().toList())
                    : Optional.empty();
        });
    }

    /** The name of an author or a hashtag, without the sign before it. */
    static Rule<String> nameWithout(String sign) {
        Rule<String> name = name();
        return new Rule<>(
                name.words,
                value -> name.reading
                        .apply(value)
                        .map(text -> text.startsWith(sign)
                                ? text.substring(sign.length()).strip()
                                : text)
                        .filter(text -> !text.isEmpty()));
    }

    static Rule<Price> price() {
        Rule<Double> usd = number(0, 1_000_000);
        String words = "{ input = USD, output = USD } per million tokens, both from 0 (output is 0 for an embedding"
                + " model); quote a model's name that holds a dot";
        return new Rule<>(words, value -> {
            if (!(value instanceof ConfigObject price) || !price.keySet().equals(Set.of("input", "output"))) {
                return Optional.empty();
            }
            Optional<Double> output = usd.read(price.get("output"));
            return usd.read(price.get("input")).flatMap(input -> output.map(written -> new Price(input, written)));
        });
    }

    /** How an enum's value is written in a configuration file. */
    static String spelled(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Stream<ConfigValue> items(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list.stream();
        }
        if (value.valueType() == ConfigValueType.STRING && Origins.isOverride(value.origin())) {
            return Arrays.stream(text(value).split(","))
                    .filter(item -> !item.isBlank())
                    .map(item -> Origins.override(item.strip()));
        }
        throw new IllegalArgumentException("not a list");
    }

    private static String text(ConfigValue value) {
        return value.atKey("v").getString("v");
    }

    private static Optional<String> stripped(ConfigValue value) {
        return Optional.of(text(value).strip()).filter(text -> !text.isEmpty());
    }

    private static boolean isNumber(ConfigValue value) {
        try {
            new BigDecimal(text(value));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isAddress(String text, List<String> schemes) {
        URI uri = URI.create(text);
        return uri.getScheme() != null
                && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                && uri.getHost() != null;
    }

    private static Duration durationOf(ConfigValue value) {
        return value.atKey("v").getDuration("v");
    }

    private static Predicate<Duration> within(Duration least, Duration most) {
        return duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
    }

    private static boolean within(BigDecimal number, BigDecimal least, BigDecimal most) {
        return number.compareTo(least) >= 0 && number.compareTo(most) <= 0;
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** The largest unit that divides the duration. */
    private static String spoken(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0 && seconds > 0) {
            return duration.toDays() + "d";
        }
        if (seconds % 3600 == 0 && seconds > 0) {
            return duration.toHours() + "h";
        }
        if (seconds % 60 == 0 && seconds > 0) {
            return duration.toMinutes() + "m";
        }
        return seconds + "s";
    }
}
