package com.tiktokrec.common.text;

import java.io.Serializable;

/** A category that a video touches: 1.0 where its tag stands in the video, 0.5 for a keyword or one word of the tag. */
public record Credit(String tag, double credit) implements Serializable {}
