package com.tiktokrec.jobs.recommend;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_from_entries;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import com.tiktokrec.common.tables.Categories;
import com.tiktokrec.common.tables.Fields;
import com.tiktokrec.common.tables.SearchResults;
import com.tiktokrec.common.text.Words;
import com.tiktokrec.jobs.recommend.DocumentBlock.Document;
import com.tiktokrec.jobs.recommend.QueryBlock.Query;
import com.tiktokrec.jobs.video.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Retrieval from the corpus: for each distinct query, reciprocal rank fusion of its best videos by cosine and by BM25.
 * Exact: every query meets every document, a block of queries and a block of documents at a time.
 */
final class CorpusRetrieval {

    /** The fused list of a query: ordinals of documents that may be served, best first. */
    static final String FUSED = "fused";

    private static final int DEPTH = 200;
    private static final int DOCUMENTS_PER_BLOCK = 4096;
    private static final int QUERIES_PER_BLOCK = 256;

    private static final String WORD = "word";
    private static final String DOCUMENT_FREQUENCY = "document_frequency";
    private static final String QUERY_WORDS = "query_words";
    private static final String FREQUENCIES = "frequencies";
    private static final String DOCUMENT_BLOCK = "document_block";
    private static final String QUERY_BLOCK = "query_block";
    private static final String BY_COSINE = "by_cosine";
    private static final String BY_WORDS = "by_words";

    private static final StructType SCORED = new StructType(new StructField[] {
        Fields.string(SearchResults.QUERY),
        Fields.field(BY_COSINE, DataTypes.BinaryType),
        Fields.field(BY_WORDS, DataTypes.BinaryType)
    });

    private CorpusRetrieval() {}

    /**
     * Fused lists.
     *
     * @param documents of {@link Corpus}, persisted: they are read more than once
     * @param queries distinct {@link SearchResults#QUERY} with their vectors, null where they have none
     */
    static Dataset<Row> fused(Dataset<Row> documents, Dataset<Row> queries) {
        return fused(documents, queries, DOCUMENTS_PER_BLOCK, QUERIES_PER_BLOCK);
    }

    /** The same in blocks of other sizes, which change what it costs and never what it finds. */
    static Dataset<Row> fused(
            Dataset<Row> documents, Dataset<Row> queries, int documentsPerBlock, int queriesPerBlock) {
        Row statistics = documents
                .agg(count(lit(1)), coalesce(avg(size(col(Corpus.WORDS)).cast("double")), lit(0.0)))
                .head();
        long corpusSize = statistics.getLong(0);
        double meanLength = statistics.getDouble(1);
        Dataset<Row> worded = queries.withColumn(QUERY_WORDS, distinctWords(col(SearchResults.QUERY)));
        Dataset<Row> documentBlocks = documents
                .select(Corpus.ORDINAL, Corpus.BARRED, Categories.EMBEDDING, Corpus.WORDS)
                .mapPartitions(blocks(documentsPerBlock, CorpusRetrieval::documentBlock), Encoders.BINARY())
                .toDF(DOCUMENT_BLOCK);
        Dataset<Row> queryBlocks = withFrequencies(worded, documents)
                .mapPartitions(blocks(queriesPerBlock, rows -> queryBlock(rows, corpusSize)), Encoders.BINARY())
                .toDF(QUERY_BLOCK);
        return documentBlocks
                .crossJoin(broadcast(queryBlocks))
                .mapPartitions(scoring(meanLength), Encoders.row(SCORED))
                .groupBy(SearchResults.QUERY)
                .agg(
                        collect_list(BY_COSINE).as(BY_COSINE),
                        collect_list(BY_WORDS).as(BY_WORDS))
                .select(
                        col(SearchResults.QUERY),
                        fuse(col(BY_COSINE), col(BY_WORDS)).as(FUSED));
    }

    private static Column distinctWords(Column query) {
        return array_distinct(udf((String text) -> Words.of(text), DataTypes.createArrayType(DataTypes.StringType))
                .apply(query));
    }

    /** Queries with a map from each of their words to the number of documents that hold it. */
    private static Dataset<Row> withFrequencies(Dataset<Row> queries, Dataset<Row> documents) {
        Dataset<Row> queryWords = queries.select(
                col(SearchResults.QUERY), explode(col(QUERY_WORDS)).as(WORD));
        Dataset<Row> frequencies = documents
                .select(explode(array_distinct(col(Corpus.WORDS))).as(WORD))
                .join(broadcast(queryWords.select(WORD).distinct()), new String[] {WORD}, "left_semi")
                .groupBy(WORD)
                .agg(count(lit(1)).as(DOCUMENT_FREQUENCY));
        Dataset<Row> byQuery = queryWords
                .join(frequencies, new String[] {WORD})
                .groupBy(SearchResults.QUERY)
                .agg(map_from_entries(collect_list(struct(WORD, DOCUMENT_FREQUENCY)))
                        .as(FREQUENCIES));
        return queries.join(byQuery, new String[] {SearchResults.QUERY}, "left");
    }

