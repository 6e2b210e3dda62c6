package org.headrace.perf.peers;

import java.util.Locale;

/** Says how far a run is and how long it will take, by the plan and by how much the plan was wrong so far. */
final class Progress
{
    private static final int SECONDS_PER_MINUTE = 60;

    private final double plannedSeconds;
    private final long startNs = System.nanoTime();
    private double doneSeconds;

    Progress(final double plannedSeconds)
    {
        this.plannedSeconds = plannedSeconds;
    }

    /** @param seconds that a finished step was to take. */
    void done(final double seconds)
    {
        doneSeconds += seconds;
    }

    void print(final String text)
    {
        System.out.println(line((System.nanoTime() - startNs) / 1e9, text));
    }

    /** @param elapsedSeconds since the start. @param text of the line. @return the line, with time gone and left. */
    String line(final double elapsedSeconds, final String text)
    {
        final double factor = doneSeconds > 0 ? elapsedSeconds / doneSeconds : 1;
        final double left = Math.max(0, plannedSeconds - doneSeconds) * factor;
        return String.format(Locale.ROOT, "[%s, %s left] %s", time(elapsedSeconds), time(left), text);
    }

    private static String time(final double seconds)
    {
        final long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d", whole / SECONDS_PER_MINUTE, whole % SECONDS_PER_MINUTE);
    }
}
