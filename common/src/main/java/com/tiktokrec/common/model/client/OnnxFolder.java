package com.tiktokrec.common.model.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The files of a local embedding model: one ONNX file and its tokenizer. */
record OnnxFolder(Path folder, Path onnx, Path tokenizer) {

    static OnnxFolder of(Path folder) {
        Path tokenizer = folder.resolve("tokenizer.json");
        if (!Files.isDirectory(folder)) {
            throw unusable("there is no such folder", folder);
        }
        List<Path> models = onnxFiles(folder);
        if (models.size() != 1) {
            throw unusable("the folder holds " + models.size() + " files named *.onnx", folder);
        }
        if (!Files.isRegularFile(tokenizer)) {
            throw unusable("the folder holds no tokenizer.json", folder);
        }
        return new OnnxFolder(folder, models.get(0), tokenizer);
    }

    private static List<Path> onnxFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IllegalArgumentException unusable(String cause, Path folder) {
        return new IllegalArgumentException("The local embedding model cannot be loaded: " + cause
                + "; give a folder with exactly one *.onnx file and its tokenizer.json (value: " + folder + ")");
    }

    InputStream openTokenizer() throws IOException {
        return Files.newInputStream(tokenizer);
    }

    /** {@code <folder name>-<first 8 hex digits of the ONNX file's SHA-256>}. */
    String modelName() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream bytes = new DigestInputStream(Files.newInputStream(onnx), digest)) {
                bytes.transferTo(OutputStream.nullOutputStream());
            }
            String hex = HexFormat.of().formatHex(digest.digest());
            return folder.toRealPath().getFileName() + "-" + hex.substring(0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
