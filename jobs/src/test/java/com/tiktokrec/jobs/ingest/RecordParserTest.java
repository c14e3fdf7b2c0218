package com.tiktokrec.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.common.tables.Quarantine;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.tables.UserTags;
import com.tiktokrec.common.tables.UserVideos;
import com.tiktokrec.common.tables.Users;
import com.tiktokrec.common.tables.Videos;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordParserTest {

    private static final Instant MODIFIED = Instant.parse("2026-11-20T00:00:00Z");
    private static final String FETCHED = "2026-11-24T01:02:03Z";

    static List<Row> parse(JsonNode record) {
        return parse(record.toString());
    }

    static List<Row> parse(String record) {
        Queue<Row> rows = new ArrayDeque<>();
        RecordRows recordRows = new RecordRows(new LandingFile("file:/x", 0, 1, MODIFIED, null, null), rows);
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        new RecordParser(true).parse(new RawRecord(0, 1, -1, bytes, null), recordRows);
        recordRows.end("digest");
        return List.copyOf(rows);
    }

    /** The one thing a record holds. */
    private static Row one(JsonNode record) {
        List<Row> rows = parse(record);
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).<String>getAs(UserTags.REASON)).isNull();
        return rows.get(0);
    }

    private static Row video(JsonNode record) {
        return one(record).getAs(Landing.VIDEO);
    }

    private static String reason(List<Row> rows) {
        return rows.get(0).getAs(UserTags.REASON);
    }

    private static long count(List<Row> rows, String name) {
        return rows.get(rows.size() - 1).<Row>getAs(Landing.FILE).getAs(name);
    }

    @Test
    void aBareItemIsAVideoAnAuthorAndAPost() {
        ObjectNode item = Landed.item("7001", "@Cook.One", 1_700_000_000, 5000);
        item.put("crawledAt", "2026-11-23T10:00:00+01:00");
        Row row = one(item);
        Row video = row.getAs(Landing.VIDEO);
        assertThat(row.<String>getAs(UserVideos.KIND)).isEqualTo("post");
        assertThat(row.<Integer>getAs(Landing.PLACE)).isNull();
        assertThat(row.<Timestamp>getAs(Landing.AT)).isEqualTo(Timestamp.from(Instant.parse("2026-11-23T09:00:00Z")));
        assertThat(video.<String>getAs(Videos.AUTHOR)).isEqualTo("cook.one");
        assertThat(video.<Timestamp>getAs(Videos.CREATE_TIME).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(video.<String[]>getAs(Videos.HASHTAGS)).containsExactly("pasta");
        assertThat(video.<String[]>getAs(Videos.MENTIONS)).containsExactly("friend");
        assertThat(video.<Long>getAs(Videos.PLAYS)).isEqualTo(5000);
        assertThat(video.<Long>getAs(Videos.SAVES)).isNull();
        assertThat(row.<Row>getAs(Landing.USER).<Boolean>getAs(Users.PROFILED)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1764000000", "1764000000000", "'\"1764000000\"'", "'\"2025-11-24T16:00:00Z\"'"})
    void crawledAtComesInManyForms(String time) {
        ObjectNode item = Landed.item("1", "a", 1, 1);
        item.set("crawledAt", Landed.json(time));
        assertThat(one(item).<Timestamp>getAs(Landing.AT).toInstant()).isEqualTo(Instant.ofEpochSecond(1764000000));
    }

    @Test
    void withoutCrawledAtTheFilesTimeCounts() {
        assertThat(one(Landed.item("1", "a", 1, 1)).<Timestamp>getAs(Landing.AT).toInstant())
                .isEqualTo(MODIFIED);
    }

    @Test
    void statsV2WinsFieldByField() {
        ObjectNode item = Landed.item("1", "a", 1, 1000);
        item.set("statsV2", Landed.json("{'playCount':'1234','diggCount':'-5','commentCount':'','collectCount':7}"));
        Row video = video(item);
        assertThat(video.<Long>getAs(Videos.PLAYS)).isEqualTo(1234);
        assertThat(video.<Long>getAs(Videos.LIKES)).as("negative: missing").isEqualTo(100);
        assertThat(video.<Long>getAs(Videos.COMMENTS)).as("empty: missing").isEqualTo(10);
        assertThat(video.<Long>getAs(Videos.SHARES)).as("absent").isEqualTo(1);
        assertThat(video.<Long>getAs(Videos.SAVES)).isEqualTo(7);
    }

    @Test
    void oddButReadableValuesAreRead() {
        ObjectNode item = Landed.object("""
            {'id': 7001, 'author': 'Plain.Name', 'authorId': 55, 'nickname': 'P', 'createTime': '1700000000',
             'desc': '', 'music': {'id': 9, 'title': ''}, 'video': {'duration': 12.7, 'cover': ''},
             'challenges': null, 'textExtra': [{'hashtagName': 'One'}, {'hashtagName': '', 'userUniqueId': 'Ann'}],
             'stats': {'playCount': -2094967296, 'diggCount': 3.0E3}}\
            """);
        Row row = one(item);
        Row video = row.getAs(Landing.VIDEO);
        assertThat(video.<String>getAs(Videos.VIDEO_ID)).isEqualTo("7001");
        assertThat(video.<String>getAs(Videos.AUTHOR)).isEqualTo("plain.name");
        assertThat(video.<String>getAs(Videos.AUTHOR_ID)).isEqualTo("55");
        assertThat(video.<String>getAs(Videos.DESCRIPTION)).isEmpty();
        assertThat(video.<String>getAs(Videos.MUSIC_ID)).isEqualTo("9");
        assertThat(video.<String>getAs(Videos.MUSIC_TITLE)).isNull();
        assertThat(video.<String>getAs(Videos.COVER_URL)).isNull();
        assertThat(video.<Long>getAs(Videos.DURATION_S)).isEqualTo(12);
        assertThat(video.<String[]>getAs(Videos.HASHTAGS)).containsExactly("one");
        assertThat(video.<String[]>getAs(Videos.MENTIONS)).containsExactly("ann");
        assertThat(video.<Long>getAs(Videos.PLAYS)).isNull();
        assertThat(video.<Long>getAs(Videos.LIKES)).isEqualTo(3000);
    }

    @Test
    void missingKeysAreMissingValues() {
        Row video = video(Landed.object("{'id':'1','author':{'uniqueId':'a'}}"));
        assertThat(video.<String>getAs(Videos.DESCRIPTION)).isNull();
        assertThat(video.<Timestamp>getAs(Videos.CREATE_TIME)).isNull();
        assertThat(video.<Object>getAs(Videos.HASHTAGS)).isNull();
        assertThat(video.<Object>getAs(Videos.MENTIONS)).isNull();
        assertThat(video.<Long>getAs(Videos.PLAYS)).isNull();
    }

    @Test
    void mentionsOfACaptionAreNamesNotMailHosts() {
        ObjectNode item = Landed.item("1", "a", 1, 1);
        item.put("desc", "with @Ann.B, @bob. and @ann.b; mail me@example.com");
        assertThat(video(item).<String[]>getAs(Videos.MENTIONS)).containsExactly("ann.b", "bob");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'id':'1','author'|not JSON",
                "{'id':'1'} {'id':'2'}|not JSON",
                "12|the record is a number",
                "['a']|the record is an array",
                "{'author':{'uniqueId':'a'}}|id is missing",
                "{'id':'','author':'a'}|id is missing",
                "{'id':true,'author':'a'}|id is a boolean",
                "{'id':1.5,'author':'a'}|id is a number with a fraction",
                "{'id':'1'}|author is missing",
                "{'id':'1','author':7}|author is a number",
                "{'id':'1','author':{'id':'5'}}|author.uniqueId is missing",
                "{'id':'1','author':'a','desc':5}|desc is a number",
                "{'id':'1','author':'a','createTime':'soon'}|createTime is a string that is no number",
                "{'id':'1','author':'a','createTime':99999999999999999}|createTime is a time out of range",
                "{'id':'1','author':'a','stats':[]}|stats is an array",
                "{'id':'1','author':'a','stats':{'playCount':'many'}}|stats.playCount is a string that is no number",
                "{'id':'1','author':'a','stats':{'playCount':{}}}|stats.playCount is an object",
                "{'id':'1','author':'a','stats':{'playCount':1.5}}|stats.playCount is a number with a fraction",
                "{'id':'1','author':'a','stats':{'playCount':1e99}}|stats.playCount is too large a number",
                "{'id':'1','author':'a','statsV2':{'shareCount':'1e999999999'}}|statsV2.shareCount is too large a"
                        + " number",
                "{'id':'1','author':'a','stats':{'playCount':1e-999999999}}|stats.playCount is a number with a"
                        + " fraction",
                "{'id':'1','author':'a','challenges':{}}|challenges is an object",
                "{'id':'1','author':'a','challenges':['x']}|challenges[] is a string",
                "{'id':'1','author':'a','challenges':[{'title':1}]}|challenges[].title is a number",
                "{'id':'1','author':'a','music':'song'}|music is a string",
                "{'id':'1','author':'a','crawledAt':'yesterday'}|crawledAt is a string that is no number",
                "{'endpoint':'user/unknown','fetchedAt':'2026-11-24T01:02:03Z','body':{}}|endpoint is not a known one",
                "{'endpoint':5,'body':{}}|endpoint is a number",
                "{'endpoint':'user/posts','fetchedAt':'2026-11-24T01:02:03Z'}|body is missing",
                "{'endpoint':'user/posts','fetchedAt':'2026-11-24T01:02:03Z','body':'x'}|body is a string",
                "{'endpoint':'user/posts','body':{'itemList':[]}}|fetchedAt is missing",
                "{'endpoint':'user/posts','fetchedAt':'2026-11-24T01:02:03Z','body':{'itemList':{}}}|itemList is an"
                        + " object",
                "{'endpoint':'search/video','fetchedAt':'2026-11-24T01:02:03Z','body':{}}|params.keyword is missing",
                "{'endpoint':'user/info','fetchedAt':'2026-11-24T01:02:03Z','body':{}}|body.userInfo is missing",
                "{'endpoint':'user/info','fetchedAt':'2026-11-24T01:02:03Z','body':{'userInfo':{'user':{'id':'1'}}}}"
                        + "|userInfo.user.uniqueId is missing"
            })
    void whatCannotBeReadSaysWhy(String record, String reason) {
        List<Row> rows = parse(record.replace('\'', '"'));
        assertThat(rows).hasSize(2);
        assertThat(reason(rows)).isEqualTo(reason);
        assertThat(rows.get(0).<Integer>getAs(Quarantine.ITEM)).isEqualTo(-1);
        assertThat(rows.get(0).<String>getAs(Quarantine.RAW)).isEqualTo(record.replace('\'', '"'));
        assertThat(count(rows, "bad")).isEqualTo(1);
        assertThat(count(rows, Landing.UNITS)).isEqualTo(1);
    }

    @Test
    void aPageKeepsItsGoodItemsAndTheirPlaces() {
        ObjectNode page = Landed.posts(
                "Cook",
                "17",
                FETCHED,
                "18",
                true,
                Landed.item("1", "cook", 100, 1),
                Landed.object("{'id':'2'}"),
                Landed.item("3", "cook", 90, 1));
        List<Row> rows = parse(page);
        assertThat(rows).hasSize(5);
        assertThat(rows.get(0).<Integer>getAs(Landing.PLACE)).isZero();
        assertThat(reason(rows.subList(1, 2))).isEqualTo("author is missing");
        assertThat(rows.get(1).<Integer>getAs(Quarantine.ITEM)).isEqualTo(1);
        assertThat(rows.get(2).<Integer>getAs(Landing.PLACE)).isEqualTo(2);
        Row read = rows.get(3).getAs(Landing.PAGE);
        assertThat(read.<String>getAs(Users.USERNAME)).isEqualTo("cook");
        assertThat(read.<String>getAs(Landing.CURSOR)).isEqualTo("17");
        assertThat(read.<String>getAs(Landing.NEXT_CURSOR)).isEqualTo("18");
        assertThat(read.<Boolean>getAs(Landing.HAS_MORE)).isTrue();
        assertThat(read.<Integer>getAs(Landing.ITEMS)).isEqualTo(3);
        assertThat(read.<Integer>getAs(Landing.BAD_ITEMS)).isEqualTo(1);
        assertThat(count(rows, Landing.UNITS)).isEqualTo(3);
    }

    @Test
    void cardsWithoutAnItemArePassedOver() {
        ObjectNode body = Landed.object("{'status_code':0,'cursor':12,'has_more':1}");
        body.putArray("data")
                .add(Landed.object("{'type':4,'user_list':[]}"))
                .add(Landed.object("{'type':1}").<ObjectNode>set("item", Landed.item("1", "a", 1, 1)));
        List<Row> rows =
                parse(Landed.answer("search/general", "{'keyword':' Street Food ','cursor':0}", FETCHED, body));
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).<Integer>getAs(Landing.PLACE)).isZero();
        Row page = rows.get(1).getAs(Landing.PAGE);
        assertThat(page.<String>getAs(SearchResults.QUERY)).isEqualTo("Street Food");
        assertThat(page.<String>getAs(Landing.CURSOR)).isNull();
        assertThat(page.<Boolean>getAs(Landing.HAS_MORE)).isTrue();
        assertThat(count(rows, "bad")).isZero();
    }

    @Test
    void errorAnswersAreCountedAndNotBad() {
        for (String answer : List.of(
                "{'endpoint':'user/posts','fetchedAt':'" + FETCHED + "','status':429,'body':{'message':'no'}}",
                "{'endpoint':'user/posts','fetchedAt':'" + FETCHED + "','status':'500','body':null}",
                "{'endpoint':'user/posts','fetchedAt':'" + FETCHED + "','status':200,'body':{'statusCode':10201}}",
                "{'endpoint':'search/video','fetchedAt':'" + FETCHED + "','status':200,'body':{'status_code':2483}}")) {
            List<Row> rows = parse(answer.replace('\'', '"'));
            assertThat(rows).hasSize(1);
            assertThat(count(rows, Landing.ERROR_ANSWERS)).isEqualTo(1);
            assertThat(count(rows, Landing.UNITS)).isZero();
        }
    }

    @Test
    void anEmptyUserInfoSaysThatTheUserIsGone() {
        List<Row> rows = parse(Landed.answer(
                "user/info", "{'uniqueId':'@Ghost'}", FETCHED, Landed.json("{'statusCode':10221,'userInfo':{}}")));
        Row user = rows.get(0).getAs(Landing.USER);
        assertThat(user.<String>getAs(Users.USERNAME)).isEqualTo("ghost");
        assertThat(user.<String>getAs(Users.STATUS)).isEqualTo("gone");
        assertThat(user.<Boolean>getAs(Users.PROFILED)).isNull();
        assertThat(count(rows, Landing.ERROR_ANSWERS)).isEqualTo(1);
    }

    @Test
    void aUserAnswerHasExactCountsAndAllColumns() {
        Row user = one(Landed.userInfo("Cook", "55", FETCHED)).getAs(Landing.USER);
        assertThat(user.<String>getAs(Users.USERNAME)).isEqualTo("cook");
        assertThat(user.<Long>getAs(Users.FOLLOWER_COUNT)).isEqualTo(12034);
        assertThat(user.<Long>getAs(Users.FOLLOWING_COUNT)).isEqualTo(9);
        assertThat(user.<Boolean>getAs(Users.IS_ORGANIZATION)).isFalse();
        assertThat(user.<String>getAs(Users.CATEGORY)).isEqualTo("Food");
        assertThat(user.<String>getAs(Users.BIO_LINK)).isEqualTo("example.com");
        assertThat(user.<String>getAs(Users.STATUS)).isEqualTo("active");
        assertThat(user.<Boolean>getAs(Users.PROFILED)).isTrue();
    }
}
