package com.tiktokrec.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashesTest {

    /** The first two are the standard's own examples. */
    @ParameterizedTest(name = "\"{0}\"")
    @CsvSource({
        "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "\u00E9, 4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c",
        "\uD83D\uDE00, f0443a342c5ef54783a111b51ba56c938e474c32324d90c3a60c9c8e3a37e2d9"
    })
    void sha256OfUtf8InLowerCaseHex(String text, String expected) {
        assertThat(Hashes.sha256(text)).isEqualTo(expected);
    }
}
