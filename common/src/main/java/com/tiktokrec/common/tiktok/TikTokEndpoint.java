package com.tiktokrec.common.tiktok;

/** The endpoints of tiktok-api23 that are called. */
public enum TikTokEndpoint {
    USER_INFO("user/info", 1),
    USER_INFO_WITH_REGION("user/info-with-region", 1),
    USER_POSTS("user/posts", 35),
    USER_REPOSTS("user/repost", 30),
    LIKED_POSTS("user/liked-posts", 30),
    /** Brings 11 or 12 items a page, whatever was asked for. */
    SEARCH_VIDEO("search/video", 11),
    /** Has no pages: brings as many items as asked for, at best. */
    TRENDING("post/trending", 1);

    private final String path;
    private final int itemsPerPage;

    TikTokEndpoint(String path, int itemsPerPage) {
        this.path = path;
        this.itemsPerPage = itemsPerPage;
    }

    /** Its path under the base address, which is also its name in landing files. */
    public String path() {
        return path;
    }

    /** Items that a full page has. */
    int itemsPerPage() {
        return itemsPerPage;
    }

    /** Whether it tells about a user, rather than listing videos. */
    boolean isUser() {
        return this == USER_INFO || this == USER_INFO_WITH_REGION;
    }

    /** Pages that bring this many items, where they are full. */
    public int pagesFor(int items) {
        return (items + itemsPerPage - 1) / itemsPerPage;
    }
}
