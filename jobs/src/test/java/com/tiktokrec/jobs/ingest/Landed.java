package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Records in the landing format, made for tests: none is a real person's or video's. */
final class Landed {

    static final ObjectMapper JSON = new ObjectMapper();

    private Landed() {}

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode object(String text) {
        return (ObjectNode) json(text);
    }

    /** A complete item. */
    static ObjectNode item(String id, String author, long createTime, long plays) {
        ObjectNode item = object("""
            {'desc': 'Cooking #pasta with @friend',
             'music': {'id': '77', 'title': 'A song', 'authorName': 'A band'},
             'video': {'duration': 15, 'cover': 'https://example.com/cover.jpg'}, 'textLanguage': 'en'}\
            """);
        item.put("id", id).put("createTime", createTime);
        item.putObject("author").put("uniqueId", author);
        item.putObject("stats")
                .put("playCount", plays)
                .put("diggCount", plays / 10)
                .put("commentCount", plays / 100)
                .put("shareCount", plays / 1000);
        return item;
    }

    static ObjectNode by(ObjectNode item, String userId) {
        item.withObject("/author").put("id", userId);
        return item;
    }

    static ObjectNode answer(String endpoint, String params, String fetchedAt, JsonNode body) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("endpoint", endpoint).set("params", json(params));
        answer.put("fetchedAt", fetchedAt).put("status", 200).set("body", body);
        return answer;
    }

    /** A page as user/posts has it, or, flat, as the other lists have it. */
    static ObjectNode page(boolean nested, String cursor, boolean hasMore, ObjectNode... items) {
        ObjectNode list = JSON.createObjectNode();
        list.put("cursor", cursor).put("hasMore", hasMore);
        ArrayNode entries = list.putArray("itemList");
        for (ObjectNode item : items) {
            entries.add(item);
        }
        if (!nested) {
            return list;
        }
        ObjectNode body = JSON.createObjectNode();
        body.put("statusCode", 0).set("data", list);
        return body;
    }

    static ObjectNode posts(
            String user, String cursor, String fetchedAt, String next, boolean hasMore, ObjectNode... items) {
        return answer(
                "user/posts",
                "{'username':'" + user + "','cursor':'" + cursor + "'}",
                fetchedAt,
                page(true, next, hasMore, items));
    }

    static ObjectNode userInfo(String username, String userId, String fetchedAt) {
        ObjectNode body = object("""
            {'statusCode': 0, 'userInfo': {
              'user': {'nickname': 'Nick', 'signature': 'I cook', 'verified': false, 'privateAccount': false,
                       'region': 'IT', 'language': 'it', 'isOrganization': 0, 'bioLink': {'link': 'example.com'},
                       'commerceUserInfo': {'category': 'Food'}},
              'stats': {'followerCount': 12000, 'heartCount': 500000},
              'statsV2': {'followerCount': '12034', 'followingCount': '9',
                          'heartCount': '512345', 'videoCount': '72'}}}\
            """);
        body.withObject("/userInfo/user")
                .put("id", userId)
                .put("uniqueId", username)
                .put("secUid", "SEC" + userId);
        return answer("user/info", "{'uniqueId':'" + username + "'}", fetchedAt, body);
    }
}
