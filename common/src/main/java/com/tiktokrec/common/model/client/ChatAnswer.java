package com.tiktokrec.common.model.client;

/**
 * What a chat model answered.
 *
 * @param content the answer's text, empty where it was refused
 * @param finish why the model stopped
 * @param promptTokens tokens read, as the provider counted them, 0 where it counts none
 * @param completionTokens tokens written, 0 where the provider counts none
 * @param attempts calls it took to get this answer, 1 where none was retried
 */
public record ChatAnswer(String content, Finish finish, long promptTokens, long completionTokens, int attempts) {

    /** Why a model stopped writing. */
    public enum Finish {
        /** The answer is whole. */
        STOP,
        /** Cut at the token limit: the content is not to be parsed. */
        LENGTH,
        /** The model refused, or a content filter stopped it. */
        REFUSED
    }

    /** An answer to the first attempt. */
    public ChatAnswer(String content, Finish finish, long promptTokens, long completionTokens) {
        this(content, finish, promptTokens, completionTokens, 1);
    }

    ChatAnswer withAttempts(int count) {
        return new ChatAnswer(content, finish, promptTokens, completionTokens, count);
    }
}
