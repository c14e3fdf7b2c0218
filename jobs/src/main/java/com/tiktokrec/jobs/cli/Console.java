package com.tiktokrec.jobs.cli;

import java.io.PrintWriter;
import java.util.List;

/** Where a command speaks: results to standard output, what is wrong to standard error. */
record Console(PrintWriter out, PrintWriter err) {

    /** A line of a result. */
    void line(String text) {
        out.println(text);
    }

    /** Rows under a heading, columns aligned. */
    void table(List<String> heading, List<List<String>> rows) {
        new TextTable(heading, rows).lines().forEach(out::println);
    }

    /** The last line of a command that went wrong. */
    void problem(String message) {
        err.println("tiktok-rec: " + message);
    }
}
