package com.tiktokrec.jobs.taxonomy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Hashtags that say nothing of a video's content: pleas for reach, platform words, dates, moods. */
final class GenericHashtags implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String RESOURCE = "generic-hashtags.txt";

    /** Shapes of pleas for reach: {@code fyp} in all its spellings, "for you" in several languages, key mashing. */
    private static final Pattern SHAPE = Pattern.compile(String.join(
            "|",
            ".*f+y+p.*",
            ".*fo+r+(?:e?y|r)o+u.*",
            ".*4you.*|.*foryp.*|.*foyou.*|.*fory[opu]*page.*",
            ".*v[iy]r+a+l.*|.*вирал.*|.*فايرال.*|.*viral.*",
            "trend(?:ing|s)?.*",
            ".*explore(?:page|r)?|explore?page.*",
            "par[ae]*t+i+.*|fürdich.*|pourtoi.*|perte+|neiperte+|perteee*.*|voorjou.*|dlaciebie.*|keşfet.*|kesfet.*",
            "xyz.*|x+y+z+.*|abcxyz.*|zyx.*|.*xyzbca.*|.*xyzcba.*|xybca.*",
            ".*blow(?:this|me|it)?up.*|.*gets?this(?:on|to|viral).*|.*dontflop.*|.*nogetflop.*",
            ".*реком.*|реки?|врек.*|.*вреки.*",
            ".*おすすめ.*|.*運営.*|.*バズ.*",
            ".*추천.*",
            ".*เทรนด์.*|.*ฟีด.*|.*หน้าฟีด.*",
            ".*اكسبلور.*|.*ترند.*|.*لايك.*|.*متابع.*",
            ".*xuhuong.*|.*xuhướng.*|.*masukberanda.*|.*beranda.*",
            "(?:part|pt|parte|teil|partie|bagian|bölüm|episode|ep|episodio|day|dia|tag|jour|vol|chapter|pov|top|season|s|v|day)\\d+",
            "\\d+k?(?:followers?|likes?|views?|challenge)?"));

    private static final Pattern NO_LETTERS = Pattern.compile("[\\p{Nd}\\p{M}_]*");
    private static final Pattern YEAR_AT_END = Pattern.compile("_?(?:19|20)\\d\\d$");
    private static final Pattern DRAWN_OUT = Pattern.compile("(.)\\1{2,}");
    private static final Pattern MOSTLY_DIGITS = Pattern.compile("\\D{0,2}\\d+\\D{0,2}");

    private final Set<String> listed;

    private GenericHashtags(Set<String> listed) {
        this.listed = listed;
    }

    /** The list shipped with the program. */
    static GenericHashtags shipped() {
        try (InputStream stream = GenericHashtags.class.getResourceAsStream(RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return new GenericHashtags(lines.lines()
                    .filter(line -> !line.startsWith("//"))
                    .flatMap(line -> Arrays.stream(line.strip().split("\\s+")))
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.toCollection(HashSet::new)));
        } catch (IOException e) {
            throw new UncheckedIOException("the list " + RESOURCE + " cannot be read: check the program's jar", e);
        }
    }

    /** Number of listed hashtags. */
    int size() {
        return listed.size();
    }

    /** Whether a hashtag, in its stored form, says nothing of content. */
    boolean contains(String hashtag) {
        return listed.contains(hashtag)
                || listed.contains(YEAR_AT_END.matcher(hashtag).replaceFirst(""))
                || listed.contains(DRAWN_OUT.matcher(hashtag).replaceAll("$1"))
                || NO_LETTERS.matcher(hashtag).matches()
                || MOSTLY_DIGITS.matcher(hashtag).matches()
                || SHAPE.matcher(hashtag).matches();
    }
}
