package com.tiktokrec.jobs.taxonomy;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.StepEstimate;
import com.tiktokrec.common.text.Category;
import com.tiktokrec.jobs.run.Run;
import com.tiktokrec.jobs.taxonomy.CategoryMaker.Made;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns texts, or a file, into the categories that stand. */
public final class TaxonomyJob {

    /** Values of {@code categories.source}. */
    public static final String LLM = "llm";

    static final String CLUSTERS = "clusters";
    static final String DEFAULT = "default";
    static final String FILE = "file";

    private static final Logger LOG = LoggerFactory.getLogger(TaxonomyJob.class);
    private static final String WARMED_UP_BY = "dance";
    private static final int TOKENS_OF_A_CATEGORY = 45;

    /**
     * What to make a taxonomy of.
     *
     * @param inputs text files; none: the ingested captions, hashtags and bios
     * @param output a file that gets the categories that stand after the run
     * @param numCategories how many to ask for, 1 to 500
     */
    public record Options(List<String> inputs, Optional<String> output, int numCategories) {

        public Options {
            inputs = List.copyOf(inputs);
            if (numCategories < 1 || numCategories > TaxonomyFile.MOST_CATEGORIES) {
                throw RunFailure.usage("the number of categories must lie between 1 and " + TaxonomyFile.MOST_CATEGORIES
                        + ": change --num-categories or pipeline.num-categories (value: " + numCategories + ")");
            }
        }
    }

    /**
     * What came of it.
     *
     * @param categories how many stand
     * @param source of those that stand: llm, clusters, default or file
     * @param changed whether the table was written
     * @param chunks pieces of text that the chat model read, 0 without one
     */
    public record Result(int categories, String source, boolean changed, String taxonomyVersion, int chunks) {}

    /** Categories that were made, or none where those that stand are kept. */
    private record Outcome(List<Category> categories, String source, int chunks) {}

    private TaxonomyJob() {}

