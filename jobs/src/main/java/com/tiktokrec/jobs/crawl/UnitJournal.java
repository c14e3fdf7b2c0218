package com.tiktokrec.jobs.crawl;

import com.tiktokrec.common.tiktok.TikTokAnswer;
import com.tiktokrec.common.tiktok.TikTokApi;
import com.tiktokrec.common.tiktok.TikTokRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answers of a unit under way, each written as it comes: one that was bought is not asked for again, however the
 * process ends. Used by one thread.
 */
final class UnitJournal implements TikTokApi {

    private final TikTokApi api;
    private final Path file;
    private final Path finished;
    private final Optional<String> owner;
    private final Map<TikTokRequest, TikTokAnswer> bought = new HashMap<>();
    private final List<String> stale = new ArrayList<>();
    private boolean answered;

    private UnitJournal(TikTokApi api, Path file, Path finished, Optional<String> owner) {
        this.api = api;
        this.file = file;
        this.finished = finished;
        this.owner = owner;
    }

    /** Opens what a killed run left, without the line that it was writing. */
    static UnitJournal open(TikTokApi api, Path file, Path finished, Optional<String> owner) throws IOException {
        UnitJournal journal = new UnitJournal(api, file, finished, owner);
        if (Files.exists(file)) {
            byte[] text = Files.readAllBytes(file);
            int end = text.length;
            while (end > 0 && text[end - 1] != '\n') {
                end--;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
            // Split at line feeds alone: captions hold other line separators.
            for (String line : new String(text, 0, end, StandardCharsets.UTF_8).split("\n")) {
                if (!line.isEmpty()) {
                    TikTokAnswer answer = LandingEnvelope.read(line);
                    journal.bought.put(answer.request(), answer);
                }
            }
        }
        return journal;
    }

    @Override
    public TikTokAnswer fetch(TikTokRequest request) {
        TikTokAnswer known = bought.get(request);
        if (known != null) {
            return known;
        }
        TikTokAnswer answer = api.fetch(request);
        answered = true;
        if (answer.stale()) {
            // Kept only with the finished unit: a run that goes on later asks for a better one.
            stale.add(LandingEnvelope.line(answer, owner));
        } else {
            append(List.of(LandingEnvelope.line(answer, owner)));
        }
        return answer;
    }

    /** Whether anything at all was answered. */
    boolean hasAnswers() {
        return answered || !bought.isEmpty();
    }

    /** Notes that the unit is done with, whatever came of it. */
    void finish() {
        append(stale);
        try {
            Files.move(file, finished, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(List<String> lines) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (String line : lines) {
                ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
