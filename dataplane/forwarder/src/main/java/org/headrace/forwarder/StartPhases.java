package org.headrace.forwarder;

import java.util.concurrent.TimeUnit;

/** How long each part of a start took, for one line of the log. */
final class StartPhases
{
    private final StringBuilder text = new StringBuilder();
    private final long startNs = System.nanoTime();
    private long lastNs = startNs;

    /** @param phase that has just ended. */
    void end(final String phase)
    {
        final long nowNs = System.nanoTime();
        text.append(phase).append("Ms=").append(TimeUnit.NANOSECONDS.toMillis(nowNs - lastNs)).append(' ');
        lastNs = nowNs;
    }

    /** @return all phases so far, and their sum. */
    @Override
    public String toString()
    {
        return text + "totalMs=" + TimeUnit.NANOSECONDS.toMillis(lastNs - startNs);
    }
}
