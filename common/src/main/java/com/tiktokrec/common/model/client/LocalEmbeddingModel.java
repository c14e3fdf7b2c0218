package com.tiktokrec.common.model.client;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.tiktokrec.common.model.client.ModelCallException.Kind;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model that runs in this process, each call on its caller's thread and on one core: share one instance a JVM and
 * call it from as many threads as there are cores. Texts are inferred one by one, since in a batch a quantised model's
 * vectors depend on the neighbours (and padding is slower). Of a text, the first 510 tokens count, or fewer where the
 * tokenizer says so, within its first 16,384 characters.
 */
public final class LocalEmbeddingModel implements EmbeddingModel {

    /** Bounds tokenisation; 510 tokens of real text end long before. */
    private static final int MAX_CHARACTERS = 16_384;

    private static final String BUILT_IN_NAME = "bge-small-en-v1.5-q";

    private final String name;
    private final OrtSession session;
    private final Encoder encoder;
    private final int dimensions;
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    private LocalEmbeddingModel(String name, OrtSession session, InputStream tokenizer, PoolingMode pooling) {
        this.name = name;
        this.session = session;
        this.encoder = new Encoder(new OnnxBertBiEncoder(OrtEnvironment.getEnvironment(), session, tokenizer, pooling));
        this.dimensions = encoder.embed("dimensions").content().dimension();
    }

    /** The model shipped with the program: bge-small-en-v1.5, quantised, English, 384 dimensions. */
    public static LocalEmbeddingModel builtIn() {
        try (InputStream onnx = resource(BUILT_IN_NAME + ".onnx");
                InputStream tokenizer = resource(BUILT_IN_NAME + "-tokenizer.json")) {
            return load(
                    BUILT_IN_NAME,
                    options -> OrtEnvironment.getEnvironment().createSession(onnx.readAllBytes(), options),
                    tokenizer,
                    PoolingMode.CLS);
        } catch (IOException | OrtException e) {
            throw new IllegalStateException(
                    "The built-in embedding model cannot be loaded: check the program's jar", e);
        }
    }

    /** {@link #ofFolder(Path, PoolingMode)} with the mean of the tokens' vectors, as most sentence models want it. */
    public static LocalEmbeddingModel ofFolder(Path folder) {
        return ofFolder(folder, PoolingMode.MEAN);
    }

    /**
     * A model of one's own: the folder holds exactly one {@code *.onnx} file (a BERT-like encoder whose first output
     * is one vector a token) and the {@code tokenizer.json} that belongs to it, both as Hugging Face exports them.
     *
     * @throws IllegalArgumentException where a file is missing or cannot be read as such
     */
    public static LocalEmbeddingModel ofFolder(Path folder, PoolingMode pooling) {
        OnnxFolder files = OnnxFolder.of(folder);
        try (InputStream tokenizer = files.openTokenizer()) {
            return load(
                    files.modelName() + (pooling == PoolingMode.MEAN ? "" : "-cls"),
                    options -> OrtEnvironment.getEnvironment()
                            .createSession(files.onnx().toString(), options),
                    tokenizer,
                    pooling);
        } catch (IOException | OrtException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "The local embedding model cannot be loaded: its files are not a sentence encoder in ONNX and its"
                            + " Hugging Face tokenizer; export them again (value: " + folder + ")",
                    e);
        }
    }

    private static LocalEmbeddingModel load(
            String name, SessionFactory sessions, InputStream tokenizer, PoolingMode pooling)
            throws IOException, OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // By default each inference takes all cores: slower for texts this short, and Spark's tasks would fight.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtSession session = sessions.open(options);
            try {
                return new LocalEmbeddingModel(name, session, tokenizer, pooling);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        }
    }

    private static InputStream resource(String file) throws IOException {
        InputStream stream = BgeSmallEnV15QuantizedEmbeddingModel.class.getResourceAsStream("/" + file);
        if (stream == null) {
            throw new IOException("no " + file + " on the class path");
        }
        return stream;
    }

    /** A name that changes with the model's weights. */
    public String name() {
        return name;
    }

    /** Length of every vector. */
    public int dimensions() {
        return dimensions;
    }

    @Override
    public EmbeddingAnswer embed(List<String> texts) {
        Lock lock = use.readLock();
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The embedding model " + name + " is closed");
            }
            List<float[]> vectors = new ArrayList<>(texts.size());
            long tokens = 0;
            for (String text : texts) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("interrupted while embedding");
                }
                Response<Embedding> answer = encode(text);
                vectors.add(answer.content().vector());
                tokens += answer.tokenUsage().inputTokenCount();
            }
            return new EmbeddingAnswer(List.copyOf(vectors), tokens);
        } finally {
            lock.unlock();
        }
    }

    private Response<Embedding> encode(String text) {
        try {
            return encoder.embed(cut(text));
        } catch (IllegalArgumentException e) {
            throw new ModelCallException(
                    Kind.INPUT, "The model " + name + " finds no token in this text: it is left out");
        }
    }

    private static String cut(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1));
        return text.substring(0, splitsPair ? MAX_CHARACTERS - 1 : MAX_CHARACTERS);
    }

    /** Waits for calls under way: native memory must not go while they read it. */
    @Override
    public void close() {
        Lock lock = use.writeLock();
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException("The embedding model " + name + " cannot be closed", e);
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface SessionFactory {
        OrtSession open(OrtSession.SessionOptions options) throws IOException, OrtException;
    }

    /** LangChain4j's tokenising, pooling and normalising over a session of our own. */
    private static final class Encoder extends AbstractInProcessEmbeddingModel {

        private final OnnxBertBiEncoder encoder;

        Encoder(OnnxBertBiEncoder encoder) {
            super(Runnable::run);
            this.encoder = Objects.requireNonNull(encoder);
        }

        @Override
        protected OnnxBertBiEncoder model() {
            return encoder;
        }
    }
}
