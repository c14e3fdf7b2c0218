package com.tiktokrec.jobs.taxonomy;

import java.util.List;

/**
 * Hashtags that mean the same: {@code cat}, {@code cats}, {@code catsoftiktok}.
 *
 * @param phrase the best known of them as words, without the platform's
 * @param hashtags all of them, strongest first
 * @param strength how much they are used, by how many
 * @param nameable fit to name a category: no account's name, no vague word
 * @param word whether the corpus knows it as a word: in captions, or inside other hashtags
 */
record Topic(String phrase, List<String> hashtags, double strength, boolean nameable, boolean word) {}
