package com.tiktokrec.jobs.recommend;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Some of the corpus, made ready to be scored: a matrix of unit vectors for cosine, and an inverted index for BM25.
 *
 * <p>Scoring queries by the block turns all-pairs work into matrix products, as MLlib's ALS does to recommend for all.
 */
final class DocumentBlock implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final double K1 = 1.2;
    private static final double B = 0.75;

    /** Vectors alike to 12 digits are one score, however the product summed them up, so that ties stay ties. */
    private static final double SCORE_DIGITS = 1e12;

    /**
     * A document.
     *
     * @param ordinal its place among all documents, newest first, then by id
     * @param barred whether it may be served to nobody
     * @param vector unit vector, null where it has none
     * @param words its match words, repeats kept
     */
    record Document(long ordinal, boolean barred, double[] vector, List<String> words) {}

    private record Posting(int document, int frequency) implements Serializable {}

    private final long[] ordinals;
    private final boolean[] barred;
    private final int[] lengths;
    private final Map<String, List<Posting>> postings = new HashMap<>();
    private final int[] withVector;
    private final double[] matrix;
    private final int dimensions;

    DocumentBlock(List<Document> documents) {
        ordinals = documents.stream().mapToLong(Document::ordinal).toArray();
        barred = new boolean[documents.size()];
        lengths =
                documents.stream().mapToInt(document -> document.words().size()).toArray();
        List<Integer> vectorRows = new ArrayList<>();
        for (int row = 0; row < documents.size(); row++) {
            Document document = documents.get(row);
            barred[row] = document.barred();
            index(row, document.words());
            if (document.vector() != null) {
                vectorRows.add(row);
            }
        }
        withVector = vectorRows.stream().mapToInt(Integer::intValue).toArray();
        dimensions = withVector.length == 0 ? 0 : documents.get(withVector[0]).vector().length;
        matrix = new double[withVector.length * dimensions];
        for (int row = 0; row < withVector.length; row++) {
            System.arraycopy(documents.get(withVector[row]).vector(), 0, matrix, row * dimensions, dimensions);
        }
    }

    private void index(int row, List<String> words) {
        Map<String, Integer> frequencies = new HashMap<>();
        words.forEach(word -> frequencies.merge(word, 1, Integer::sum));
        frequencies.forEach((word, frequency) ->
                postings.computeIfAbsent(word, key -> new ArrayList<>()).add(new Posting(row, frequency)));
    }

    /** For each query of a block, its best documents here by cosine. */
    List<TopDocuments> byCosine(QueryBlock block, int limit) {
        List<QueryBlock.Query> queries = block.queries();
        List<TopDocuments> best = new ArrayList<>();
        queries.forEach(query -> best.add(new TopDocuments(limit)));
        int[] scored = IntStream.range(0, queries.size())
                .filter(query -> queries.get(query).vector() != null)
                .toArray();
        if (withVector.length == 0 || scored.length == 0) {
            return best;
        }
        double[] queryMatrix = new double[scored.length * dimensions];
        for (int row = 0; row < scored.length; row++) {
            System.arraycopy(queries.get(scored[row]).vector(), 0, queryMatrix, row * dimensions, dimensions);
        }
        int documents = withVector.length;
        double[] products = new double[documents * scored.length];
        BLAS blas = JavaBLAS.getInstance();
        blas.dgemm(
                "T",
                "N",
                documents,
                scored.length,
                dimensions,
                1.0,
                matrix,
                dimensions,
                queryMatrix,
                dimensions,
                0.0,
                products,
                documents);
        for (int query = 0; query < scored.length; query++) {
            TopDocuments top = best.get(scored[query]);
            for (int row = 0; row < documents; row++) {
                double cosine = Math.rint(products[query * documents + row] * SCORE_DIGITS) / SCORE_DIGITS;
                top.offer(ordinals[withVector[row]], cosine, barred[withVector[row]]);
            }
        }
        return best;
    }

    /** The best documents here for a query by BM25 (k1 1.2, b 0.75). */
    TopDocuments byWords(QueryBlock.Query query, double meanLength, int limit) {
        double[] scores = new double[ordinals.length];
        for (int word = 0; word < query.words().size(); word++) {
            for (Posting posting : postings.getOrDefault(query.words().get(word), List.of())) {
                double saturation = posting.frequency() + K1 * (1 - B + B * lengths[posting.document()] / meanLength);
                scores[posting.document()] += query.idf()[word] * posting.frequency() * (K1 + 1) / saturation;
            }
        }
        TopDocuments top = new TopDocuments(limit);
        for (int row = 0; row < scores.length; row++) {
            top.offer(ordinals[row], scores[row], barred[row]);
        }
        return top;
    }

    @Override
    public String toString() {
        return "DocumentBlock" + Arrays.asList(ordinals.length, dimensions);
    }
}