    private static DocumentBlock documentBlock(List<Row> rows) {
        List<Document> documents = new ArrayList<>(rows.size());
        for (Row row : rows) {
            documents.add(new Document(
                    row.getLong(0),
                    row.getBoolean(1),
                    Vectors.unit(row.isNullAt(2) ? null : row.getList(2)),
                    row.getList(3)));
        }
        return new DocumentBlock(documents);
    }

    private static QueryBlock queryBlock(List<Row> rows, long corpusSize) {
        List<Query> queries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            List<String> words = List.copyOf(row.<String>getList(row.fieldIndex(QUERY_WORDS)));
            int frequencyColumn = row.fieldIndex(FREQUENCIES);
            Map<String, Long> frequencies = row.isNullAt(frequencyColumn) ? Map.of() : row.getJavaMap(frequencyColumn);
            double[] idf = words.stream()
                    .mapToDouble(word -> inverseDocumentFrequency(frequencies.getOrDefault(word, 0L), corpusSize))
                    .toArray();
            int vectorColumn = row.fieldIndex(Categories.EMBEDDING);
            double[] vector = Vectors.unit(row.isNullAt(vectorColumn) ? null : row.getList(vectorColumn));
            queries.add(new Query(row.getAs(SearchResults.QUERY), vector, words, idf));
        }
        return new QueryBlock(queries);
    }

    private static double inverseDocumentFrequency(long documents, long corpusSize) {
        return Math.log(1 + (corpusSize - documents + 0.5) / (documents + 0.5));
    }

    private static MapPartitionsFunction<Row, Row> scoring(double meanLength) {
        return pairs -> new Scoring(pairs, meanLength);
    }

    /** Scores pairs of blocks as they come. Pairs of one document block follow each other, so it is unpacked once. */
    private static final class Scoring implements Iterator<Row> {

        private final Iterator<Row> pairs;
        private final double meanLength;
        private byte[] unpacked = {};
        private DocumentBlock documents;
        private Iterator<Row> scored = List.<Row>of().iterator();

        Scoring(Iterator<Row> pairs, double meanLength) {
            this.pairs = pairs;
            this.meanLength = meanLength;
        }

        @Override
        public boolean hasNext() {
            while (!scored.hasNext() && pairs.hasNext()) {
                Row pair = pairs.next();
                byte[] packed = pair.getAs(DOCUMENT_BLOCK);
                if (!Arrays.equals(packed, unpacked)) {
                    documents = unpacked(packed, DocumentBlock.class);
                    unpacked = packed;
                }
                scored = scored(documents, unpacked(pair.getAs(QUERY_BLOCK), QueryBlock.class))
                        .iterator();
            }
            return scored.hasNext();
        }

        @Override
        public Row next() {
            return scored.next();
        }

        private List<Row> scored(DocumentBlock documents, QueryBlock queries) {
            List<TopDocuments> byCosine = documents.byCosine(queries, DEPTH);
            List<Row> rows = new ArrayList<>();
            for (int index = 0; index < queries.queries().size(); index++) {
                Query query = queries.queries().get(index);
                rows.add(RowFactory.create(
                        query.text(),
                        byCosine.get(index).toBytes(),
                        documents.byWords(query, meanLength, DEPTH).toBytes()));
            }
            return rows;
        }
    }

    private static Column fuse(Column byCosine, Column byWords) {
        return udf(
                        (Seq<byte[]> cosines, Seq<byte[]> words) -> RankFusion.fused(List.of(
                                TopDocuments.merged(DEPTH, CollectionConverters.asJava(cosines)),
                                TopDocuments.merged(DEPTH, CollectionConverters.asJava(words)))),
                        DataTypes.createArrayType(DataTypes.LongType))
                .apply(byCosine, byWords);
    }

    /** A serialisable function, to be sent to executors. */
    private interface BlockMaker extends Function<List<Row>, Serializable>, Serializable {}

    /** Packs the rows of a partition into blocks. */
    private static MapPartitionsFunction<Row, byte[]> blocks(int rowsPerBlock, BlockMaker maker) {
        return rows -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public byte[] next() {
                List<Row> block = new ArrayList<>();
                while (block.size() < rowsPerBlock && rows.hasNext()) {
                    block.add(rows.next());
                }
                return packed(maker.apply(block));
            }
        };
    }

    private static byte[] packed(Serializable block) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(block);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> T unpacked(byte[] packed, Class<T> type) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(packed)) {
            @Override
            protected Class<?> resolveClass(java.io.ObjectStreamClass description)
                    throws IOException, ClassNotFoundException {
                // Spark loads a submitted jar through the context class loader, which plain deserialisation ignores.
                return Class.forName(
                        description.getName(), false, Thread.currentThread().getContextClassLoader());
            }
        }) {
            return type.cast(in.readObject());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a block was written by another version of this program", e);
        }
    }
}