    /**
     * Makes categories of texts, and replaces those that stand where they differ.
     *
     * @throws RunFailure exit 3 where an input file is missing, empty or no text
     */
    public static Result run(Run run, Options options) {
        StandingTaxonomy standing = StandingTaxonomy.read(run);
        Dataset<Row> documents = (options.inputs().isEmpty()
                        ? TextExtractor.fromTables(run.warehouse())
                        : TextExtractor.fromFiles(run.spark(), options.inputs()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        Outcome made;
        try {
            made = made(run, documents, options.numCategories(), standing);
        } finally {
            documents.unpersist();
        }
        Result result = made.categories().isEmpty()
                ? kept(standing, made.chunks())
                : replaced(run, standing, bare(made.categories()), made.source(), made.chunks());
        options.output()
                .ifPresent(file -> TaxonomyFile.write(
                        configuration(run), file, StandingTaxonomy.read(run).categories()));
        noteMissing(run, result, options.numCategories());
        return result;
    }

    /** What {@link #run} would buy, without a call. */
    public static List<StepEstimate> estimate(Run run, Options options) {
        Dataset<Row> documents = (options.inputs().isEmpty()
                        ? TextExtractor.fromTables(run.warehouse())
                        : TextExtractor.fromFiles(run.spark(), options.inputs()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<StepEstimate> steps = new ArrayList<>();
            run.models().chat().ifPresent(chat -> steps.addAll(new LlmCategoryMaker(chat).estimate(run, documents)));
            long tokens = (long) options.numCategories() * TOKENS_OF_A_CATEGORY;
            steps.add(run.models().embeddings().estimate("taxonomy", options.numCategories(), tokens, true));
            return steps;
        } finally {
            documents.unpersist();
        }
    }

    /** The categories that stand, or those shipped: what prompts will look like before there are any. */
    public static List<Category> standingOrLikely(Run run) {
        List<Category> standing = standing(run);
        return standing.isEmpty() ? DefaultCategories.first(Integer.MAX_VALUE) : standing;
    }

    private static Outcome made(Run run, Dataset<Row> documents, int numCategories, StandingTaxonomy standing) {
        int chunks = 0;
        if (run.models().chat().isPresent()) {
            Made proposed = new LlmCategoryMaker(run.models().chat().get()).make(run, documents, numCategories);
            if (!proposed.categories().isEmpty()) {
                return new Outcome(proposed.categories(), LLM, proposed.chunks());
            }
            chunks = proposed.chunks();
            if (chunks > 0 && !standing.isEmpty()) {
                LOG.warn(
                        "The chat model gave no categories; the {} that stand are kept",
                        standing.categories().size());
                run.ledger().fallback("taxonomy_kept", 1);
                return new Outcome(List.of(), standing.source(), chunks);
            }
        }
        boolean fellBack = chunks > 0;
        List<Category> clusters =
                new ClusterCategoryMaker().make(run, documents, numCategories).categories();
        if (!clusters.isEmpty()) {
            if (fellBack) {
                LOG.warn("The chat model gave no categories; {} come from clusters of hashtags", clusters.size());
                run.ledger().fallback("taxonomy_clusters", 1);
            }
            return new Outcome(clusters, CLUSTERS, chunks);
        }
        if (fellBack) {
            run.ledger().fallback("taxonomy_default", 1);
        }
        LOG.warn("There is too little text for categories of its own; the default ones are used");
        return new Outcome(DefaultCategories.first(numCategories), DEFAULT, chunks);
    }

    /**
     * Replaces the categories by a file's; the same content changes nothing.
     *
     * @throws RunFailure exit 2 where the file breaks the rules, exit 3 where it cannot be read
     */
    public static Result fromFile(Run run, String file) {
        List<EmbeddedCategory> read = TaxonomyFile.read(configuration(run), file);
        StandingTaxonomy standing = StandingTaxonomy.read(run);
        return replaced(run, standing, fitting(run, standing, read, file), FILE, 0);
    }

    /** A file's vectors where they have the configured model's dimension; else none, and all are embedded. */
    private static List<EmbeddedCategory> fitting(
            Run run, StandingTaxonomy standing, List<EmbeddedCategory> read, String file) {
        Optional<Integer> inFile = read.stream()
                .flatMap(category -> category.embedding().stream())
                .map(List::size)
                .findFirst();
        if (inFile.isEmpty()) {
            return read;
        }
        int configured = dimensions(run, standing);
        if (configured == inFile.get() || configured == 0) {
            return read;
        }
        LOG.warn(
                "The embeddings in {} have {} dimensions and the configured model's {}: they are made again",
                file,
                inFile.get(),
                configured);
        return bare(read.stream().map(EmbeddedCategory::category).toList());
    }

    /** The dimension of the configured model's vectors, 0 where it cannot be known. */
    private static int dimensions(Run run, StandingTaxonomy standing) {
        if (run.models().embeddings().spec().dimensions() > 0) {
            return run.models().embeddings().spec().dimensions();
        }
        if (standing.embeddingModel().equals(StandingTaxonomy.configuredModel(run))) {
            Optional<Integer> known = standing.categories().stream()
                    .flatMap(category -> category.embedding().stream())
                    .map(List::size)
                    .findFirst();
            if (known.isPresent()) {
                return known.get();
            }
        }
        Map<String, List<Float>> probe =
                run.step("taxonomy: find the model's dimension", () -> CategoryVectors.of(run, List.of(WARMED_UP_BY)));
        return probe.values().stream().map(List::size).findFirst().orElse(0);
    }

    /** Embeds categories again where the configured embedding model is not the one they have; nothing otherwise. */
    public static void ensureVectors(Run run) {
        StandingTaxonomy standing = StandingTaxonomy.read(run);
        boolean otherModel = !standing.embeddingModel().equals(StandingTaxonomy.configuredModel(run));
        if (standing.isEmpty() || !otherModel && !standing.lacksVectors()) {
            return;
        }
        List<EmbeddedCategory> toEmbed = otherModel
                ? bare(standing.categories().stream()
                        .map(EmbeddedCategory::category)
                        .toList())
                : standing.categories();
        List<EmbeddedCategory> embedded = CategoryVectors.completed(run, toEmbed);
        if (otherModel || !embedded.equals(toEmbed)) {
            StandingTaxonomy.write(run, embedded, standing.source());
            LOG.info(
                    "Taxonomy: {} categories embedded with {}", embedded.size(), StandingTaxonomy.configuredModel(run));
        }
    }

    /** The categories that stand, sorted by tag, at most 500. */
    public static List<Category> standing(Run run) {
        return StandingTaxonomy.read(run).categories().stream()
                .map(EmbeddedCategory::category)
                .toList();
    }

    private static Result replaced(
            Run run, StandingTaxonomy standing, List<EmbeddedCategory> fresh, String source, int chunks) {
        String version = TaxonomyVersion.of(
                fresh.stream().map(EmbeddedCategory::category).toList(), StandingTaxonomy.configuredModel(run));
        if (version.equals(standing.version())) {
            ensureVectors(run);
            return kept(standing, chunks);
        }
        List<EmbeddedCategory> embedded = CategoryVectors.completed(run, fresh);
        StandingTaxonomy written = StandingTaxonomy.write(run, embedded, source);
        LOG.info("Taxonomy: {} categories, source {}, version {}", embedded.size(), source, version);
        return new Result(written.categories().size(), source, true, written.version(), chunks);
    }

    private static Result kept(StandingTaxonomy standing, int chunks) {
        return new Result(standing.categories().size(), standing.source(), false, standing.version(), chunks);
    }

    private static void noteMissing(Run run, Result result, int asked) {
        run.ledger().count("categories", result.categories());
        if (result.categories() < asked) {
            LOG.warn("The taxonomy has {} categories, {} were asked for", result.categories(), asked);
            run.ledger().count("categories_missing", asked - result.categories());
        }
    }

    private static List<EmbeddedCategory> bare(List<Category> categories) {
        return new ArrayList<>(categories.stream().map(EmbeddedCategory::bare).toList());
    }

    private static Configuration configuration(Run run) {
        return run.spark().sessionState().newHadoopConf();
    }
}
