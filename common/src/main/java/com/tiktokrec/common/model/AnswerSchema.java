package com.tiktokrec.common.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds a model's answer against the schema that it was given: types, bounds and allowed values. */
final class AnswerSchema {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final int LISTED_PROBLEMS = 5;

    private AnswerSchema() {}

    /** What is wrong with an answer, worded for the model; empty where it fits. */
    static Optional<String> problem(String schema, String answer) {
        JsonNode parsed;
        try {
            parsed = JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            return Optional.of("the answer is not valid JSON: " + e.getOriginalMessage());
        }
        JsonSchema compiled = SCHEMAS.getSchema(schema, InputFormat.JSON);
        Set<ValidationMessage> problems = compiled.validate(parsed);
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(problems.stream()
                .map(ValidationMessage::getMessage)
                .sorted(Comparator.naturalOrder())
                .limit(LISTED_PROBLEMS)
                .collect(Collectors.joining("; ")));
    }
}
