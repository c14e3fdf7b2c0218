package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Draws.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Searches on each interest until all of its videos by outside authors were found; some by profiled users come too. */
final class SearchCrawl {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int MOST_CARDS = 12;
    private static final int MOST_PAGES = 3;
    private static final double CARD_WITHOUT_ITEM = 0.06;
    private static final double TRUTH_VALUE = 0.1;

    private final Scene scene;
    private final AnswerLog log;
    private final RecordSeries files;
    private int searches;

    SearchCrawl(Scene scene, AnswerLog log, LandingFolder folder) {
        this.scene = scene;
        this.log = log;
        this.files = folder.series("searches", false);
    }

    void crawl(int interest) throws IOException {
        Range found = scene.catalog().foundFor(interest);
        int number = 0;
        int next = found.start();
        while (next < found.end()) {
            String keyword = scene.interests().at(interest).searchPhrase(number++);
            next = search(keyword, interest, next, found.end());
        }
    }

    /** Returns the first video that the search did not show. */
    private int search(String keyword, int interest, int start, int end) throws IOException {
        Draws draws = Draws.of(scene.seed(), Subject.SEARCH, searches++);
        log.begin();
        boolean truthValue = draws.chance(TRUTH_VALUE);
        Set<Integer> shown = new HashSet<>();
        String searchId = "";
        int next = start;
        int cursor = 0;
        for (int page = 0; page < MOST_PAGES && next < end; page++) {
            int cards = draws.between(11, MOST_CARDS);
            List<Integer> list = new ArrayList<>();
            int outside = Math.min(end - next, draws.between(8, 9));
            for (int i = 0; i < outside; i++) {
                list.add(next++);
            }
            addKnown(list, cards, interest, shown, draws);
            ObjectNode params = JSON.objectNode().put("keyword", keyword).put("cursor", Integer.toString(cursor));
            if (!searchId.isEmpty()) {
                params.put("search_id", searchId);
            }
            cursor += MOST_CARDS;
            ObjectNode body = JSON.objectNode().put("cursor", cursor);
            boolean more = next < end;
            if (truthValue) {
                body.put("has_more", more);
            } else {
                body.put("has_more", more ? 1 : 0);
            }
            ArrayNode items = body.putArray("item_list");
            for (int video : list) {
                items.add(scene.items().item(scene.videos().at(video)));
            }
            if (draws.chance(CARD_WITHOUT_ITEM) && items.size() < MOST_CARDS) {
                items.insert(draws.below(items.size()), cardWithoutItem());
            }
            body.put("status_code", 0);
            searchId = log.page(files, "search/video", params, body, items, MOST_CARDS);
        }
        return next;
    }

    private void addKnown(List<Integer> list, int cards, int interest, Set<Integer> shown, Draws draws) {
        Catalog catalog = scene.catalog();
        for (int attempt = 0; attempt < 8 && list.size() < cards; attempt++) {
            int video = catalog.anyOf(interest, draws);
            if (catalog.byProfiledUser(video) && shown.add(video)) {
                list.add(draws.below(list.size() + 1), video);
            }
        }
    }

    /** A card such as "others searched for", which has no video. */
    private static ObjectNode cardWithoutItem() {
        ObjectNode card = JSON.objectNode().put("type", 6);
        card.putObject("common").put("doc_id_str", "");
        return card;
    }
}
