package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Caption.Span;
import com.tiktokrec.jobs.generate.Draws.Subject;

/** Writes a video as the item of an API answer, with the gaps and oddities of real items. */
final class ItemWriter {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final long OVERFLOW = 1L << 32;

    private final long seed;
    private final Vocabulary vocabulary;

    ItemWriter(long seed, Vocabulary vocabulary) {
        this.seed = seed;
        this.vocabulary = vocabulary;
    }

    ObjectNode item(Video video) {
        Draws draws = Draws.of(seed, Subject.ITEM, video.index());
        ObjectNode item = JSON.objectNode();
        item.put("id", video.id());
        if (video.quirk() != Quirk.NO_DESCRIPTION) {
            item.put("desc", video.caption().text());
        }
        if (video.quirk() == Quirk.TEXT_CREATE_TIME) {
            item.put("createTime", Long.toString(video.createTime()));
        } else {
            item.put("createTime", video.createTime());
        }
        item.set("author", author(video.author()));
        if (draws.chance(0.85)) {
            item.set("authorStats", UserWriter.roundedStats(video.author()));
        }
        boolean original = draws.chance(0.5);
        String song = draws.pick(vocabulary.songs());
        if (draws.chance(0.97)) {
            item.set("music", original ? originalSound(video) : song(song));
        }
        putHashtags(item, video);
        putCounts(item, video, draws.chance(0.7));
        if (draws.chance(0.97)) {
            ObjectNode file = item.putObject("video");
            file.put("id", video.id());
            file.put("duration", video.durationSeconds());
            file.put("ratio", "720p");
            file.put("cover", "https://p16-sign.tiktokcdn.example/obj/" + video.id() + "~cover.jpeg");
        }
        if (draws.chance(0.9)) {
            item.put(
                    "textLanguage",
                    video.caption().text().isEmpty() ? "un" : video.interest().language());
        }
        return item;
    }

    private static ObjectNode author(Account account) {
        ObjectNode author = JSON.objectNode();
        author.put("id", account.userId());
        author.put("uniqueId", account.username());
        author.put("nickname", account.nickname());
        author.put("secUid", account.secUid());
        author.put("signature", account.bio());
        author.put("verified", account.verified());
        author.put("privateAccount", false);
        return author;
    }

    private static ObjectNode originalSound(Video video) {
        ObjectNode music = JSON.objectNode();
        music.put("id", Long.toString(Long.parseLong(video.id()) + 4_096));
        music.put("title", "original sound - " + video.author().nickname());
        music.put("authorName", video.author().nickname());
        music.put("original", true);
        return music;
    }

    private ObjectNode song(String titleAndArtist) {
        int bar = titleAndArtist.indexOf(" | ");
        ObjectNode music = JSON.objectNode();
        music.put(
                "id",
                Long.toString(6_900_000_000_000_000_000L + vocabulary.songs().indexOf(titleAndArtist)));
        music.put("title", titleAndArtist.substring(0, bar));
        music.put("authorName", titleAndArtist.substring(bar + 3));
        music.put("original", false);
        return music;
    }

    private static void putHashtags(ObjectNode item, Video video) {
        Caption caption = video.caption();
        if (video.quirk() == Quirk.NO_HASHTAG_LISTS || caption.spans().isEmpty()) {
            return;
        }
        ArrayNode challenges = item.putArray("challenges");
        for (String hashtag : caption.hashtags()) {
            challenges.addObject().put("title", hashtag);
        }
        ArrayNode textExtra = item.putArray("textExtra");
        for (Span span : caption.spans()) {
            ObjectNode entry = textExtra.addObject();
            entry.put("start", span.start());
            entry.put("end", span.end());
            entry.put("hashtagName", span.hashtag());
            entry.put("type", span.mention().isEmpty() ? 1 : 0);
            entry.put("userUniqueId", span.mention());
        }
    }

    private static void putCounts(ObjectNode item, Video video, boolean exact) {
        Quirk quirk = video.quirk();
        if (quirk == Quirk.NO_COUNTS) {
            return;
        }
        Counts counts = video.counts();
        ObjectNode stats = item.putObject("stats");
        if (quirk == Quirk.NEGATIVE_PLAYS) {
            stats.put("playCount", counts.plays() % (OVERFLOW / 2) - OVERFLOW / 2);
        } else if (quirk != Quirk.NO_PLAYS) {
            stats.put("playCount", Counts.rounded(counts.plays()));
        }
        stats.put("diggCount", Counts.rounded(counts.likes()));
        stats.put("commentCount", Counts.rounded(counts.comments()));
        stats.put("shareCount", Counts.rounded(counts.shares()));
        stats.put("collectCount", Counts.rounded(counts.saves()));
        if (exact && quirk != Quirk.NEGATIVE_PLAYS && quirk != Quirk.NO_PLAYS) {
            ObjectNode statsV2 = item.putObject("statsV2");
            statsV2.put("playCount", Long.toString(counts.plays()));
            statsV2.put("diggCount", Long.toString(counts.likes()));
            statsV2.put("commentCount", Long.toString(counts.comments()));
            statsV2.put("shareCount", Long.toString(counts.shares()));
            statsV2.put("collectCount", Long.toString(counts.saves()));
            statsV2.put("repostCount", Long.toString(counts.reposts()));
        }
    }
}
