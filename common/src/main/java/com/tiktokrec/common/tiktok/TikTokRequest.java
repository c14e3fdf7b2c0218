package com.tiktokrec.common.tiktok;

import com.tiktokrec.common.text.Hashes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One question to the API: two with the same endpoint and parameters are the same one. */
public record TikTokRequest(TikTokEndpoint endpoint, SortedMap<String, String> params) {

    public TikTokRequest {
        params = Collections.unmodifiableSortedMap(new TreeMap<>(params));
    }

    static TikTokRequest of(TikTokEndpoint endpoint, Map<String, String> params) {
        return new TikTokRequest(endpoint, new TreeMap<>(params));
    }

    /** SHA-256 over server, endpoint and sorted parameters: answers of a test server are no answers of the API. */
    String key(String server) {
        return Hashes.sha256(server + "\n" + this);
    }

    /** The path and the parameters, sorted. */
    @Override
    public String toString() {
        return endpoint.path()
                + params.entrySet().stream()
                        .map(param -> encoded(param.getKey()) + "=" + encoded(param.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
