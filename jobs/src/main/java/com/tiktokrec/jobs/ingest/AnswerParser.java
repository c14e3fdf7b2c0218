package com.tiktokrec.jobs.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import com.tiktokrec.jobs.ingest.ItemParser.Item;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;

/** An API answer in the landing envelope: a user, a page of a user's list, of a search, or of the trends. */
final class AnswerParser {

    private static final long OK = 200;

    private AnswerParser() {}

    /** Reads an answer into rows; an error answer is only counted. */
    static void parse(JsonObject answer, RecordRows rows) throws BadRecord {
        Endpoint endpoint = Endpoint.of(answer.text("endpoint"));
        Long status = answer.whole("status");
        if (status != null && status != OK) {
            rows.errorAnswer();
            return;
        }
        if (!answer.has("body")) {
            throw BadRecord.missing("body");
        }
        JsonObject body = answer.object("body");
        JsonObject params = answer.object("params");
        boolean error = isError(body);
        if (endpoint == Endpoint.USER) {
            // TikTok tells that a user doesn't exist by an error code and an empty userInfo.
            if (tellsGone(body)) {
                gone(answer, params, error, rows);
                return;
            }
            if (!error) {
                user(answer, body, rows);
                return;
            }
        }
        if (error) {
            rows.errorAnswer();
            return;
        }
        page(endpoint, answer, params, body, rows);
    }

    private static boolean isError(JsonObject body) throws BadRecord {
        Long camel = body.whole("statusCode");
        Long snake = body.whole("status_code");
        return (camel != null && camel != 0) || (snake != null && snake != 0);
    }

    private static Instant fetchedAt(JsonObject answer) throws BadRecord {
        Instant at = answer.time("fetchedAt");
        if (at == null) {
            throw BadRecord.missing("fetchedAt");
        }
        return at;
    }

    private static String owner(JsonObject params) throws BadRecord {
        String username = params.username("username");
        return username != null ? username : params.username("uniqueId");
    }

    private static boolean tellsGone(JsonObject body) {
        JsonNode info = body.value("userInfo");
        if (info == null || !info.isObject()) {
            return false;
        }
        JsonNode user = info.get("user");
        return user == null || user.isNull() || (user.isObject() && user.isEmpty());
    }

    private static void gone(JsonObject answer, JsonObject params, boolean error, RecordRows rows) throws BadRecord {
        String username = owner(params);
        if (error) {
            rows.errorAnswer();
        }
        if (username != null) {
            rows.user(
                    new RowDraft(Landing.USER_SCHEMA)
                            .set(Users.USERNAME, username)
                            .set(Users.STATUS, AccountParser.GONE)
                            .row(),
                    fetchedAt(answer));
        } else if (!error) {
            throw BadRecord.missing("userInfo.user");
        }
    }

    private static void user(JsonObject answer, JsonObject body, RecordRows rows) throws BadRecord {
        if (!body.has("userInfo")) {
            throw BadRecord.missing("body.userInfo");
        }
        JsonObject info = new JsonObject("", body.node()).object("userInfo");
        JsonObject account = info.object("user");
        String username = account.username("uniqueId");
        if (username == null) {
            throw BadRecord.missing("userInfo.user.uniqueId");
        }
        RowDraft user = AccountParser.account(username, account, info.object("statsV2"), info.object("stats"))
                .set(Users.PROFILED, true);
        if (!user.has(Users.STATUS)) {
            user.set(Users.STATUS, AccountParser.ACTIVE);
        }
        rows.user(user.row(), fetchedAt(answer));
    }

    private static void page(Endpoint endpoint, JsonObject answer, JsonObject params, JsonObject body, RecordRows rows)
            throws BadRecord {
        Instant at = fetchedAt(answer);
        String query = query(endpoint, params);
        String cursor = endpoint == Endpoint.TRENDING ? null : params.id("cursor");
        JsonNode data = body.value("data");
        JsonObject list = data != null && data.isObject() ? body.object("data") : body;
        JsonNode entries = entries(list, data);

        int place = 0;
        int index = -1;
        int bad = 0;
        String firstAuthor = null;
        Timestamp lastCreateTime = null;
        for (JsonNode entry : entries == null ? List.<JsonNode>of() : entries) {
            index++;
            JsonNode item = unwrapped(entry);
            if (ItemParser.isCard(item)) {
                continue;
            }
            try {
                Item read = item(item);
                rows.listItem(read, index, at, endpoint.kind(), place);
                firstAuthor = firstAuthor == null ? read.authorName() : firstAuthor;
                lastCreateTime = read.video().getAs(Videos.CREATE_TIME);
            } catch (BadRecord e) {
                bad++;
                rows.bad(index, e.getMessage(), item.toString());
            }
            place++;
        }

        String owner = endpoint.isUserList() ? owner(params) : null;
        RowDraft page = new RowDraft(Landing.PAGE_SCHEMA)
                .set(UserVideos.KIND, endpoint.kind())
                .set(Users.USERNAME, owner)
                .set(Users.SEC_UID, params.optionalText("secUid"))
                .set(SearchResults.QUERY, query)
                .set(Landing.CURSOR, cursor == null || cursor.equals("0") ? null : cursor)
                .set(Landing.NEXT_CURSOR, list.id("cursor"))
                .set(Landing.HAS_MORE, hasMore(list))
                .set(SearchResults.STALE, Boolean.TRUE.equals(answer.flag("stale")))
                .set(Landing.ITEMS, place)
                .set(Landing.BAD_ITEMS, bad)
                .set(Landing.FIRST_AUTHOR, firstAuthor)
                .set(Landing.LAST_CREATE_TIME, (Object) lastCreateTime);
        if (endpoint.isUserList()) {
            rows.listPage(page.row(), at, owner != null);
        } else {
            rows.searchPage(page.row(), at);
        }
    }

    private static String query(Endpoint endpoint, JsonObject params) throws BadRecord {
        if (endpoint != Endpoint.SEARCH) {
            return endpoint == Endpoint.TRENDING ? "" : null;
        }
        String keyword = params.text("keyword");
        if (keyword == null || keyword.isBlank()) {
            throw BadRecord.missing("params.keyword");
        }
        return keyword.strip();
    }

    /** The list under any of its names; an empty one may be absent. */
    private static JsonNode entries(JsonObject list, JsonNode data) throws BadRecord {
        for (String name : List.of("itemList", "item_list")) {
            JsonNode items = list.value(name);
            if (items != null) {
                if (!items.isArray()) {
                    throw BadRecord.wrongType(name, items);
                }
                return items;
            }
        }
        if (data != null && !data.isArray() && !data.isObject()) {
            throw BadRecord.wrongType("body.data", data);
        }
        return data != null && data.isArray() ? data : null;
    }

    private static JsonNode unwrapped(JsonNode entry) {
        JsonNode item = entry.get("item");
        return item != null && !item.isNull() && !entry.has("id") ? item : entry;
    }

    private static Item item(JsonNode node) throws BadRecord {
        if (!node.isObject()) {
            throw BadRecord.wrongType("the item", node);
        }
        return ItemParser.parse(JsonObject.of(node), false);
    }

    private static Boolean hasMore(JsonObject list) {
        Boolean camel = list.flag("hasMore");
        return camel != null ? camel : list.flag("has_more");
    }
}
