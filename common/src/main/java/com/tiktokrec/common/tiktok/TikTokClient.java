package com.tiktokrec.common.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The API by what one wants of it. Lists are read page by page until there is enough, or no more: a page that brings no
 * video not seen before ends a list, whatever it says about more to follow. All methods throw {@link TikTokFailure}.
 */
public final class TikTokClient {

    /** Short pages are common, so more are allowed than full ones would make. */
    private static final int SPARE_PAGES = 3;

    private final TikTokApi api;

    public TikTokClient(TikTokApi api) {
        this.api = api;
    }

    /** A user with region and language where they can be had, else without; empty where there is no such user. */
    public Optional<Account> user(String username) {
        Map<String, String> params = Map.of("uniqueId", name(username));
        try {
            return Account.of(fetch(TikTokEndpoint.USER_INFO_WITH_REGION, params));
        } catch (TikTokFailure e) {
            if (e.kind().stopsTheRun() || e.kind().isAnAnswer()) {
                throw e;
            }
            return Account.of(fetch(TikTokEndpoint.USER_INFO, params));
        }
    }

    /** A user's posts, newest first: at least as many as wanted where there are so many, in whole pages. */
    public List<Video> posts(String secUid, int wanted) {
        return list(TikTokEndpoint.USER_POSTS, secUid, wanted);
    }

    /** Videos that a user reposted. */
    public List<Video> reposts(String secUid, int wanted) {
        return list(TikTokEndpoint.USER_REPOSTS, secUid, wanted);
    }

    /** Videos that a user liked; none where the user keeps them private. */
    public List<Video> likedPosts(String secUid, int wanted) {
        return list(TikTokEndpoint.LIKED_POSTS, secUid, wanted);
    }

    /** Videos that a search finds, best first. */
    public List<Video> search(String keyword, int wanted) {
        return paged(TikTokEndpoint.SEARCH_VIDEO, wanted, last -> {
            Map<String, String> params = new LinkedHashMap<>();
            params.put("keyword", keyword.strip());
            params.put("cursor", last.flatMap(VideoPage::cursor).orElse("0"));
            last.flatMap(VideoPage::searchId).ifPresent(id -> params.put("search_id", id));
            return params;
        });
    }

    /** What trends now; this endpoint has no pages. */
    public List<Video> trending(int count) {
        return VideoPage.of(fetch(TikTokEndpoint.TRENDING, Map.of("count", Integer.toString(count))))
                .videos();
    }

    private List<Video> list(TikTokEndpoint endpoint, String secUid, int wanted) {
        return paged(
                endpoint,
                wanted,
                last -> Map.of(
                        "secUid", secUid,
                        "count", Integer.toString(endpoint.itemsPerPage()),
                        "cursor", last.flatMap(VideoPage::cursor).orElse("0")));
    }

    /** @param params of the page after another, or of the first */
    private List<Video> paged(
            TikTokEndpoint endpoint, int wanted, Function<Optional<VideoPage>, Map<String, String>> params) {
        List<Video> videos = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> cursors = new HashSet<>(Set.of("0"));
        Optional<VideoPage> last = Optional.empty();
        int mostPages = 2 * endpoint.pagesFor(wanted) + SPARE_PAGES;
        for (int pages = 0; pages < mostPages && videos.size() < wanted; pages++) {
            VideoPage page = VideoPage.of(fetch(endpoint, params.apply(last)));
            int before = videos.size();
            page.videos().stream().filter(video -> seen.add(video.id())).forEach(videos::add);
            boolean bringsNothing = videos.size() == before;
            boolean leadsBack =
                    page.cursor().map(cursor -> !cursors.add(cursor)).orElse(true);
            if (!page.hasMore() || bringsNothing || leadsBack) {
                break;
            }
            last = Optional.of(page);
        }
        return videos;
    }

    private JsonNode fetch(TikTokEndpoint endpoint, Map<String, String> params) {
        return api.fetch(TikTokRequest.of(endpoint, params)).body();
    }

    private static String name(String username) {
        return username.strip().replaceFirst("^@", "").toLowerCase(Locale.ROOT);
    }
}
