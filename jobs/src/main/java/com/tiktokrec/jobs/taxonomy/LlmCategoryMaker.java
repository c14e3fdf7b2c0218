package com.tiktokrec.jobs.taxonomy;

import static org.apache.spark.sql.functions.col;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.Llm;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.model.client.ChatPrompt;
import com.tiktokrec.common.model.client.TokenCounter;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Categories by a chat model: each chunk of the corpus proposes some, and a tree of calls merges the proposals. A
 * chunk that fails is skipped; a merge that fails keeps its proposals with the most votes.
 */
final class LlmCategoryMaker implements CategoryMaker {

    private static final Logger LOG = LoggerFactory.getLogger(LlmCategoryMaker.class);
    private static final String PROPOSE_STEP = "taxonomy";
    private static final String MERGE_STEP = "taxonomy_merge";
    private static final String POSITION = "position";

    /** Tokens a message costs besides its text, and room for counters that differ. */
    private static final int MESSAGE_OVERHEAD = 40;

    private static final int FEWEST_TEXT_TOKENS = 50;
    private static final int TOKENS_OF_A_PROPOSAL = 80;
    private static final int TOKENS_OF_AN_ID = 5;
    private static final int TOKENS_OF_A_MERGE_LINE = 30;
    private static final int MOST_LEVELS = 12;
    private static final double SHRINK = 0.5;

    private static final StructType PROMPTS = new StructType(new StructField[] {
        Fields.integer(POSITION),
        Fields.string(ChatCalls.SYSTEM),
        Fields.string(ChatCalls.USER),
        Fields.string(ChatCalls.SCHEMA_NAME),
        Fields.string(ChatCalls.SCHEMA)
    });

    private final ChatCalls chat;
    private final TaxonomyPrompts prompts = new TaxonomyPrompts(GenericHashtags.shipped());
    private final TokenCounter tokens = TokenCounter.o200kBase();

    LlmCategoryMaker(ChatCalls chat) {
        this.chat = chat;
    }

    @Override
    public Made make(Run run, Dataset<Row> documents, int numCategories) {
        int perChunk = perChunk(run);
        List<String> chunks = chunks(run, documents);
        List<Proposal> proposals = proposals(run, chunks, perChunk);
        List<Category> categories = merged(run, proposals, numCategories, chunks.size() > 1).stream()
                .map(Proposal::category)
                .toList();
        LOG.info(
                "Taxonomy: {} chunks, {} distinct proposals, {} categories",
                chunks.size(),
                proposals.size(),
                categories.size());
        return new Made(categories, chunks.size());
    }

    /** What {@link #make} would buy: the proposals' prompts are real, the merging ones guessed. */
    List<StepEstimate> estimate(Run run, Dataset<Row> documents) {
        int perChunk = perChunk(run);
        List<String> chunks = chunks(run, documents);
        if (chunks.isEmpty()) {
            return List.of();
        }
        Dataset<Row> asked = frame(
                run,
                chunks.stream().map(lines -> prompts.propose(lines, perChunk)).toList());
        // A chunk rarely has as many topics as may be proposed.
        long likely = perChunk / 2;
        StepEstimate proposing = chat.estimate(PROPOSE_STEP, asked, likely * TOKENS_OF_A_PROPOSAL, false);
        long mergedTokens = Math.round(chunks.size() * likely * TOKENS_OF_A_MERGE_LINE / SHRINK);
        long calls = Math.max(
                1, mergedTokens / Math.max(1, run.settings().models().llm().maxInputTokens()));
        return List.of(proposing, chat.estimate(MERGE_STEP, calls, mergedTokens, likely * TOKENS_OF_AN_ID, true));
    }

    private static int perChunk(Run run) {
        int most = run.settings().models().llm().maxOutputTokens() / TOKENS_OF_A_PROPOSAL;
        return Math.max(1, Math.min(TaxonomyPrompts.MOST_PROPOSALS, most));
    }

