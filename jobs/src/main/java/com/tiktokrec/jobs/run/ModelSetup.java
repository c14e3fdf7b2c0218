package com.tiktokrec.jobs.run;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.config.CallLimits;
import com.tiktokrec.common.config.Embedding;
import com.tiktokrec.common.config.Llm;
import com.tiktokrec.common.config.ModelMode;
import com.tiktokrec.common.config.Models;
import com.tiktokrec.common.config.Price;
import com.tiktokrec.common.config.Provider;
import com.tiktokrec.common.http.Sleeper;
import com.tiktokrec.common.model.BatchCalls;
import com.tiktokrec.common.model.CallDesk;
import com.tiktokrec.common.model.CallLog;
import com.tiktokrec.common.model.CallRules;
import com.tiktokrec.common.model.ChatCalls;
import com.tiktokrec.common.model.ChatSpec;
import com.tiktokrec.common.model.EmbeddingCalls;
import com.tiktokrec.common.model.EmbeddingSpec;
import com.tiktokrec.common.model.LastCall;
import com.tiktokrec.common.model.LocalModels;
import com.tiktokrec.common.model.ModelCallsPlugin;
import com.tiktokrec.common.model.ModelKind;
import com.tiktokrec.common.model.Secrets;
import com.tiktokrec.common.model.client.BatchJobs;
import com.tiktokrec.common.tables.Embeddings;
import com.tiktokrec.common.tables.ModelResponses;
import com.tiktokrec.common.tables.Warehouse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which models a run uses. A warehouse remembers them: {@code auto} decides on an empty one only, and another
 * model has to be asked for by name, so that a lost key cannot replace a warehouse's vectors and tags over night.
 */
final class ModelSetup {

    private static final Logger LOG = LoggerFactory.getLogger(ModelSetup.class);

    private static final String LLM_PROVIDER = "tiktok-rec.models.llm.provider";
    private static final String LLM_MODEL = "tiktok-rec.models.llm.model";
    private static final String EMBEDDING_PROVIDER = "tiktok-rec.models.embedding.provider";
    private static final String EMBEDDING_MODEL = "tiktok-rec.models.embedding.model";

    private static final Map<String, Integer> OPENAI_DIMENSIONS =
            Map.of("text-embedding-3-large", 3072, "text-embedding-3-small", 1536, "text-embedding-ada-002", 1536);
    private static final double BUILT_IN_COSINE_FLOOR = 0.5;
    private static final int PACKS_OF_A_MINUTE = 20;

    private final Models settings;
    private final boolean hasKey;
    private final Map<String, String> remembered;

    private ModelSetup(Models settings, boolean hasKey, Map<String, String> remembered) {
        this.settings = settings;
        this.hasKey = hasKey;
        this.remembered = remembered;
    }

    /** The models of a run, remembered by its warehouse from now on. */
    static ModelCalls open(Models settings, Warehouse warehouse, Clock clock, CallLog log) {
        return calls(settings, warehouse, clock, log, true);
    }

    /** The models that a run would have; nothing is remembered, and nothing can be called. */
    static ModelCalls look(Models settings, Warehouse warehouse, Clock clock, CallLog log) {
        return calls(settings, warehouse, clock, log, false);
    }

    private static ModelCalls calls(Models settings, Warehouse warehouse, Clock clock, CallLog log, boolean calling) {
        Map<String, String> remembered = warehouse.properties(Embeddings.TABLE);
        ModelSetup setup = new ModelSetup(settings, Secrets.openAiKey().isPresent(), remembered);
        Provider llm = setup.provider(
                LLM_PROVIDER,
                "models.llm.provider",
                settings.llm().provider(),
                settings.llm().providerExplicit());
        Provider embedding = setup.provider(
                EMBEDDING_PROVIDER,
                "models.embedding.provider",
                settings.embedding().provider(),
                settings.embedding().providerExplicit());
        setup.requireReachableKey(warehouse, llm, embedding);
        setup.requirePrices(llm, embedding);
        EmbeddingSpec embeddingSpec = setup.embeddingSpec(embedding);
        Optional<ChatSpec> chatSpec = llm == Provider.LOCAL ? Optional.empty() : Optional.of(setup.chatSpec());
        if (calling) {
            setup.remember(warehouse, llm, chatSpec, embedding, embeddingSpec);
            setup.openDesk(warehouse, llm, embedding);
        }
        LOG.info(
                "Models: language model {}, embeddings {} ({})",
                chatSpec.map(spec -> spec.model() + " at " + spec.host())
                        .orElse("none (clusters, keywords, templates)"),
                embeddingSpec.name(),
                embeddingSpec.host());
        Optional<BatchCalls> batches = settings.mode() == ModelMode.BATCH
                ? Optional.of(new BatchCalls(
                        warehouse, clock, Sleeper.THREAD, BatchJobs.Limits.openAi(settings.maxAttempts())))
                : Optional.empty();
        return new ModelCalls(
                chatSpec.map(spec -> new ChatCalls(warehouse, spec, clock, log, batches)),
                new EmbeddingCalls(warehouse, embeddingSpec, log, batches));
    }

