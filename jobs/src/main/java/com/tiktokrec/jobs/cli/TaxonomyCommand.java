package com.tiktokrec.jobs.cli;

import com.tiktokrec.common.config.Settings;
import com.tiktokrec.jobs.pipeline.PipelineJob;
import com.tiktokrec.jobs.run.CostGate;
import com.tiktokrec.jobs.run.RunSession;
import com.tiktokrec.jobs.taxonomy.TaxonomyJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "taxonomy",
        mixinStandardHelpOptions = true,
        versionProvider = RootCommand.Version.class,
        description = "Content categories, each with an embedding, from text files or the ingested texts.",
        footer = {
            "",
            "With OPENAI_API_KEY set a language model makes them; without, clusters of hashtags do.",
            "",
            "--if-due: nothing is done while the categories that stand are younger than pipeline.taxonomy-max-age, or where",
            "a newer night is finished already. A new taxonomy means new profiles for everyone.",
            "",
            "Example: tiktok-rec taxonomy --input trending_hashtags.txt --output taxonomy.json --num-categories 100"
        })
final class TaxonomyCommand extends RunCommand {

    @Option(
            names = "--input",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Text files, one text a line (default: the ingested captions, hashtags and bios).")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--output", paramLabel = "FILE", description = "Write the categories as JSON too.")
    private String output;

    @Option(names = "--num-categories", paramLabel = "N", description = "How many, 1 to 500 (default: 100).")
    private Integer numCategories;

    @Mixin
    private final IfDueOption ifDue = new IfDueOption();

    TaxonomyCommand(Workplace workplace) {
        super(workplace);
    }

    private Settings settings() {
        Map<String, String> byCommand = new HashMap<>();
        if (numCategories != null) {
            byCommand.put("pipeline.num-categories", numCategories.toString());
        }
        return settings(byCommand);
    }

    private TaxonomyJob.Options options(Settings settings) {
        return new TaxonomyJob.Options(
                inputs, Optional.ofNullable(output), settings.pipeline().numCategories());
    }

    @Override
    int estimate() {
        Settings settings = settings();
        return estimated(session(settings), run -> TaxonomyJob.estimate(run, options(settings)));
    }

    @Override
    int execute() {
        Settings settings = settings();
        RunSession session = session(settings);
        RunSession.Ended<IfDueOption.Outcome<TaxonomyJob.Result>> ended = session.run(
                true,
                run -> ifDue.outcome(run, session.command(), PipelineJob::taxonomyNotDue, () -> {
                    CostGate.confirm(run, () -> TaxonomyJob.estimate(run, options(settings)));
                    return PipelineJob.makeTaxonomy(run, options(settings));
                }),
                result -> new RunSession.Coverage(0, 0));
        console().line(ended.result().line("Taxonomy", Reports::taxonomy));
        return ended(session, ended);
    }
}
