package com.tiktokrec.common.model.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenCounterTest {

    @Test
    void countsAsOpenAiDoes() {
        assertThat(TokenCounter.o200kBase().count("hello world")).isEqualTo(2);
        assertThat(TokenCounter.cl100kBase().count("hello world")).isEqualTo(2);
        assertThat(TokenCounter.o200kBase().count("猫の動画を毎日見ています"))
                .as("the newer encoding is shorter on Japanese")
                .isLessThan(TokenCounter.cl100kBase().count("猫の動画を毎日見ています"));
    }

    @Test
    void countsStrangersSpecialTokensAsText() {
        assertThat(TokenCounter.cl100kBase().count("<|endoftext|>")).isGreaterThan(1);
    }

    @Test
    void approximatesByCharacters() {
        TokenCounter counter = TokenCounter.quarterOfCharacters();

        assertThat(counter.count("")).isZero();
        assertThat(counter.count("a")).isEqualTo(1);
        assertThat(counter.count("12345678")).isEqualTo(2);
    }
}
