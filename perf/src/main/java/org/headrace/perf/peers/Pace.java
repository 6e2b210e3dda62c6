package org.headrace.perf.peers;

import java.util.concurrent.TimeUnit;

/**
 * How long and how often is measured.
 *
 * @param isQuick      true for the short way.
 * @param runs         turns of each peer at each discipline.
 * @param seconds      length of a measurement by programs that count in seconds.
 * @param warmSeconds  length of what goes before and does not count.
 * @param packetMillis length of a measurement of packets.
 */
record Pace(boolean isQuick, int runs, int seconds, int warmSeconds, int packetMillis)
{
    private static final int QUICK_RUNS = 2;
    private static final int RUNS = 5;

    /** @param runs asked for; 0 for the usual number. */
    static Pace quick(final int runs)
    {
        return new Pace(true, runs > 0 ? runs : QUICK_RUNS, 1, 1, 500);
    }

    /** @param runs asked for; 0 for the usual number. */
    static Pace full(final int runs)
    {
        return new Pace(false, runs > 0 ? runs : RUNS, 2, 2, 1_000);
    }

    long packetNs()
    {
        return TimeUnit.MILLISECONDS.toNanos(packetMillis);
    }
}
