package com.tiktokrec.common.config;

/** Who answers model calls: an OpenAI-compatible server, this process, or (auto) whichever the environment allows. */
public enum Provider {
    AUTO,
    OPENAI,
    LOCAL
}
