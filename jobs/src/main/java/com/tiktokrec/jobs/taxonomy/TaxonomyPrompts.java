package com.tiktokrec.jobs.taxonomy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.common.text.StopWords;
import com.tiktokrec.common.text.Words;
import com.tiktokrec.jobs.run.PromptTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The two prompts of a taxonomy, the schemas of their answers, and what is taken from those answers. */
final class TaxonomyPrompts {

    /** Changes with the templates. */
    static final String VERSION = "taxonomy-2";

    static final int MOST_PROPOSALS = 25;

    /** Sorted keys: the same schema is the same text in every JVM, and counts the same tokens. */
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private static final int LONGEST_DESCRIPTION = 300;
    private static final int LONGEST_KEYWORD = 50;
    private static final int SHOWN_KEYWORDS = 4;
    private static final int SHORTEST_WORD = 3;

    private final String proposeSystem = template("propose-system.txt");
    private final String proposeUser = template("propose-user.txt");
    private final String mergeSystem = template("merge-system.txt");
    private final String mergeUser = template("merge-user.txt");
    private final GenericHashtags generic;
    private final Set<String> stopWords = StopWords.english();

    TaxonomyPrompts(GenericHashtags generic) {
        this.generic = generic;
    }

    private static String template(String name) {
        try (InputStream stream = TaxonomyPrompts.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the prompt " + name + " cannot be read: check the program's jar", e);
        }
    }

    /** A stranger's text as one line of data, which cannot end the data. */
    static String line(String text) {
        return json(text.replace("<<<", " ").replace(">>>", " "));
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are always JSON", e);
        }
    }

    /** Asks for the categories of some lines. */
    ChatPrompt propose(String lines, int most) {
        return new ChatPrompt(
                proposeSystem.replace("{{most}}", Integer.toString(most)),
                proposeUser.replace("{{texts}}", lines),
                "taxonomy_proposals",
                json(PromptTemplate.strictObject(Map.of("categories", array(category(), 1, most)))));
    }

    private static Map<String, Object> category() {
        return PromptTemplate.strictObject(Map.of(
                "description", text(LONGEST_DESCRIPTION),
                "keywords", array(text(LONGEST_KEYWORD), ClusterNames.FEWEST_KEYWORDS, ClusterNames.MOST_KEYWORDS),
                "tag", text(TagRule.LONGEST)));
    }

    /** Asks which of some proposals mean the same. */
    ChatPrompt merge(List<Proposal> proposals, int most) {
        List<String> lines = new ArrayList<>();
        for (int id = 0; id < proposals.size(); id++) {
            lines.add(mergeLine(id, proposals.get(id)));
        }
        Map<String, Object> id = Map.of("type", "integer", "minimum", 0, "maximum", proposals.size() - 1);
        return new ChatPrompt(
                mergeSystem.replace("{{most}}", Integer.toString(most)),
                mergeUser.replace("{{proposals}}", String.join("\n", lines)),
                "taxonomy_groups",
                json(PromptTemplate.strictObject(Map.of("groups", array(array(id, 1, proposals.size()), 1, most)))));
    }

    static String mergeLine(int id, Proposal proposal) {
        List<String> keywords = proposal.category().keywords();
        return json(List.of(
                        id,
                        proposal.tag(),
                        proposal.votes(),
                        String.join(", ", keywords.subList(0, Math.min(SHOWN_KEYWORDS, keywords.size())))))
                .replace("<<<", " ")
                .replace(">>>", " ");
    }

    private static Map<String, Object> array(Map<String, Object> items, int fewest, int most) {
        return Map.of("type", "array", "items", items, "minItems", fewest, "maxItems", most);
    }

    private static Map<String, Object> text(int longest) {
        return Map.of("type", "string", "minLength", 1, "maxLength", longest);
    }

    /** The usable categories of an answer: tags made to fit the rule, generic ones and those with few keywords left out. */
    List<Category> proposed(String answer) {
        List<Category> categories = new ArrayList<>();
        for (JsonNode node : parsed(answer).path("categories")) {
            String tag = TagRule.tagOf(node.path("tag").asText());
            String description = TextProcessor.cleaned(node.path("description").asText());
            List<String> keywords = keywords(node.path("keywords"), description, tag);
            boolean usable = TagRule.holds(tag)
                    && !generic.contains(tag.replace("_", ""))
                    && !description.isBlank()
                    && keywords.size() >= ClusterNames.FEWEST_KEYWORDS;
            if (usable) {
                categories.add(new Category(tag, description, keywords));
            }
        }
        return categories;
    }

    /** The usable keywords; where they are too few, because some fit any video, words of the description besides. */
    private List<String> keywords(JsonNode node, String description, String tag) {
        Set<String> keywords = new LinkedHashSet<>();
        for (JsonNode keyword : node) {
            String cleaned = TextProcessor.cleaned(keyword.asText())
                    .replace("#", "")
                    .strip()
                    .toLowerCase(Locale.ROOT);
            if (usable(cleaned, tag) && keywords.size() < ClusterNames.MOST_KEYWORDS) {
                keywords.add(cleaned);
            }
        }
        for (String word : Words.of(description)) {
            boolean tells = word.length() >= SHORTEST_WORD && !stopWords.contains(word) && usable(word, tag);
            if (tells && keywords.size() < ClusterNames.FEWEST_KEYWORDS) {
                keywords.add(word);
            }
        }
        return List.copyOf(keywords);
    }

    private boolean usable(String keyword, String tag) {
        return !keyword.isEmpty()
                && !saysNothing(keyword.replace(" ", ""))
                && !TagRule.tagOf(keyword).equals(tag);
    }

    /** Whether a word fits any video. */
    boolean saysNothing(String word) {
        return generic.contains(word) || word.equals("video") || word.equals("videos") || word.equals("content");
    }

    /** The groups of an answer, each id once and within the proposals; empty where none holds. */
    static Optional<List<List<Integer>>> groups(String answer, int proposals, int most) {
        Set<Integer> seen = new LinkedHashSet<>();
        List<List<Integer>> groups = new ArrayList<>();
        for (JsonNode node : parsed(answer).path("groups")) {
            List<Integer> group = new ArrayList<>();
            node.forEach(id -> {
                if (id.isInt() && id.asInt() >= 0 && id.asInt() < proposals && seen.add(id.asInt())) {
                    group.add(id.asInt());
                }
            });
            if (!group.isEmpty() && groups.size() < most) {
                groups.add(group);
            }
        }
        return groups.isEmpty() ? Optional.empty() : Optional.of(groups);
    }

    private static JsonNode parsed(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            // Answers are held against their schema before they are stored, so this is a damaged store.
            throw new IllegalStateException("a stored answer of the chat model is no JSON", e);
        }
    }
}
