package com.tiktokrec.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the counts of a run tell of its model calls, in a line for each kind. */
final class CallFigures {

    private static final String ATTEMPTS = "_attempts_";
    private static final String THROTTLED = "_seconds_throttled_by_";

    private CallFigures() {}

    static List<String> lines(Map<String, Long> counts) {
        List<String> lines = new ArrayList<>();
        for (String kind : List.of("chat", "embedding")) {
            String attempts = listed(counts, kind + ATTEMPTS, "");
            if (attempts.isEmpty()) {
                continue;
            }
            Long efficiency = counts.get(kind + "_efficiency_percent");
            String throttled = listed(counts, kind + THROTTLED, " s");
            lines.add("  %s attempts: %s%s%s"
                    .formatted(
                            kind,
                            attempts,
                            efficiency == null ? "" : "; %d%% of the ceiling".formatted(efficiency),
                            throttled.isEmpty() ? "" : "; held up by " + throttled));
        }
        return lines;
    }

    private static String listed(Map<String, Long> counts, String prefix, String unit) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix) && entry.getValue() > 0)
                .map(entry -> entry.getKey().substring(prefix.length()).replace('_', ' ')
                        + " %,d".formatted(entry.getValue())
                        + unit)
                .collect(Collectors.joining(", "));
    }
}
