package com.tiktokrec.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tiktokrec.common.ExitCode;
import com.tiktokrec.common.RunFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys from the environment, and from real files of Hadoop's credential provider. */
class SecretsIT {

    private static final String PATH = "spark.hadoop." + CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH;
    private static final String CLEAR_TEXT = "spark.hadoop." + Secrets.OPENAI_API_KEY;

    @TempDir
    private Path folder;

    @AfterEach
    void forget() {
        System.clearProperty(PATH);
        System.clearProperty(CLEAR_TEXT);
        Secrets.install(Map.of());
    }

    private String provider(String file) {
        return "localjceks://file" + folder.resolve(file);
    }

    private String providerWith(Map<String, String> keys) throws IOException {
        Configuration hadoop = new Configuration();
        hadoop.set(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH, provider("keys.jceks"));
        CredentialProvider provider =
                CredentialProviderFactory.getProviders(hadoop).get(0);
        for (Map.Entry<String, String> key : keys.entrySet()) {
            provider.createCredentialEntry(key.getKey(), key.getValue().toCharArray());
        }
        provider.flush();
        return provider("keys.jceks");
    }

    @Test
    void aKeyThatIsNotInTheEnvironmentComesFromTheProvider() throws IOException {
        System.setProperty(PATH, providerWith(Map.of(Secrets.OPENAI_API_KEY, "stored")));
        Secrets.install(Map.of());

        assertThat(Secrets.openAiKey()).contains("stored");
        assertThat(Secrets.rapidApiKey()).as("one that the provider lacks").isEmpty();
    }

    @Test
    void theEnvironmentWinsAlsoWithAnEmptyKey() throws IOException {
        System.setProperty(PATH, providerWith(Map.of(Secrets.OPENAI_API_KEY, "stored", Secrets.RAPIDAPI_KEY, "too")));
        Secrets.install(Map.of(Secrets.OPENAI_API_KEY, "set", Secrets.RAPIDAPI_KEY, ""));

        assertThat(Secrets.openAiKey()).contains("set");
        assertThat(Secrets.rapidApiKey()).isEmpty();
    }

    @Test
    void aKeyInTheConfigurationItselfIsNoKey() throws IOException {
        System.setProperty(PATH, providerWith(Map.of(Secrets.RAPIDAPI_KEY, "stored")));
        System.setProperty(CLEAR_TEXT, "logged by Spark");
        Secrets.install(Map.of());

        assertThat(Secrets.openAiKey()).isEmpty();
    }

    @Test
    void aProviderThatCannotBeReadIsAMistakeThatIsExplained() throws IOException {
        Path file = folder.resolve("keys.jceks");
        Files.writeString(file, "not a key store");
        System.setProperty(PATH, provider("keys.jceks"));
        Secrets.install(Map.of());

        assertThatThrownBy(Secrets::openAiKey)
                .hasMessageContaining(Secrets.OPENAI_API_KEY + " is not in the environment")
                .hasMessageContaining(provider("keys.jceks") + " cannot be read")
                .hasMessageContaining("HADOOP_CREDSTORE_PASSWORD")
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aProviderUnderAWrongPathIsNotTakenForOneWithoutTheKey() {
        System.setProperty(PATH, provider("wrong.jceks"));
        Secrets.install(Map.of());

        assertThatThrownBy(Secrets::rapidApiKey)
                .hasMessageContaining(provider("wrong.jceks") + " holds no key at all")
                .asInstanceOf(InstanceOfAssertFactories.type(RunFailure.class))
                .extracting(RunFailure::exitCode)
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void withoutAProviderThereIsNoKey() {
        Secrets.install(Map.of());

        assertThat(Secrets.openAiKey()).isEmpty();
    }
}
