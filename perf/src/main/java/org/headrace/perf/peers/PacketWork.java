package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.PacketGenerator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * 64-byte UDP packets from one CPU: at a few steady rates, and as many as the generator can make. What counts are
 * packets that arrive at the servers' interfaces.
 */
final class PacketWork implements Work
{
    /** Most that arrived at one of the steady rates. */
    static final String BEST = "best";
    /** What arrived when the generator made as many as it could. */
    static final String OVERLOAD = "overload";
    /** What the generator sent then. */
    static final String OVERLOAD_SENT = "overload-sent";
    /** Before a rate: what arrived at it. */
    static final String AT = "at-";

    private static final long WARM_RATE = 300_000;
    private static final double MEGA = 1e6;
    private static final List<Double> QUICK_RATES = List.of(0.5, 1.0, 1.5);
    private static final List<Double> RATES = List.of(0.25, 0.5, 1.0, 1.5, 2.0);

    private final int flows;
    private final boolean isOneServer;

    /** @param flows source ports, a power of two. @param isOneServer true if only the first server takes part. */
    PacketWork(final int flows, final boolean isOneServer)
    {
        this.flows = flows;
        this.isOneServer = isOneServer;
    }

    @Override
    public String title()
    {
        return "64-byte UDP, " + flows + " flows";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return (rates(pace).size() + 2) * pace.packetMillis() / 1e3 + 0.3;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Target target = turn.running().target();
        final int port = isOneServer || target.dns() == 0 ? target.dnsOne() : target.dns();
        final PacketGenerator generator = new PacketGenerator(
            turn.lab().client(), LabNetwork.HOST_LINK, UdpFrame.to(target, port), flows);
        generator.run(Setting.loadCpu(), WARM_RATE, turn.pace().packetNs());
        final long durationNs = turn.pace().packetNs();
        turn.measure(_ -> climb(turn, generator, durationNs));
        turn.measure(_ ->
        {
            final double[] rate = rate(turn.lab(), generator, Long.MAX_VALUE, durationNs);
            return Map.of(OVERLOAD, rate[1], OVERLOAD_SENT, rate[0]);
        });
    }

    private static Map<String, Double> climb(final Turn turn, final PacketGenerator generator, final long durationNs)
    {
        final Map<String, Double> figures = new LinkedHashMap<>();
        double best = 0;
        for (final double offered : rates(turn.pace()))
        {
            final double arrived = rate(turn.lab(), generator, Math.round(offered * MEGA), durationNs)[1];
            figures.put(String.format(Locale.ROOT, "%s%.2f", AT, offered), arrived);
            best = Math.max(best, arrived);
        }
        figures.put(BEST, best);
        return figures;
    }

    /** {sent, arrived} in millions of packets per second. */
    private static double[] rate(
        final Lab lab, final PacketGenerator generator, final long packetsPerSecond, final long durationNs)
    {
        final long before = received(lab);
        final long startNs = System.nanoTime();
        final long sent = generator.run(Setting.loadCpu(), packetsPerSecond, durationNs);
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        return new double[]{sent / seconds / MEGA, (received(lab) - before) / seconds / MEGA};
    }

    /** Packets that all servers' interfaces have received so far. */
    static long received(final Lab lab)
    {
        long sum = 0;
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            final String line = lab.server(server).call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")))
                .stream().filter(text -> text.strip().startsWith(LabNetwork.HOST_LINK + ":")).findFirst()
                .orElseThrow();
            sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+")[1]);
        }
        return sum;
    }

    static List<Double> rates(final Pace pace)
    {
        return pace.isQuick() ? QUICK_RATES : RATES;
    }
}
