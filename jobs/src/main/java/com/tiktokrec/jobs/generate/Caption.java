package com.tiktokrec.jobs.generate;

import java.util.List;

/**
 * The text of a video and what TikTok recognised in it. {@code hashtags} may lack some that the text has.
 */
record Caption(String text, List<String> hashtags, List<Span> spans) {

    /** A hashtag or mention and its place in the text, in UTF-16 units; one of the two names is empty. */
    record Span(int start, int end, String hashtag, String mention) {}
}