    private List<String> chunks(Run run, Dataset<Row> documents) {
        TextChunks chunking = new TextChunks(
                tokens,
                run.settings().taxonomy().chunkCharacters(),
                roomFor(
                        prompts.propose("", perChunk(run)),
                        run.settings().models().llm()),
                run.settings().taxonomy().maxChunks());
        return run.step("taxonomy: cut the corpus into chunks", () -> chunking.of(documents));
    }

    /** Tokens that a prompt without data leaves for data. */
    private int roomFor(ChatPrompt empty, Llm llm) {
        int room = llm.maxInputTokens() - tokensOf(empty) - MESSAGE_OVERHEAD;
        if (room < FEWEST_TEXT_TOKENS) {
            throw RunFailure.usage("the taxonomy's prompt alone takes " + tokensOf(empty)
                    + " tokens and leaves no room for texts: set models.llm.max-input-tokens to "
                    + (tokensOf(empty) + MESSAGE_OVERHEAD + FEWEST_TEXT_TOKENS) + " or more (value: "
                    + llm.maxInputTokens() + ")");
        }
        return room;
    }

    private int tokensOf(ChatPrompt prompt) {
        return tokens.count(prompt.system()) + tokens.count(prompt.user()) + tokens.count(prompt.schema());
    }

    /** What the chunks propose, one for each tag, the most wanted first. */
    private List<Proposal> proposals(Run run, List<String> chunks, int perChunk) {
        List<ChatPrompt> asked =
                chunks.stream().map(lines -> prompts.propose(lines, perChunk)).toList();
        List<Optional<String>> answers =
                run.step("taxonomy: ask for proposals", () -> answers(run, PROPOSE_STEP, asked));
        long failed = answers.stream().filter(Optional::isEmpty).count();
        run.ledger().count("taxonomy_chunks", chunks.size());
        run.ledger().count("taxonomy_chunks_failed", failed);
        if (failed > 0) {
            LOG.warn("Taxonomy: {} of {} chunks got no answer and are left out", failed, chunks.size());
        }
        Map<String, List<Proposal>> byTag = new LinkedHashMap<>();
        answers.stream()
                .flatMap(Optional::stream)
                .flatMap(answer -> distinct(prompts.proposed(answer)).stream())
                .forEach(category -> byTag.computeIfAbsent(Topics.singular(category.tag()), tag -> new ArrayList<>())
                        .add(new Proposal(category, 1)));
        return byTag.values().stream()
                .map(same -> same.get(0).joinedBy(same.subList(1, same.size())))
                .sorted(Proposal.BEST_FIRST)
                .toList();
    }

    /** One vote a chunk: of tags that mean the same, the first. */
    private static List<Category> distinct(List<Category> ofOneChunk) {
        Set<String> seen = new HashSet<>();
        return ofOneChunk.stream()
                .filter(category -> seen.add(Topics.singular(category.tag())))
                .toList();
    }

    /** At most so many proposals, by levels of calls, each over as many as fit into one. */
    private List<Proposal> merged(Run run, List<Proposal> proposals, int most, boolean alikeLikely) {
        List<Proposal> current = proposals;
        boolean due = current.size() > most || alikeLikely && current.size() > 1;
        for (int level = 0; due && level < MOST_LEVELS; level++) {
            List<Proposal> next = level(run, current, most, level);
            due = next.size() > most && next.size() < current.size();
            current = next;
        }
        return current.stream().sorted(Proposal.BEST_FIRST).limit(most).toList();
    }