    private void openDesk(Warehouse warehouse, Provider llm, Provider embedding) {
        CallRules rules = rules(llm, embedding);
        Duration quiet = rules.limited() ? LastCall.quietLeft(warehouse, Clock.systemUTC()) : Duration.ZERO;
        CallDesk desk = CallDesk.open(warehouse.runId(), rules, quiet);
        if (rules.limited()) {
            desk.closeAlso(LastCall.keep(warehouse, desk));
        }
    }

    /** What holds for all calls of the run; what runs in this process costs nothing and has no quota. */
    private CallRules rules(Provider llm, Provider embedding) {
        Map<ModelKind, CallRules.Quota> quotas = new EnumMap<>(ModelKind.class);
        if (llm == Provider.OPENAI) {
            quotas.put(ModelKind.CHAT, quota(settings.llm().limits()));
        }
        if (embedding == Provider.OPENAI) {
            quotas.put(ModelKind.EMBEDDING, quota(settings.embedding().limits()));
        }
        return new CallRules(quotas, settings.budgetUsd(), settings.waveCalls(), settings.waveSeconds());
    }

    private static CallRules.Quota quota(CallLimits limits) {
        return new CallRules.Quota(limits.requestsPerMinute(), limits.tokensPerMinute());
    }

    private void requirePrices(Provider llm, Provider embedding) {
        if (settings.budgetUsd().isEmpty()) {
            return;
        }
        if (llm == Provider.OPENAI) {
            requirePrice(settings.llm().model());
        }
        if (embedding == Provider.OPENAI) {
            requirePrice(settings.embedding().model());
        }
    }

    private void requirePrice(String model) {
        if (!settings.prices().containsKey(model)) {
            throw RunFailure.usage("models.budget-usd is set, and models.prices has no price for " + model
                    + ", so the budget cannot be held: add models.prices.\"" + model
                    + "\" { input = …, output = … } in USD per million tokens, or unset the budget.");
        }
    }

    private Provider provider(String property, String key, Provider configured, boolean explicit) {
        Optional<Provider> before =
                Optional.ofNullable(remembered.get(property)).map(name -> Provider.valueOf(name));
        if (explicit) {
            return configured;
        }
        if (before.isEmpty()) {
            return hasKey ? Provider.OPENAI : Provider.LOCAL;
        }
        if (before.get() == Provider.OPENAI && !hasKey) {
            throw RunFailure.usage("this warehouse was made with " + key + " = openai, and " + Secrets.OPENAI_API_KEY
                    + " is not set. Set it; or, to go on without the provider and replace its answers, set " + key
                    + " = local.");
        }
        return before.get();
    }

    private void requireReachableKey(Warehouse warehouse, Provider llm, Provider embedding) {
        boolean openAi = llm == Provider.OPENAI || embedding == Provider.OPENAI;
        SparkContext spark = warehouse.spark().sparkContext();
        if (openAi && !spark.isLocal() && !ModelCallsPlugin.isInstalled(spark.getConf())) {
            throw RunFailure.usage("models of provider openai are called from " + spark.master()
                    + ", and its executors have no way to the driver for quota and key: add "
                    + ModelCallsPlugin.class.getName()
                    + " to spark.plugins when the session is made (bin/tiktok-rec and this program's own sessions do"
                    + " so), or use --master local[*].");
        }
        requireKeyFor(llm, settings.llm().baseUrl(), "models.llm");
        requireKeyFor(embedding, settings.embedding().baseUrl(), "models.embedding");
    }

    private void requireKeyFor(Provider provider, Optional<String> baseUrl, String group) {
        if (provider == Provider.OPENAI && baseUrl.isEmpty() && !hasKey) {
            throw RunFailure.usage(group + ".provider is openai, and " + Secrets.OPENAI_API_KEY
                    + " is not set. Set it, or give " + group + ".base-url of a server that needs no key, or set "
                    + group + ".provider = local.");
        }
    }

