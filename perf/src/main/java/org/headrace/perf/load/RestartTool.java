package org.headrace.perf.load;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measures how long no packet is forwarded when the data plane is killed: {@code kill -9} in the middle of traffic, one
 * question per millisecond, again and again, each time when a spare stands by. Argument: how often (default 10).
 */
public final class RestartTool
{
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private RestartTool()
    {
    }

    /** @param args as the class says. */
    public static void main(final String[] args)
    {
        final int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        final List<Double> silencesMs = new ArrayList<>();
        try (Lab lab = Lab.create())
        {
            final HeadraceInstance headrace = HeadraceInstance.start(lab, new HeadraceConfig(lab).usual());
            try (SilenceProbe probe = SilenceProbe.start(lab.client(), new InetSocketAddress(LabNetwork.VIP, 53)))
            {
                Await.until("the first answer", LIMIT, () -> probe.lastAnswerNs() != 0);
                for (int round = 1; round <= rounds; round++)
                {
                    silencesMs.add(DataPlaneKill.silenceMs(headrace, probe));
                    System.out.printf(Locale.ROOT, "round %d: kill -9 to the first answer %.0f ms%n", round,
                        silencesMs.getLast());
                }
            }
            System.out.println(headrace.process().output());
        }
        Collections.sort(silencesMs);
        System.out.printf(Locale.ROOT, "kill -9 to forwarding, ms: least %.0f, median %.0f, most %.0f (%d kills)%n",
            silencesMs.getFirst(), silencesMs.get(silencesMs.size() / 2), silencesMs.getLast(), silencesMs.size());
    }
}
