package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.common.text.VideoText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;

/** A video item in any of the shapes seen. A missing key is a missing value, a wrong type where it matters is bad. */
final class ItemParser {

    /** A name after {@code @}, but not the host of an e-mail address. */
    private static final Pattern MENTION = Pattern.compile("(?<![\\w.])@([\\w.]+)");

    private ItemParser() {}

    /**
     * An item that was read.
     *
     * @param video columns of {@link Landing#VIDEO_SCHEMA}
     * @param author columns of {@link Landing#USER_SCHEMA}
     */
    record Item(Row video, Row author) {

        String authorName() {
            return author.getAs(Users.USERNAME);
        }
    }

    /**
     * Reads an item.
     *
     * @param profiled whether its author counts as profiled by it
     */
    static Item parse(JsonObject item, boolean profiled) throws BadRecord {
        String id = item.id("id");
        if (id == null) {
            throw BadRecord.missing("id");
        }
        RowDraft author = author(item);
        if (profiled) {
            author.set(Users.PROFILED, true);
        }
        Row account = author.row();
        return new Item(video(id, account, item).row(), account);
    }

    private static RowDraft video(String id, Row author, JsonObject item) throws BadRecord {
        String description = item.text("desc");
        List<JsonObject> challenges = item.objects("challenges");
        List<JsonObject> extras = item.objects("textExtra");
        JsonObject music = item.object("music");
        JsonObject file = item.object("video");
        JsonObject exact = item.object("statsV2");
        JsonObject rounded = item.object("stats");
        return new RowDraft(Landing.VIDEO_SCHEMA)
                .set(Videos.VIDEO_ID, id)
                .set(Videos.DESCRIPTION, description)
                .set(Videos.AUTHOR, author.<String>getAs(Users.USERNAME))
                .set(Videos.AUTHOR_ID, author.<String>getAs(Users.USER_ID))
                .set(Videos.AUTHOR_NICKNAME, author.<String>getAs(Users.NICKNAME))
                .set(Videos.CREATE_TIME, item.epoch("createTime"))
                .set(Videos.DURATION_S, duration(file))
                .set(Videos.MUSIC_ID, music.id("id"))
                .set(Videos.MUSIC_TITLE, filled(music.text("title")))
                .set(Videos.MUSIC_AUTHOR, music.optionalText("authorName"))
                .set(Videos.HASHTAGS, hashtags(description, challenges, extras))
                .set(Videos.MENTIONS, mentions(description, extras))
                .set(Videos.LANGUAGE, item.optionalText("textLanguage"))
                .set(Videos.PLAYS, AccountParser.count(exact, rounded, "playCount"))
                .set(Videos.LIKES, AccountParser.count(exact, rounded, "diggCount"))
                .set(Videos.COMMENTS, AccountParser.count(exact, rounded, "commentCount"))
                .set(Videos.SHARES, AccountParser.count(exact, rounded, "shareCount"))
                .set(Videos.SAVES, AccountParser.count(exact, rounded, "collectCount"))
                .set(Videos.COVER_URL, file.optionalText("cover"));
    }

    /** Some exports have the author's name alone, with the rest of the author beside it. */
    private static RowDraft author(JsonObject item) throws BadRecord {
        JsonNode author = item.value("author");
        if (author == null) {
            throw BadRecord.missing("author");
        }
        JsonObject exact = item.object("authorStatsV2");
        JsonObject rounded = item.object("authorStats");
        if (author.isTextual()) {
            String username = JsonObject.toUsername(author.textValue());
            if (username == null) {
                throw BadRecord.missing("author");
            }
            return AccountParser.account(username, new JsonObject("author", author), exact, rounded)
                    .set(Users.USER_ID, item.id("authorId"))
                    .set(Users.SEC_UID, item.optionalText("authorSecId"))
                    .set(Users.NICKNAME, item.optionalText("nickname"));
        }
        JsonObject account = item.object("author");
        String username = account.username("uniqueId");
        if (username == null) {
            throw BadRecord.missing("author.uniqueId");
        }
        return AccountParser.account(username, account, exact, rounded);
    }

    private static Long duration(JsonObject file) {
        JsonNode duration = file.value("duration");
        boolean given = duration != null && duration.isNumber() && duration.asDouble() >= 0;
        return given ? (Long) duration.asLong() : null;
    }

    /** Null where nothing could hold a hashtag: then an earlier crawl's stay. */
    private static List<String> hashtags(String description, List<JsonObject> challenges, List<JsonObject> extras)
            throws BadRecord {
        if (description == null && challenges == null && extras == null) {
            return null;
        }
        return VideoText.hashtags(texts(challenges, "title"), texts(extras, "hashtagName"), description);
    }

    private static List<String> texts(List<JsonObject> objects, String field) throws BadRecord {
        List<String> texts = new ArrayList<>();
        for (JsonObject object : objects == null ? List.<JsonObject>of() : objects) {
            String text = object.text(field);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static List<String> mentions(String description, List<JsonObject> extras) throws BadRecord {
        if (description == null && extras == null) {
            return null;
        }
        Set<String> mentions = new LinkedHashSet<>();
        texts(extras, "userUniqueId").forEach(name -> addMention(name, mentions));
        if (mentions.isEmpty() && description != null) {
            Matcher matcher = MENTION.matcher(description);
            while (matcher.find()) {
                // The full stop that ends a sentence is not the name's.
                addMention(matcher.group(1).replaceAll("\\.+$", ""), mentions);
            }
        }
        return List.copyOf(mentions);
    }

    private static void addMention(String name, Set<String> mentions) {
        String username = JsonObject.toUsername(name);
        if (username != null) {
            mentions.add(username);
        }
    }

    private static String filled(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Whether an entry of a search page is a card of another kind: users, ads, related searches. */
    static boolean isCard(JsonNode entry) {
        return entry.isNull()
                || (entry.isObject()
                        && !entry.has("id")
                        && !entry.has("desc")
                        && !entry.has("author")
                        && !entry.has("stats")
                        && !entry.has("createTime"));
    }
}
