package org.headrace.perf.load;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.protocol.counters.CountersFile;

import java.time.Duration;

/** Kills a data plane in the middle of traffic, when a spare stands by. */
public final class DataPlaneKill
{
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final String STANDS_BY = "event=dataplane-stands-by";
    private static final String ENDED = "headrace: data plane ended";
    private static final double NS_PER_MS = 1e6;

    private DataPlaneKill()
    {
    }

    /**
     * @param headrace with a spare data plane.
     * @param probe    that asks through it all the time.
     * @return milliseconds from {@code kill -9} to the first answer.
     */
    public static double silenceMs(final HeadraceInstance headrace, final SilenceProbe probe)
    {
        Await.until("a spare", LIMIT, () -> lastIndexOf(headrace, STANDS_BY) > lastIndexOf(headrace, ENDED));
        Await.pass(REST);
        final long pid = pid(headrace);
        probe.restart();
        final long killNs = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Await.until("another data plane", LIMIT, () -> pid(headrace) != pid);
        Await.until("answers", LIMIT, () -> probe.lastAnswerNs() > killNs + REST.toNanos());
        return (probe.silenceEndNs() - killNs) / NS_PER_MS;
    }

    private static int lastIndexOf(final HeadraceInstance headrace, final String text)
    {
        return headrace.process().output().lastIndexOf(text);
    }

    private static long pid(final HeadraceInstance headrace)
    {
        try (CountersFile counters = headrace.counters())
        {
            return counters.pid();
        }
    }
}
