package com.tiktokrec.common.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Spark's own channel between executors and driver, which model calls go over: leases of the quota, claims of requests,
 * and the key, which is asked for by a message. Its registry of metrics is the run's ({@link RunMetrics}). The map that a driver plugin may hand to executors is no place for it:
 * Spark puts that into its configuration.
 */
public final class ModelCallsPlugin implements SparkPlugin {

    private static final AtomicReference<PluginContext> EXECUTOR = new AtomicReference<>();

    @Override
    public DriverPlugin driverPlugin() {
        return new OnDriver();
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new OnExecutor();
    }

    /** Whether a session was made with this plugin. */
    public static boolean isInstalled(SparkConf conf) {
        return List.of(conf.get("spark.plugins", "").split(",", -1)).contains(ModelCallsPlugin.class.getName());
    }

    /** The way to the driver: by the plugin; where it is not installed, directly, which a local master allows. */
    static DriverLink link() {
        return message -> {
            PluginContext executor = EXECUTOR.get();
            if (executor == null) {
                return CallDesk.find(message.runId())
                        .orElseThrow(() -> new IllegalStateException("Run " + message.runId()
                                + " is over, or its driver is elsewhere and spark.plugins lacks "
                                + ModelCallsPlugin.class.getName()))
                        .answer(message);
            }
            try {
                return MessageBytes.read((byte[]) executor.ask(MessageBytes.of(message)));
            } catch (Exception e) {
                throw new IllegalStateException("The driver of run " + message.runId() + " gave no answer", e);
            }
        };
    }

    private static final class OnDriver implements DriverPlugin {

        private RunMetrics metrics;

        @Override
        public Map<String, String> init(SparkContext context, PluginContext plugin) {
            metrics = RunMetrics.open(plugin.metricRegistry());
            context.addSparkListener(new SparkListener() {
                @Override
                public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
                    CallDesk.executorLost(removed.executorId());
                }
            });
            return Map.of();
        }

        @Override
        public void shutdown() {
            metrics.close();
        }

        @Override
        public Object receive(Object message) throws Exception {
            if (message instanceof byte[] bytes && MessageBytes.read(bytes) instanceof DeskMessage asked) {
                CallDesk desk = CallDesk.find(asked.runId())
                        .orElseThrow(() -> new SparkException("Run " + asked.runId() + " is over"));
                try {
                    return MessageBytes.of(desk.answer(asked));
                } catch (RuntimeException e) {
                    // An exception of ours would be a class that the executor's thread does not know.
                    throw new SparkException(String.valueOf(e.getMessage()));
                }
            }
            throw new SparkException("not a message of this program: " + message.getClass());
        }
    }

    private static final class OnExecutor implements ExecutorPlugin {

        private PluginContext mine;

        @Override
        public void init(PluginContext plugin, Map<String, String> fromDriver) {
            mine = plugin;
            EXECUTOR.set(plugin);
        }

        @Override
        public void shutdown() {
            EXECUTOR.compareAndSet(mine, null);
        }
    }
}
