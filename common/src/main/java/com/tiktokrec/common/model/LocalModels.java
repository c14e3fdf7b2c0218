package com.tiktokrec.common.model;

import com.tiktokrec.common.RunFailure;
import com.tiktokrec.common.model.client.LocalEmbeddingModel;

/** Names of embedding models that run in this process. */
public final class LocalModels {

    private static final String BUILT_IN_NAME = "bge-small-en-v1.5-q@384";

    private LocalModels() {}

    /**
     * {@code model@dimensions} of the built-in model or of a folder's.
     *
     * @throws RunFailure exit 2 where the folder holds no model that can be loaded
     */
    public static String name(String localModel) {
        if (localModel.equals(EmbeddingSpec.BUILT_IN)) {
            return BUILT_IN_NAME;
        }
        try {
            LocalEmbeddingModel model = ModelClients.localModel(localModel);
            return model.name() + "@" + model.dimensions();
        } catch (IllegalArgumentException e) {
            throw RunFailure.usage("models.embedding.local-model: " + e.getMessage());
        }
    }
}
