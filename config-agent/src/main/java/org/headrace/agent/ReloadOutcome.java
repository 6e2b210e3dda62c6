package org.headrace.agent;

import java.util.List;

/**
 * What became of a reload.
 *
 * @param timeMs   milliseconds since 1970.
 * @param isOk     true if the file is in force now.
 * @param text     for people.
 * @param changes  what the file changes.
 * @param problems of the file, warnings included.
 */
public record ReloadOutcome(long timeMs, boolean isOk, String text, List<String> changes, List<String> problems)
{
}