    private ChatSpec chatSpec() {
        Llm llm = settings.llm();
        requireSame(LLM_MODEL, "models.llm.model", llm.model(), llm.modelExplicit() || llm.providerExplicit());
        Price price = settings.prices().getOrDefault(llm.model(), new Price(0, 0));
        return new ChatSpec(
                llm.baseUrl().orElse(ChatSpec.OPENAI_URL),
                llm.model(),
                llm.temperature(),
                llm.maxOutputTokens(),
                llm.limits().timeout(),
                settings.maxAttempts(),
                llm.limits().maxInFlight(),
                price.input(),
                price.output());
    }

    private EmbeddingSpec embeddingSpec(Provider provider) {
        Embedding embedding = settings.embedding();
        boolean local = provider == Provider.LOCAL;
        boolean builtIn = local && embedding.localModel().equals(Embedding.BUILT_IN);
        String name = local ? LocalModels.name(embedding.localModel()) : servedName(embedding);
        boolean explicit =
                embedding.providerExplicit() || (local ? embedding.localModelExplicit() : embedding.modelExplicit());
        requireSame(EMBEDDING_MODEL, local ? "models.embedding.local-model" : "models.embedding.model", name, explicit);
        Price price = settings.prices().getOrDefault(embedding.model(), new Price(0, 0));
        return new EmbeddingSpec(
                local,
                local ? null : embedding.baseUrl().orElse(ChatSpec.OPENAI_URL),
                local ? embedding.localModel() : embedding.model(),
                name,
                embedding.dimensions().orElse(0),
                embedding.queryPrefix(),
                embedding.documentPrefix(),
                embedding.cosineFloor().orElse(builtIn ? BUILT_IN_COSINE_FLOOR : 0),
                embedding.maxInputsPerRequest(),
                tokensOfARequest(embedding),
                embedding.limits().timeout(),
                settings.maxAttempts(),
                embedding.limits().maxInFlight(),
                local ? 0 : price.input());
    }

    /** A pack takes no large part of a minute's tokens, or the last one of each minute would wait in vain. */
    private static int tokensOfARequest(Embedding embedding) {
        long perMinute = embedding.limits().tokensPerMinute().orElse(Long.MAX_VALUE);
        return (int) Math.min(embedding.maxTokensPerRequest(), Math.max(1, perMinute / PACKS_OF_A_MINUTE));
    }

    /** {@code model@dimensions}, behind the host where it is not OpenAI's. */
    private static String servedName(Embedding embedding) {
        String dimensions = embedding.dimensions().isPresent()
                ? Integer.toString(embedding.dimensions().getAsInt())
                : Optional.ofNullable(OPENAI_DIMENSIONS.get(embedding.model()))
                        .map(known -> Integer.toString(known))
                        .orElse("native");
        String name = embedding.model() + "@" + dimensions;
        return embedding
                .baseUrl()
                .map(url -> URI.create(url).getAuthority())
                .filter(host -> !host.equals(URI.create(ChatSpec.OPENAI_URL).getAuthority()))
                .map(host -> host + "/" + name)
                .orElse(name);
    }

    private void requireSame(String property, String key, String configured, boolean explicit) {
        String before = remembered.get(property);
        if (before != null && !before.isEmpty() && !before.equals(configured) && !explicit) {
            throw RunFailure.usage("this warehouse was made with " + key + " = " + before
                    + ", and the configuration says "
                    + configured + ". Set " + key + " explicitly: to the first to go on as before, to the second to"
                    + " make everything anew with it.");
        }
    }

    private void remember(
            Warehouse warehouse,
            Provider llm,
            Optional<ChatSpec> chatSpec,
            Provider embedding,
            EmbeddingSpec embeddingSpec) {
        Map<String, String> now = new LinkedHashMap<>();
        now.put(LLM_PROVIDER, llm.name());
        chatSpec.ifPresent(spec -> now.put(LLM_MODEL, spec.model()));
        now.put(EMBEDDING_PROVIDER, embedding.name());
        now.put(EMBEDDING_MODEL, embeddingSpec.name());
        warehouse.create(Embeddings.TABLE, now);
        warehouse.create(List.of(ModelResponses.TABLE));
        if (!warehouse.properties(Embeddings.TABLE).entrySet().containsAll(now.entrySet())) {
            warehouse.setProperties(Embeddings.TABLE, now);
        }
    }
}
