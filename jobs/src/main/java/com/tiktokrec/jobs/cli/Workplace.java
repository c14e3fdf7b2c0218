package com.tiktokrec.jobs.cli;

import java.time.Clock;
import java.util.Map;

/** What commands get from the process around them. */
record Workplace(Console console, Clock clock, Map<String, String> environment) {}
