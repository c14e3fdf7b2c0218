package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiSettingsTest {

    @Test
    void printsNeitherKeyNorUserInfo() {
        OpenAiSettings settings = settings("https://me:hidden@proxy.example:8443/v1", "sk-123");

        assertThat(settings.toString()).contains("proxy.example:8443", "gpt-x").doesNotContain("sk-123", "hidden");
    }

    @Test
    void stripsTheKeyAndRefusesOneThatNoHeaderMayHold() {
        assertThat(settings("http://localhost", " sk-123\n").apiKey()).isEqualTo("sk-123");
        assertThatThrownBy(() -> settings("http://localhost", "sk-1 23"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OPENAI_API_KEY")
                .hasMessageNotContaining("sk-1");
    }

    @Test
    void refusesABaseUrlWithoutAHost() {
        assertThatThrownBy(() -> settings("localhost:8080", "k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("localhost:8080");
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, true",
        "https://eu.api.openai.com/v1, true",
        "https://mine.openai.azure.com/openai/v1, true",
        "http://127.0.0.1:8080/v1, false",
        "https://openrouter.ai/api/v1, false"
    })
    void knowsWhoWantsTheNewNameOfTheTokenLimit(String baseUrl, boolean openAi) {
        assertThat(settings(baseUrl, "k").servedByOpenAi()).isEqualTo(openAi);
    }

    private static OpenAiSettings settings(String baseUrl, String key) {
        return new OpenAiSettings(
                baseUrl, key, "gpt-x", OptionalDouble.empty(), OptionalInt.empty(), Duration.ofSeconds(1));
    }
}
