package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A JSON object and the typed values of its fields. A missing key and {@code null} are the same: null.
 *
 * @param path its place in the record, for reasons; empty for the record itself
 * @param node the object, or a missing node: then every field is missing
 */
record JsonObject(String path, JsonNode node) {

    private static final int MOST_DECIMALS = 40;

    static JsonObject of(JsonNode node) {
        return new JsonObject("", node);
    }

    boolean exists() {
        return node.isObject();
    }

    boolean has(String field) {
        return value(field) != null;
    }

    /** A field's place in the record. */
    String name(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** A field as it stands; null where it is missing or null. */
    JsonNode value(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /** An object within; one without fields where it is missing. */
    JsonObject object(String field) throws BadRecord {
        JsonNode value = value(field);
        if (value == null) {
            return new JsonObject(name(field), MissingNode.getInstance());
        }
        if (!value.isObject()) {
            throw BadRecord.wrongType(name(field), value);
        }
        return new JsonObject(name(field), value);
    }

    /** The objects of a list; null where it is missing, and null elements left out. */
    List<JsonObject> objects(String field) throws BadRecord {
        JsonNode list = value(field);
        if (list == null) {
            return null;
        }
        if (!list.isArray()) {
            throw BadRecord.wrongType(name(field), list);
        }
        List<JsonObject> objects = new ArrayList<>(list.size());
        for (JsonNode element : list) {
            if (element.isObject()) {
                objects.add(new JsonObject(name(field) + "[]", element));
            } else if (!element.isNull()) {
                throw BadRecord.wrongType(name(field) + "[]", element);
            }
        }
        return objects;
    }

    /** A text as it stands, empty or not. */
    String text(String field) throws BadRecord {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw BadRecord.wrongType(name(field), value);
        }
        return value.textValue();
    }

    /** A text that may be of any type where it does not matter: null unless it is a text with something in it. */
    String optionalText(String field) {
        JsonNode value = value(field);
        return value == null || !value.isTextual() || value.textValue().isBlank() ? null : value.textValue();
    }

    /** An id: a text, or a whole number taken as text; null where it is empty. */
    String id(String field) throws BadRecord {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() && !value.isIntegralNumber()) {
            throw BadRecord.wrongType(name(field), value);
        }
        String id = value.asText().strip();
        return id.isEmpty() ? null : id;
    }

    /** An account's name as tables keep it; null where it is empty. */
    String username(String field) throws BadRecord {
        return toUsername(id(field));
    }

    /** Lower case and without {@code @}; null for an empty name. */
    static String toUsername(String name) {
        if (name == null) {
            return null;
        }
        String stripped = name.strip();
        String bare = stripped.startsWith("@") ? stripped.substring(1) : stripped;
        return bare.isEmpty() ? null : bare.toLowerCase(Locale.ROOT);
    }

    /** A whole number, or a text that is one; null where it is empty. */
    Long whole(String field) throws BadRecord {
        JsonNode value = value(field);
        if (value == null || (value.isTextual() && value.textValue().isBlank())) {
            return null;
        }
        if (!value.isNumber() && !value.isTextual()) {
            throw BadRecord.wrongType(name(field), value);
        }
        try {
            BigDecimal number = value.isTextual() ? decimal(value.textValue().strip()) : value.decimalValue();
            // 1E999999999 and 1E-999999999 are short texts, and gigantic in the making.
            if (number.scale() > MOST_DECIMALS) {
                throw new ArithmeticException("a fraction");
            }
            if (number.precision() - number.scale()
                    > Long.toString(Long.MAX_VALUE).length()) {
                throw new BadRecord(name(field) + " is too large a number");
            }
            BigInteger whole = number.toBigIntegerExact();
            if (whole.bitLength() >= Long.SIZE) {
                throw new BadRecord(name(field) + " is too large a number");
            }
            return whole.longValue();
        } catch (NumberFormatException e) {
            throw new BadRecord(name(field) + " is a string that is no number");
        } catch (ArithmeticException e) {
            throw new BadRecord(name(field) + " is a number with a fraction");
        }
    }

    private static BigDecimal decimal(String text) {
        if (text.length() > MOST_DECIMALS) {
            throw new NumberFormatException("too long for a count");
        }
        return new BigDecimal(text);
    }

    /** A count: as {@link #whole}, and a negative one, an overflow seen in the wild, is missing. */
    Long count(String field) throws BadRecord {
        Long number = whole(field);
        return number == null || number < 0 ? null : number;
    }

    /** A moment in ISO-8601 or in seconds or milliseconds since 1970; null where it is missing or not after 1970. */
    Instant time(String field) throws BadRecord {
        JsonNode value = value(field);
        if (value != null && value.isTextual()) {
            Instant iso = Times.iso(value.textValue());
            if (iso != null) {
                return iso;
            }
        }
        return epoch(field);
    }

    /** A moment given as seconds (or milliseconds) since 1970, number or text. */
    Instant epoch(String field) throws BadRecord {
        Long number = whole(field);
        if (number == null || number <= 0) {
            return null;
        }
        Instant time = Times.epoch(number);
        if (time == null) {
            throw new BadRecord(name(field) + " is a time out of range");
        }
        return time;
    }

    /** A yes or no in any of the ways seen (true, 1, "1", "true"); null for anything else. */
    Boolean flag(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        return switch (value.asText().toLowerCase(Locale.ROOT)) {
            case "true", "1" -> Boolean.TRUE;
            case "false", "0" -> Boolean.FALSE;
            default -> null;
        };
    }
}
