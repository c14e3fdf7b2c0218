package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Draws.Subject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Two answers of post/trending late in the night: the videos that nothing else shows, and well liked ones which the
 * crawl met earlier with lower counts.
 */
final class TrendingCrawl {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int COUNT = 30;
    private static final int ANSWERS = 2;
    private static final int CANDIDATES = 12;

    private final Scene scene;
    private final Instant end;
    private final AnswerLog log;
    private final RecordSeries files;

    TrendingCrawl(Scene scene, Instant end, AnswerLog log, LandingFolder folder) {
        this.scene = scene;
        this.end = end;
        this.log = log;
        this.files = folder.series("trending", false);
    }

    void crawl() throws IOException {
        Range only = scene.catalog().trendingOnly();
        int half = only.start() + only.size() / 2;
        answer(0, new Range(only.start(), half));
        answer(1, new Range(half, only.end()));
    }

    private void answer(int number, Range only) throws IOException {
        Draws draws = Draws.of(scene.seed(), Subject.TRENDING, number);
        Set<Integer> shown = new LinkedHashSet<>();
        for (int attempt = 0; attempt < 4 * COUNT && shown.size() < COUNT - only.size(); attempt++) {
            shown.add(wellLiked(draws));
        }
        ObjectNode body = JSON.objectNode();
        ArrayNode items = body.putArray("itemList");
        for (int video : shown) {
            double growth = 1.05 + draws.unit() * 0.6;
            items.add(scene.items().item(scene.videos().at(video).grownBy(growth)));
        }
        for (int video = only.start(); video < only.end(); video++) {
            items.insert(
                    draws.below(items.size() + 1),
                    scene.items().item(scene.videos().at(video)));
        }
        body.put("statusCode", 0);
        ObjectNode params = JSON.objectNode().put("count", Integer.toString(COUNT));
        Instant fetchedAt = end.minus(Duration.ofMinutes(10L * (ANSWERS - number)));
        log.answerAt(fetchedAt, files, "post/trending", params, body);
    }

    private int wellLiked(Draws draws) {
        int best = draws.below(scene.catalog().trendingOnly().start());
        for (int i = 1; i < CANDIDATES; i++) {
            int other = draws.below(scene.catalog().trendingOnly().start());
            if (scene.videos().appeal(other) > scene.videos().appeal(best)) {
                best = other;
            }
        }
        return best;
    }
}
