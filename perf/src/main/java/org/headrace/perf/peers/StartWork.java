package org.headrace.perf.peers;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.DataPlaneKill;
import org.headrace.perf.load.SilenceProbe;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/** Starts from nothing, with a spare data plane as is usual, and then kills of the data plane. */
final class StartWork implements Work
{
    /** Milliseconds from the start of {@code headrace run} to the first answer. */
    static final String COLD = "cold-ms";
    /** Milliseconds from {@code kill -9} to the first answer. */
    static final String KILL = "kill-ms";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int QUICK_KILLS = 1;
    private static final int KILLS = 3;
    private static final double NS_PER_MS = 1e6;

    @Override
    public String title()
    {
        return "cold start, and kill -9 of the data plane";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return 6 + 5 * kills(pace);
    }

    @Override
    public void measure(final Turn turn)
    {
        final Lab lab = turn.lab();
        final InetSocketAddress target = new InetSocketAddress(LabNetwork.VIP, 53);
        try (SilenceProbe probe = SilenceProbe.start(lab.client(), target))
        {
            final HeadraceInstance[] headrace = new HeadraceInstance[1];
            try
            {
                turn.measure(_ ->
                {
                    final long startNs = System.nanoTime();
                    headrace[0] = HeadraceInstance.start(
                        lab, new HeadraceConfig(lab).io(turn.peer().name()).usual());
                    Await.until("the first answer", LIMIT, () -> probe.firstAnswerNs() != 0);
                    return Map.of(COLD, (probe.firstAnswerNs() - startNs) / NS_PER_MS);
                });
                for (int kill = 0; kill < kills(turn.pace()); kill++)
                {
                    turn.measure(_ -> Map.of(KILL, DataPlaneKill.silenceMs(headrace[0], probe)));
                }
            }
            finally
            {
                if (headrace[0] != null)
                {
                    headrace[0].close();
                }
            }
        }
    }

    private static int kills(final Pace pace)
    {
        return pace.isQuick() ? QUICK_KILLS : KILLS;
    }
}
