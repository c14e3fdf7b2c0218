package com.tiktokrec.common.text;

import java.io.Serializable;
import java.util.List;

/**
 * A content category.
 *
 * @param tag lower-case identifier with underscores
 * @param description one or two sentences
 * @param keywords 5 to 10 related terms
 */
public record Category(String tag, String description, List<String> keywords) implements Serializable {

    /** The text that is embedded for this category. */
    public String text() {
        return VideoText.ofCategory(tag, description, keywords);
    }
}
