package com.tiktokrec.common.config;

/** How chat calls are sent: one request at a time, or as a batch job at the provider's lower price. */
public enum ModelMode {
    ONLINE,
    BATCH
}
