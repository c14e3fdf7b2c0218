package com.tiktokrec.common.config;

/** Where candidate videos come from. */
public enum RetrievalSource {
    CORPUS,
    SEARCH,
    TRENDING
}
