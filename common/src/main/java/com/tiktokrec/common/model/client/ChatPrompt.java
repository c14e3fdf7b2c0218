package com.tiktokrec.common.model.client;

/**
 * One structured chat request.
 *
 * @param system what is asked; never holds strangers' text
 * @param user the data, delimited
 * @param schemaName name of the answer's schema, {@code [a-zA-Z0-9_-]{1,64}}
 * @param schema JSON schema of the answer, strict
 */
public record ChatPrompt(String system, String user, String schemaName, String schema) {}
