package com.tiktokrec.common.model.client;

import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import com.openai.models.embeddings.EmbeddingValue;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Embeddings of an OpenAI-compatible server, asked for in base64 and matched by index. Makes one attempt a call. An
 * answer with missing, repeated or unequal vectors is retriable; one in another dimension than asked for is final.
 */
public final class OpenAiEmbeddingModel implements EmbeddingModel {

    private final OpenAiSettings settings;
    private final OptionalInt dimensions;
    private final OpenAiConnection connection;

    /**
     * A model that calls the server named in the settings.
     *
     * @param dimensions sent as such; empty for the model's own, and for servers that know no such parameter
     */
    public OpenAiEmbeddingModel(OpenAiSettings settings, OptionalInt dimensions) {
        this(settings, dimensions, limits -> {});
    }

    /** @param limits hears what the server says about its limits */
    public OpenAiEmbeddingModel(OpenAiSettings settings, OptionalInt dimensions, Consumer<RateLimits> limits) {
        this(settings, dimensions, Clock.systemUTC(), limits);
    }

    OpenAiEmbeddingModel(OpenAiSettings settings, OptionalInt dimensions, Clock clock) {
        this(settings, dimensions, clock, limits -> {});
    }

    private OpenAiEmbeddingModel(
            OpenAiSettings settings, OptionalInt dimensions, Clock clock, Consumer<RateLimits> limits) {
        this.settings = settings;
        this.dimensions = dimensions;
        this.connection = new OpenAiConnection(settings, clock, limits);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // The connection closes what it is given.
    public EmbeddingAnswer embed(List<String> texts) {
        if (texts.isEmpty()) {
            return new EmbeddingAnswer(List.of(), 0);
        }
        EmbeddingCreateParams.Builder request = EmbeddingCreateParams.builder()
                .model(settings.model())
                .inputOfArrayOfStrings(texts)
                .encodingFormat(EncodingFormat.BASE64);
        dimensions.ifPresent(request::dimensions);
        return connection.call(
                client -> client.embeddings().withRawResponse().create(request.build()),
                response -> answer(response, texts.size()));
    }

    private EmbeddingAnswer answer(CreateEmbeddingResponse response, int count) {
        List<Embedding> embeddings = response.data();
        if (embeddings.size() != count) {
            throw connection.failures().brokenAnswer(embeddings.size() + " vectors for " + count + " texts");
        }
        float[][] vectors = new float[count][];
        for (Embedding embedding : embeddings) {
            long index = embedding.index();
            if (index < 0 || index >= count || vectors[(int) index] != null) {
                throw connection.failures().brokenAnswer("index " + index + " is out of range or there twice");
            }
            vectors[(int) index] = floats(embedding.embeddingValue());
        }
        checkDimensions(vectors);
        long tokens = response._usage()
                .asKnown()
                .flatMap(usage -> usage._promptTokens().asKnown())
                .orElse(0L);
        return new EmbeddingAnswer(List.of(vectors), tokens);
    }

    private float[] floats(EmbeddingValue value) {
        float[] vector = value.isBase64() ? decoded(value.asBase64()) : unboxed(value);
        for (float coordinate : vector) {
            if (!Float.isFinite(coordinate)) {
                throw new ModelCallException(
                        Kind.INPUT, settings.host() + " sent a vector with NaN or infinity: the text is left out");
            }
        }
        return vector;
    }

    private float[] decoded(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length % Float.BYTES != 0) {
                throw connection.failures().brokenAnswer(bytes.length + " bytes are not whole floats");
            }
            float[] vector = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
            return vector;
        } catch (IllegalArgumentException e) {
            throw connection.failures().brokenAnswer("a vector is not base64");
        }
    }

    private float[] unboxed(EmbeddingValue value) {
        List<Float> floats =
                value.floats().orElseThrow(() -> connection.failures().brokenAnswer("a vector holds no numbers"));
        float[] vector = new float[floats.size()];
        for (int i = 0; i < vector.length; i++) {
            Float coordinate = floats.get(i);
            vector[i] = coordinate == null ? Float.NaN : coordinate;
        }
        return vector;
    }

    private void checkDimensions(float[][] vectors) {
        int[] sizes = Arrays.stream(vectors)
                .mapToInt(vector -> vector.length)
                .distinct()
                .toArray();
        if (sizes.length > 1 || sizes[0] == 0) {
            throw connection.failures().brokenAnswer("its vectors have dimensions " + Arrays.toString(sizes));
        }
        if (dimensions.isPresent() && dimensions.getAsInt() != sizes[0]) {
            throw new ModelCallException(
                    Kind.FINAL,
                    settings.host() + " sent vectors of " + sizes[0] + " dimensions where " + dimensions.getAsInt()
                            + " were asked for: model " + settings.model()
                            + " takes no such setting there; leave the dimensions out or choose another model");
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
