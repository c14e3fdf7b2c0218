package com.tiktokrec.jobs.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tiktokrec.jobs.generate.Draws.Subject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Exports of bare items: JSON Lines for most of these creators, one JSON array for the second, and items whose author
 * is a plain name for the third.
 */
final class BareExport {

    private static final double WITHOUT_CRAWL_TIME = 0.1;
    private static final int LONGEST_ARRAY = 60;

    private final Scene scene;
    private final Instant crawledAt;
    private final LandingFolder folder;
    private final Flaws flaws;
    private final SpoiledItems spoiledItems;
    private final RecordSeries bareFiles;
    private final RecordSeries namedFiles;

    BareExport(Scene scene, Instant end, LandingFolder folder, Flaws flaws, SpoiledItems spoiledItems) {
        this.scene = scene;
        this.crawledAt = end.minus(Duration.ofMinutes(30));
        this.folder = folder;
        this.flaws = flaws;
        this.spoiledItems = spoiledItems;
        this.bareFiles = folder.series("bare", false);
        this.namedFiles = folder.series("bare-author-names", false);
    }

    void write() throws IOException {
        int creators = 0;
        for (int user = 0; user < scene.accounts().profiled(); user++) {
            if (scene.accounts().role(user) == Role.EXPORTED_CREATOR
                    && scene.catalog().postsOf(user).size() > 0) {
                creators++;
                switch (creators) {
                    case 2 -> writeArray(user);
                    case 3 -> writeNamed(user);
                    default -> writeLines(user);
                }
            }
        }
        for (Optional<Flaw> flaw = flaws.missing(); flaw.isPresent(); flaw = flaws.missing()) {
            writeSpoiled(flaw.get());
        }
    }

    private void writeLines(int user) throws IOException {
        for (int video : scene.videos().newestFirst(user)) {
            folder.write(bareFiles, item(video));
        }
    }

    private void writeArray(int user) throws IOException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int video : scene.videos().newestFirst(user)) {
            if (array.size() < LONGEST_ARRAY) {
                array.add(item(video));
            } else {
                folder.write(bareFiles, item(video));
            }
        }
        folder.writeArray("array.json", array);
    }

    private void writeNamed(int user) throws IOException {
        String username = scene.accounts().username(user);
        for (int video : scene.videos().newestFirst(user)) {
            ObjectNode item = item(video);
            item.put("author", username);
            item.remove("authorStats");
            folder.write(namedFiles, item);
        }
    }

    private void writeSpoiled(Flaw flaw) throws IOException {
        if (flaw.ofLine()) {
            folder.writeLine(bareFiles, flaw.spoiled(item(0).toString()));
        } else {
            folder.write(bareFiles, spoiledItems.next(flaw));
        }
    }

    private ObjectNode item(int video) {
        ObjectNode item = scene.items().item(scene.videos().at(video));
        if (!Draws.of(scene.seed(), Subject.ANSWER, video).chance(WITHOUT_CRAWL_TIME)) {
            item.put("crawledAt", crawledAt.toString());
        }
        return item;
    }
}
