package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Malformed items of videos that no good item shows, so that they add nothing to the number of videos. */
final class SpoiledItems {

    private final Videos videos;
    private final ItemWriter items;
    private int nextVideo;

    SpoiledItems(int firstVideo, Videos videos, ItemWriter items) {
        this.nextVideo = firstVideo;
        this.videos = videos;
        this.items = items;
    }

    ObjectNode next(Flaw flaw) {
        ObjectNode item = items.item(videos.at(nextVideo++));
        flaw.spoil(item);
        return item;
    }
}
