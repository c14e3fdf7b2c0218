package com.tiktokrec.common.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;

/**
 * Messages between executors and driver as bytes. An executor's own classes are those of the cluster's Spark; what came
 * with spark-submit is another loader's, which the threads that read its messages don't know, and one object of such a
 * class in an answer ends the connection and with it the executor. Bytes are read by this class, on a thread of ours.
 */
final class MessageBytes {

    private MessageBytes() {}

    static byte[] of(Object message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Object read(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the other side is of another version of this program", e);
        }
    }
}
