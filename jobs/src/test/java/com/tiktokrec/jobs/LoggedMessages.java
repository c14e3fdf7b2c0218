package com.tiktokrec.jobs;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What is logged to standard error while this is open. */
public final class LoggedMessages implements AutoCloseable {

    private static final class Appender extends AbstractAppender {

        private final Queue<String> messages = new ConcurrentLinkedQueue<>();

        Appender() {
            super("logged-messages", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            String thrown = event.getThrown() == null ? "" : " " + event.getThrown();
            messages.add(event.getLevel() + " " + event.getMessage().getFormattedMessage() + thrown);
        }
    }

    private final Appender appender = new Appender();
    private final LoggerConfig root;

    public LoggedMessages() {
        SharedSpark.session();
        root = ((LoggerContext) LogManager.getContext(false)).getConfiguration().getRootLogger();
        appender.start();
        root.addAppender(appender, null, null);
    }

    public List<String> messages() {
        return List.copyOf(appender.messages);
    }

    @Override
    public void close() {
        root.removeAppender(appender.getName());
        appender.stop();
    }
}
