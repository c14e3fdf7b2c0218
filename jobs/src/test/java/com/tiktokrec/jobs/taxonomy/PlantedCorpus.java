package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.jobs.taxonomy.TestRun.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A small corpus with six topics, generic hashtags on every video, and one author's private hashtag. */
final class PlantedCorpus {

    static final List<List<String>> TOPICS = List.of(
            List.of("baking", "cake", "sourdough", "cookies", "bread", "pastry", "cupcakes"),
            List.of("basketball", "nba", "dunk", "hoops", "streetball", "lakers", "threepointer"),
            List.of("makeup", "lipstick", "eyeshadow", "mascara", "eyeliner", "makeuptutorial", "foundation"),
            List.of("gaming", "minecraft", "fortnite", "roblox", "gamer", "videogames", "esports"),
            List.of("dogs", "puppy", "dogsoftiktok", "goldenretriever", "husky", "dogtraining", "labrador"),
            List.of("yoga", "meditation", "pilates", "stretching", "mindfulness", "yogapose", "breathwork"));

    private static final List<String> GENERIC = List.of("fyp", "foryou", "viral", "xyzbca", "part2", "love", "2k");

    private PlantedCorpus() {}

    static List<Video> videos() {
        Random random = new Random(7);
        List<Video> videos = new ArrayList<>();
        for (int index = 0; index < 600; index++) {
            List<String> topic = TOPICS.get(index % TOPICS.size());
            List<String> hashtags = new ArrayList<>();
            hashtags.add(topic.get(Math.min(random.nextInt(4), random.nextInt(4))));
            for (int more = 0; more < 2; more++) {
                String hashtag = topic.get(random.nextInt(topic.size()));
                if (!hashtags.contains(hashtag)) {
                    hashtags.add(hashtag);
                }
            }
            hashtags.add(GENERIC.get(random.nextInt(GENERIC.size())));
            String author = "author" + index % 50;
            if (index % 50 == 3) {
                hashtags.add("author3fanclub");
            }
            videos.add(new Video(author, "video number " + index + " #" + String.join(" #", hashtags), hashtags));
        }
        return videos;
    }
}
