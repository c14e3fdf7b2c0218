package com.tiktokrec.jobs.pipeline;

import com.tiktokrec.jobs.recommend.RecommendJob;
import com.tiktokrec.jobs.run.Run;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Embeds videos while the driver plans other steps: with local models taxonomy and profile need no vector of a video,
 * and planning leaves cores idle. With a language model the profile embeds videos itself, and two steps that embed the
 * same texts at once would pay twice: then nothing is done beside.
 */
final class BesideEmbedding implements AutoCloseable {

    private final Run run;
    private final CompletableFuture<Void> embedding;

    private BesideEmbedding(Run run, CompletableFuture<Void> embedding) {
        this.run = run;
        this.embedding = embedding;
    }

    static BesideEmbedding start(Run run) {
        boolean alone = run.models().chat().isEmpty()
                && run.models().embeddings().spec().local();
        return new BesideEmbedding(
                run,
                alone
                        ? CompletableFuture.runAsync(() -> RecommendJob.embedVideos(run))
                        : CompletableFuture.completedFuture(null));
    }

    /** Waits until the vectors are stored. */
    void await() {
        try {
            embedding.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Stops it where the steps beside it failed, so that nothing writes after the run has ended. */
    @Override
    public void close() {
        if (!embedding.isDone()) {
            run.spark().sparkContext().cancelJobGroup(run.id());
            embedding.exceptionally(cancelled -> null).join();
        }
    }
}
