package com.tiktokrec.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Map<String, String> NO_ENVIRONMENT = Map.of();

    @TempDir
    private Path folder;

    // Defaults

    @Test
    void defaultsOfThePipelineAreThoseOfTheSpecification() {
        Settings settings = defaults();

        assertThat(settings.warehouse()).isEmpty();
        assertThat(settings.pipeline())
                .isEqualTo(new Pipeline(
                        100, 50, 30, 30, 0.3, 10, 20, 0.5, 0, Duration.ofDays(7), 0.05, Duration.ofMinutes(10)));
    }

    @Test
    void defaultsOfRankingIngestTaxonomyAndRetrievalAreThoseOfTheSpecification() {
        Settings settings = defaults();

        Ranking ranking = settings.ranking();
        assertThat(ranking.viralityWeight()).isEqualTo(0.3);
        assertThat(ranking.engagementWeight()).isEqualTo(0.3);
        assertThat(ranking.relevanceWeight()).isEqualTo(0.4);
        assertThat(ranking.authorPenalty()).isEqualTo(0.9);
        assertThat(ranking.tagSetPenalty()).isEqualTo(0.85);
        assertThat(ranking.blockedAuthors()).isEmpty();
        assertThat(ranking.blockedHashtags()).isEmpty();
        assertThat(settings.ingest()).isEqualTo(new Ingest(0.2, true));
        assertThat(settings.taxonomy()).isEqualTo(new Taxonomy(200, 10_000));
        assertThat(settings.retrieval().sources()).containsExactly(RetrievalSource.CORPUS);
    }

    @Test
    void aNightsCheckLetsPassWhatItsKeysSay() {
        assertThat(defaults().checks()).isEqualTo(new Checks(20, 0.8, 0.5, 0.2, 0.2, 0.1, 0.1));
    }

    @Test
    void defaultsOfTheModelsAreThoseOfTheSpecification() {
        Models models = defaults().models();

        assertThat(models.maxAttempts()).isEqualTo(6);
        assertThat(models.waveCalls()).isEqualTo(2000);
        assertThat(models.waveSeconds()).isEqualTo(Duration.ofSeconds(60));
        assertThat(models.budgetUsd()).isEmpty();
        assertThat(models.confirmAboveUsd()).isEqualTo(50);
        assertThat(models.mode()).isEqualTo(ModelMode.ONLINE);
        assertThat(models.prices())
                .isEqualTo(Map.of(
                        "gpt-4.1", new Price(2, 8),
                        "text-embedding-3-large", new Price(0.13, 0),
                        "text-embedding-3-small", new Price(0.02, 0)));
    }

    @Test
    void defaultsOfTheLlmAreThoseOfTheSpecification() {
        Llm llm = defaults().models().llm();

        assertThat(llm.provider()).isEqualTo(Provider.AUTO);
        assertThat(llm.model()).isEqualTo("gpt-4.1");
        assertThat(llm.baseUrl()).isEmpty();
        assertThat(llm.temperature()).isEqualTo(0.7);
        assertThat(llm.maxInputTokens()).isEqualTo(3000);
        assertThat(llm.maxOutputTokens()).isEqualTo(2000);
        assertThat(llm.limits().requestsPerMinute()).isEmpty();
        assertThat(llm.limits().tokensPerMinute()).isEmpty();
        assertThat(llm.limits().maxInFlight()).isEqualTo(16);
        assertThat(llm.limits().timeout()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void defaultsOfTheEmbeddingAreThoseOfTheSpecification() {
        Embedding embedding = defaults().models().embedding();

        assertThat(embedding.provider()).isEqualTo(Provider.AUTO);
        assertThat(embedding.model()).isEqualTo("text-embedding-3-large");
        assertThat(embedding.baseUrl()).isEmpty();
        assertThat(embedding.dimensions()).isEmpty();
        assertThat(embedding.localModel()).isEqualTo(Embedding.BUILT_IN).isEqualTo("built-in");
        assertThat(embedding.queryPrefix()).isEmpty();
        assertThat(embedding.documentPrefix()).isEmpty();
        assertThat(embedding.cosineFloor()).isEmpty();
        assertThat(embedding.maxInputsPerRequest()).isEqualTo(2048);
        assertThat(embedding.maxTokensPerRequest()).isEqualTo(300_000);
        assertThat(embedding.limits().requestsPerMinute()).isEmpty();
        assertThat(embedding.limits().tokensPerMinute()).isEmpty();
        assertThat(embedding.limits().maxInFlight()).isEqualTo(16);
        assertThat(embedding.limits().timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void defaultsOfTikTokAndTheCacheAreThoseOfTheSpecification() {
        Settings settings = defaults();

        assertThat(settings.tiktok().baseUrl()).isEqualTo("https://tiktok-api23.p.rapidapi.com/api");
        assertThat(settings.tiktok().delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.tiktok().maxAttempts()).isEqualTo(4);
        assertThat(settings.tiktok().timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.tiktok().monthlyRequestBudget()).isEmpty();
        assertThat(settings.cache().ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.cache().ttlByEndpoint()).isEmpty();
        assertThat(settings.cache().backend()).isEqualTo(CacheBackend.DISK);
        assertThat(settings.cache().directory()).isEqualTo("cache/tiktok");
        assertThat(settings.cache().redisUrl()).isEmpty();
        assertThat(settings.cache().maxSize()).isEqualTo(1L << 30);
    }

    // Layers

    @Test
    void requestsASecondWinOverTheDelay() {
        assertThat(set(Map.of()).tiktok().interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(set(Map.of("tiktok.delay", "250ms")).tiktok().interval()).isEqualTo(Duration.ofMillis(250));
        assertThat(set(Map.of("tiktok.requests-per-second", "3")).tiktok().interval())
                .as("rounded so that no request comes early")
                .isEqualTo(Duration.ofNanos(333_333_334));
    }

    @Test
    void theFileWinsOverTheDefaultsAndSetOverTheFile() {
        Path file = file("tiktok-rec.pipeline { num-categories = 40, max-reposts = 7 }");

        Pipeline pipeline = load(file, Map.of("pipeline.num-categories", "12")).pipeline();

        assertThat(pipeline.numCategories()).isEqualTo(12);
        assertThat(pipeline.maxReposts()).isEqualTo(7);
        assertThat(pipeline.maxLikedPosts()).isEqualTo(30);
    }

    @Test
    void setTakesKeysWithAndWithoutTheRoot() {
        Settings settings = set(Map.of("tiktok-rec.pipeline.max-reposts", "3", "taxonomy.max-chunks", "4"));

        assertThat(settings.pipeline().maxReposts()).isEqualTo(3);
        assertThat(settings.taxonomy().maxChunks()).isEqualTo(4);
    }

    @Test
    void setTakesAddressesListsGroupsDurationsAndQuotedText() {
        Settings settings = set(Map.of(
                "warehouse", "s3a://bucket/a#b c",
                "retrieval.sources", "[trending, corpus]",
                "ranking.blocked-authors", "@one, two",
                "ranking.blocked-hashtags", "[\"#fyp\", ad]",
                "cache.ttl-by-endpoint", "{ user/info = 1d }",
                "pipeline.taxonomy-max-age", "36h",
                "pipeline.takeover-after", "90s",
                "cache.max-size", "512MiB",
                "models.embedding.query-prefix", "\"query: \"",
                "models.prices.\"gpt-4.1\".input", "3"));

        assertThat(settings.warehouse()).contains("s3a://bucket/a#b c");
        assertThat(settings.retrieval().sources()).containsExactly(RetrievalSource.TRENDING, RetrievalSource.CORPUS);
        assertThat(settings.ranking().blockedAuthors()).containsExactly("one", "two");
        assertThat(settings.ranking().blockedHashtags()).containsExactly("fyp", "ad");
        assertThat(settings.cache().ttl("user/info")).isEqualTo(Duration.ofDays(1));
        assertThat(settings.cache().ttl("user/posts")).isEqualTo(Duration.ofHours(1));
        assertThat(settings.pipeline().taxonomyMaxAge()).isEqualTo(Duration.ofHours(36));
        assertThat(settings.pipeline().takeoverAfter()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.cache().maxSize()).isEqualTo(512L << 20);
        assertThat(settings.models().embedding().queryPrefix()).isEqualTo("query: ");
        assertThat(settings.models().prices().get("gpt-4.1")).isEqualTo(new Price(3, 8));
    }

    @Test
    void nullTakesAnOptionalValueBack() {
        Path file = file("tiktok-rec.models.budget-usd = 5");

        assertThat(load(file, Map.of()).models().budgetUsd()).hasValue(5);
        assertThat(load(file, Map.of("models.budget-usd", "null")).models().budgetUsd())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"60, 60", "90, 90", "1.5, 1.5", "2m, 120", "1500ms, 1.5"})
    void waveSecondsIsANumberOfSecondsOrADuration(String value, double seconds) {
        Duration waveSeconds =
                set(Map.of("models.wave-seconds", value)).models().waveSeconds();

        assertThat(waveSeconds.toMillis()).isEqualTo(Math.round(seconds * 1000));
    }

    @Test
    void substitutionsSeeTheDefaultsAndTheEnvironment() {
        Path file = file("""
                tiktok-rec {
                  warehouse = ${BUCKET}"/tables"
                  pipeline.max-reposts = ${tiktok-rec.pipeline.max-posts-to-analyze}
                  ranking.blocked-authors = ${tiktok-rec.ranking.blocked-authors} [spammer]
                  tiktok.delay = ${?NOT_SET}
                }
                """);

        Settings settings = Settings.load(Optional.of(file), Map.of(), Map.of("BUCKET", "s3a://bucket"));

        assertThat(settings.warehouse()).contains("s3a://bucket/tables");
        assertThat(settings.pipeline().maxReposts()).isEqualTo(50);
        assertThat(settings.ranking().blockedAuthors()).containsExactly("spammer");
        assertThat(settings.tiktok().delay()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void openAiBaseUrlStandsInForAnAddressThatIsNotConfigured() {
        Map<String, String> environment = Map.of("OPENAI_BASE_URL", "http://localhost:8080/v1/");
        Map<String, String> overrides = Map.of("models.llm.base-url", "https://llm.example/v1");

        Models models = Settings.load(Optional.empty(), overrides, environment).models();

        assertThat(models.llm().baseUrl()).contains("https://llm.example/v1");
        assertThat(models.embedding().baseUrl()).contains("http://localhost:8080/v1");
    }

    @Test
    void anUnfitOpenAiBaseUrlIsToldOnce() {
        RunFailure failure = catchThrowableOfType(
                RunFailure.class,
                () -> Settings.load(Optional.empty(), Map.of(), Map.of("OPENAI_BASE_URL", "localhost:8080")));

        assertThat(failure)
                .hasMessage(
                        "Wrong configuration: OPENAI_BASE_URL = localhost:8080: must be an http:// or https:// address"
                                + " with a host, without user info (environment)."
                                + " docs/configuration.md lists every key.");
    }

    // Explicit keys

    @Test
    void nothingIsExplicitByDefault() {
        Models models = defaults().models();

        assertThat(models.llm().providerExplicit()).isFalse();
        assertThat(models.llm().modelExplicit()).isFalse();
        assertThat(models.embedding().providerExplicit()).isFalse();
        assertThat(models.embedding().modelExplicit()).isFalse();
        assertThat(models.embedding().localModelExplicit()).isFalse();
    }

    @Test
    void aKeyOfTheFileOrOfSetIsExplicitEvenWhereItRepeatsTheDefault() {
        Path file = file("""
                tiktok-rec.models {
                  llm { provider = local, model = gpt-4.1 }
                  embedding.provider = ${tiktok-rec.models.llm.provider}
                }
                """);

        Models models =
                load(file, Map.of("models.embedding.local-model", "built-in")).models();

        assertThat(models.llm().providerExplicit()).isTrue();
        assertThat(models.llm().modelExplicit()).isTrue();
        assertThat(models.embedding().provider()).isEqualTo(Provider.LOCAL);
        assertThat(models.embedding().providerExplicit()).isTrue();
        assertThat(models.embedding().modelExplicit()).isFalse();
        assertThat(models.embedding().localModelExplicit()).isTrue();
    }

    @Test
    void autoIsNeverExplicitForItChoosesNothing() {
        Models models = set(Map.of("models.llm.provider", "auto")).models();

        assertThat(models.llm().providerExplicit()).isFalse();
    }

    // Mistakes

    @Test
    void allMistakesAreToldAtOnceWithKeyValueRuleAndPlace() {
        Path file = file("""
                tiktok-rec {
                  pipeline.num-categories = 900
                  models.mode = fast
                }
                """);

        RunFailure failure = failure(file, Map.of("tiktok.delay", "soon", "pipeline.max-repost", "3"));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure.getMessage().lines())
                .containsExactly(
                        "Wrong configuration:",
                        "  pipeline.num-categories = 900: must be a whole number from 1 to 500 (" + file + ":2)",
                        "  models.mode = \"fast\": must be one of online, batch (" + file + ":3)",
                        "  tiktok.delay = \"soon\": must be a duration with its unit, from 0s to 10m (--set)",
                        "  pipeline.max-repost = \"3\": is no key of tiktok-rec;"
                                + " did you mean pipeline.max-reposts? (--set)",
                        "4 mistakes in the configuration: correct each line above."
                                + " docs/configuration.md lists every key.");
    }

    @ParameterizedTest
    @CsvSource({
        "tiktok-rec.pipeline.numCategories = 5, pipeline.num-categories",
        "tiktok-rec.num-categories = 5, pipeline.num-categories",
        "tiktok-rec.models.timeout = 5s, models.llm.timeout",
        "tiktok-rec.pipelin.num-categories = 5, pipeline",
        "tiktok-rec.warehose = x, warehouse",
        "tiktok-rec.models.embeddings.provider = local, models.embedding",
        "pipeline.num-categories = 5, tiktok-rec.pipeline",
        "warehouse = x, tiktok-rec.warehouse",
        "tiktok-recs.warehouse = x, tiktok-rec",
    })
    void anUnknownKeyIsRefusedWithTheNearestKnown(String line, String nearest) {
        RunFailure failure = failure(file(line), Map.of());

        assertThat(failure.getMessage()).contains(nearest).contains(":1)").startsWith("Wrong configuration: ");
    }

    @ParameterizedTest
    @CsvSource({
        "pipeline.num-categories, 0",
        "pipeline.num-categories, 501",
        "pipeline.num-categories, 1.5",
        "pipeline.num-categories, 1e999999999",
        "pipeline.num-categories, null",
        "pipeline.num-categories, ''",
        "pipeline.max-posts-to-analyze, 0",
        "pipeline.max-search-queries, -1",
        "pipeline.min-tag-affinity, 1.01",
        "pipeline.min-video-score, NaN",
        "pipeline.max-degraded-ratio, -0.1",
        "pipeline.taxonomy-max-age, 7",
        "pipeline.taxonomy-max-age, -1d",
        "ranking.author-penalty, 2",
        "checks.min-users, 0",
        "checks.max-rows-lost, 20%",
        "ranking.blocked-authors, '[[a]]'",
        "ingest.profile-bare-authors, maybe",
        "retrieval.sources, '[]'",
        "retrieval.sources, '[corpus, web]'",
        "models.wave-seconds, 0",
        "models.budget-usd, lots",
        "models.llm.provider, azure",
        "models.llm.model, ' '",
        "models.llm.base-url, localhost",
        "models.llm.base-url, http://me:secret@host/v1",
        "models.llm.requests-per-minute, 0",
        "models.llm.timeout, 60",
        "models.embedding.cosine-floor, 1",
        "models.embedding.dimensions, 0",
        "models.prices.gpt, 5",
        "models.prices.gpt, '{ input = 1 }'",
        "cache.max-size, 5",
        "cache.redis-url, http://host",
        "warehouse, s3a://id:secret@bucket/x",
    })
    void aValueThatBreaksItsRuleIsRefused(String key, String value) {
        RunFailure failure = failure(null, Map.of(key, value));

        assertThat(failure.getMessage())
                .startsWith("Wrong configuration: " + key + " = ")
                .contains("must be")
                .contains("(--set)")
                .doesNotContain("secret");
    }

    @Test
    void rankingWeightsMustAddUpToOne() {
        RunFailure failure = failure(null, Map.of("ranking.virality-weight", "0.5"));

        assertThat(failure).hasMessageContaining("0.5 + 0.3 + 0.4: must add up to 1 (--set, default)");
        assertThat(set(Map.of("ranking.virality-weight", "0.5", "ranking.relevance-weight", "0.2"))
                        .ranking()
                        .relevanceWeight())
                .isEqualTo(0.2);
    }

    @Test
    void redisNeedsItsAddress() {
        assertThat(failure(null, Map.of("cache.backend", "redis"))).hasMessageContaining("needs cache.redis-url");
    }

    @Test
    void aValueInThePlaceOfAGroupIsToldOnce() {
        RunFailure failure = failure(file("tiktok-rec.pipeline = 5"), Map.of());

        assertThat(failure).hasMessageContaining("pipeline = 5: is a group of keys and takes no value itself");
        assertThat(failure.getMessage().lines()).hasSize(1);
    }

    @Test
    void aFileThatIsMissingIsToldWithTheOtherMistakes() {
        RunFailure failure = failure(folder.resolve("none.conf"), Map.of("pipeline.num-categories", "0"));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(failure)
                .hasMessageContaining("none.conf: the configuration file does not exist")
                .hasMessageContaining("pipeline.num-categories");
    }

    @Test
    void aFileThatIsNotHoconIsToldWithItsLine() {
        Path file = file("# OPENAI_API_KEY is in the environment\ntiktok-rec {\n  warehouse = [ } }\n");

        assertThat(failure(file, Map.of()))
                .hasMessageStartingWith("Wrong configuration: " + file + ":3: ")
                .hasMessageContaining("cannot be read as HOCON: List should have ]");
    }

    @Test
    void aSubstitutionWithoutAValueIsTold() {
        assertThat(failure(file("tiktok-rec.warehouse = ${NOWHERE}"), Map.of())).hasMessageContaining("${NOWHERE}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "", "a b\"", "$x"})
    void aKeyThatIsNoPathIsRefused(String key) {
        assertThat(failure(null, Map.of(key, "1")).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aNameWithADotThatIsNotQuotedIsToldWithItsPlace() {
        assertThat(failure(null, Map.of("models.prices.gpt-4.1.input", "3")))
                .hasMessageContaining("models.prices.gpt-4 = {…}: must be { input = USD, output = USD }")
                .hasMessageContaining("quote a model's name that holds a dot (--set)");
    }

    @Test
    void setHoldsOneValueOnly() {
        assertThat(failure(null, Map.of("retrieval.sources", "[corpus], pipeline.num-categories = 3")))
                .hasMessageContaining("must be written key=value");
    }

    // Secrets

    @ParameterizedTest
    @CsvSource({
        "tiktok-rec.models.llm.api-key, OPENAI_API_KEY",
        "tiktok-rec.models.openai.apiKey, OPENAI_API_KEY",
        "tiktok-rec.tiktok.api-key, RAPIDAPI_KEY",
        "openai.api_key, OPENAI_API_KEY",
    })
    void anApiKeyInAFileIsRefusedWithItsRemedyAndNotShown(String key, String variable) {
        RunFailure failure = failure(file(key + " = \"hunter2\""), Map.of());

        assertThat(failure)
                .hasMessageContaining("secrets have no place in a configuration")
                .hasMessageContaining("environment variable " + variable);
        assertThat(failure.getMessage()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "cache.password, hunter2",
        "cache.redis-url, http://:hunter2@host",
        "models.llm.mode, sk-hunter2hunter2",
        "models.llm.max-input-tokens, sk-hunter2hunter2",
        "models.llm.api-key, '[hunter2'",
        "models.llm, '[{ password = hunter2 }]'",
    })
    void secretsAreNotShown(String key, String value) {
        RunFailure failure = failure(null, Map.of(key, value));

        assertThat(failure.getMessage()).contains("***").doesNotContain("hunter2");
    }

    @Test
    void aFileThatNamesASecretIsNotQuotedByTheParser() {
        RunFailure failure = failure(file("api-key = hunter2 } {"), Map.of());

        assertThat(failure.getMessage()).contains("cannot be read as HOCON").doesNotContain("hunter2");
    }

    @Test
    void theRedisPasswordIsInNoTextAndNotInTheHash() {
        Settings one = set(Map.of("cache.redis-url", "redis://:hunter2@host:6379"));
        Settings other = set(Map.of("cache.redis-url", "redis://:changed@host:6379"));

        assertThat(one.cache().redisUrl()).contains("redis://:hunter2@host:6379");
        assertThat(one.toString()).contains("host:6379").doesNotContain("hunter2");
        assertThat(one.hash()).isEqualTo(other.hash());
    }

    // Hash

    @Test
    void theHashIsThatOfTheValuesWhateverTheirSourceAndSpelling() {
        Settings plain = defaults();
        Settings spelled = load(
                file("tiktok-rec { pipeline.taxonomy-max-age = 168h, cache.max-size = 1024MiB }"),
                Map.of("models.wave-seconds", "1m", "ranking.author-penalty", "0.90"));

        assertThat(plain.hash()).matches("[0-9a-f]{64}").isEqualTo(spelled.hash());
        assertThat(set(Map.of("pipeline.max-reposts", "31")).hash()).isNotEqualTo(plain.hash());
        assertThat(set(Map.of("models.budget-usd", "0")).hash()).isNotEqualTo(plain.hash());
    }

    // Examples

    @Test
    void theExampleForALaptopIsValid() {
        Settings settings = load(Path.of("../conf/local.conf"), Map.of());

        assertThat(settings.models().llm().provider()).isEqualTo(Provider.LOCAL);
        assertThat(settings.models().embedding().providerExplicit()).isTrue();
    }

    @Test
    void theExampleForAClusterIsValid() {
        Settings settings = load(Path.of("../conf/cluster.conf"), Map.of());

        assertThat(settings.warehouse())
                .hasValueSatisfying(uri -> assertThat(uri).startsWith("s3a://"));
        assertThat(settings.models().llm().limits().requestsPerMinute()).isPresent();
        assertThat(settings.models().prices())
                .containsKeys(
                        settings.models().llm().model(),
                        settings.models().embedding().model());
    }

    private static Settings defaults() {
        return set(Map.of());
    }

    private static Settings set(Map<String, String> overrides) {
        return Settings.load(Optional.empty(), overrides, NO_ENVIRONMENT);
    }

    private static Settings load(Path file, Map<String, String> overrides) {
        return Settings.load(Optional.of(file), overrides, NO_ENVIRONMENT);
    }

    private static RunFailure failure(Path file, Map<String, String> overrides) {
        return catchThrowableOfType(
                RunFailure.class, () -> Settings.load(Optional.ofNullable(file), overrides, NO_ENVIRONMENT));
    }

    private Path file(String content) {
        try {
            return Files.writeString(folder.resolve("some.conf"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
