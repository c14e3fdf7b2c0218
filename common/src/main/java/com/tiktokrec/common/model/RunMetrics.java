package com.tiktokrec.common.model;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The figures of a run as gauges of Spark's metrics system, where any of its sinks finds them: under
 * {@code <spark.metrics.namespace>.driver.plugin.<name of ModelCallsPlugin>}. They are read when a sink reads them, and
 * keep their last values until the next run of the session. Thread-safe.
 */
public final class RunMetrics {

    private static final AtomicReference<RunMetrics> OF_SESSION = new AtomicReference<>();

    private final MetricRegistry registry;
    private final AtomicLong runs = new AtomicLong();
    private final Map<String, Supplier<? extends Number>> values = new ConcurrentHashMap<>();

    private RunMetrics(MetricRegistry registry) {
        this.registry = registry;
        // Spark looks at a plugin's gauges once, and forgets a plugin without any; later ones it hears of.
        show("runs", runs::get);
    }

    /** Makes the metrics of a session that begins. */
    static RunMetrics open(MetricRegistry registry) {
        RunMetrics metrics = new RunMetrics(registry);
        OF_SESSION.set(metrics);
        return metrics;
    }

    /** Ends them with the session. */
    void close() {
        OF_SESSION.compareAndSet(this, null);
    }

    /** The metrics for a run that begins, all at 0; in a session without the plugin, metrics that nobody reads. */
    public static RunMetrics ofNewRun() {
        RunMetrics open = OF_SESSION.get();
        RunMetrics metrics = open == null ? new RunMetrics(new MetricRegistry()) : open;
        metrics.values.replaceAll((name, value) -> name.equals("runs") ? value : () -> 0L);
        metrics.runs.incrementAndGet();
        return metrics;
    }

    /**
     * Shows a figure from now on.
     *
     * @param name lower snake case, its unit in it
     * @param value read from any thread; must be quick, and never null
     */
    public void show(String name, Supplier<? extends Number> value) {
        values.put(name, value);
        Gauge<?> unusedGauge = registry.gauge(
                name, () -> (Gauge<Number>) () -> values.get(name).get());
    }
}