    private List<Proposal> level(Run run, List<Proposal> proposals, int most, int level) {
        // Neighbours in one call are merged: by tag first, then by what they are about.
        Comparator<Proposal> order = level % 2 == 0
                ? Comparator.comparing(Proposal::tag)
                : Comparator.comparing((Proposal proposal) ->
                                proposal.category().keywords().get(0))
                        .thenComparing(Proposal::tag);
        List<List<Proposal>> groups =
                fitting(run, proposals.stream().sorted(order).toList());
        int[] quotas = groups.stream()
                .mapToInt(group -> quota(group.size(), proposals.size(), groups.size(), most))
                .toArray();
        List<ChatPrompt> asked = IntStream.range(0, groups.size())
                .mapToObj(index -> prompts.merge(groups.get(index), quotas[index]))
                .toList();
        List<Optional<String>> answers = run.step("taxonomy: merge proposals", () -> answers(run, MERGE_STEP, asked));
        List<Proposal> merged = new ArrayList<>();
        int failed = 0;
        for (int index = 0; index < groups.size(); index++) {
            List<Proposal> group = groups.get(index);
            int quota = quotas[index];
            Optional<List<List<Integer>>> same =
                    answers.get(index).flatMap(answer -> TaxonomyPrompts.groups(answer, group.size(), quota));
            failed += same.isEmpty() ? 1 : 0;
            merged.addAll(same.map(ids -> joined(group, ids))
                    .orElseGet(() -> group.stream()
                            .sorted(Proposal.BEST_FIRST)
                            .limit(quota)
                            .toList()));
        }
        run.ledger().fallback("taxonomy_merge", failed);
        return merged;
    }

    /** How many of a call's proposals may remain: its share of what is wanted, but no less than half of them. */
    private static int quota(int size, int all, int calls, int most) {
        if (calls == 1) {
            return Math.min(size, most);
        }
        int share = (int) Math.ceil((double) most * size / all);
        return Math.min(size, Math.max(share, (int) Math.ceil(size * SHRINK)));
    }

    /** Groups made one; a member that shares no word with its group's first stays apart, whatever the model says. */
    private List<Proposal> joined(List<Proposal> group, List<List<Integer>> ids) {
        List<Proposal> joined = new ArrayList<>();
        for (List<Integer> same : ids) {
            Proposal first = group.get(same.get(0));
            Map<Boolean, List<Proposal>> byLikeness = same.subList(1, same.size()).stream()
                    .map(group::get)
                    .collect(Collectors.partitioningBy(other -> first.sharesWord(other, prompts::saysNothing)));
            joined.add(first.joinedBy(byLikeness.get(true)));
            joined.addAll(byLikeness.get(false));
        }
        return joined;
    }

    private List<List<Proposal>> fitting(Run run, List<Proposal> ordered) {
        Llm llm = run.settings().models().llm();
        int room = roomFor(prompts.merge(ordered.subList(0, 1), 1), llm);
        int mostIds = Math.max(2, llm.maxOutputTokens() / TOKENS_OF_AN_ID);
        List<List<Proposal>> groups = new ArrayList<>();
        List<Proposal> group = new ArrayList<>();
        int used = 0;
        for (Proposal proposal : ordered) {
            int cost = tokens.count(TaxonomyPrompts.mergeLine(group.size(), proposal)) + 1;
            if (group.size() > 1 && (used + cost > room || group.size() == mostIds)) {
                groups.add(group);
                group = new ArrayList<>();
                used = 0;
            }
            group.add(proposal);
            used += cost;
        }
        groups.add(group);
        return groups;
    }

    /** The answer to each prompt, in their order; none where the call failed. */
    private List<Optional<String>> answers(Run run, String step, List<ChatPrompt> asked) {
        if (asked.isEmpty()) {
            return List.of();
        }
        return chat
                .answers(step, TaxonomyPrompts.VERSION, frame(run, asked))
                .select(POSITION, ChatCalls.RESPONSE)
                .orderBy(col(POSITION))
                .collectAsList()
                .stream()
                .map(row -> Optional.ofNullable(row.getString(1)))
                .toList();
    }

    private static Dataset<Row> frame(Run run, List<ChatPrompt> asked) {
        List<Row> rows = IntStream.range(0, asked.size())
                .mapToObj(position -> row(position, asked.get(position)))
                .toList();
        return run.spark().createDataFrame(rows, PROMPTS);
    }

    private static Row row(int position, ChatPrompt prompt) {
        return RowFactory.create(position, prompt.system(), prompt.user(), prompt.schemaName(), prompt.schema());
    }
}
