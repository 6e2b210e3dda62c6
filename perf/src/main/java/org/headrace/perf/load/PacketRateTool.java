package org.headrace.perf.load;

import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.NftablesBalancer;
import org.headrace.perf.wire.FrameBuilder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures how many 64-byte UDP packets per second reach the servers. Arguments: {@code headrace} or {@code nftables},
 * flows (a power of two), and one rate after the other in packets per second ({@code max} for no limit).
 */
public final class PacketRateTool
{
    private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(8);
    private static final int FRAME_LENGTH = 64;

    private PacketRateTool()
    {
    }

    /**
     * @param args as the class says.
     * @throws Exception if something in the laboratory fails.
     */
    public static void main(final String[] args) throws Exception
    {
        final List<String> arguments = args.length >= 3 ? List.of(args) : List.of("headrace", "1024", "1200000", "max");
        try (Lab lab = Lab.create())
        {
            lab.balancer().check("ethtool", "-K", LabNetwork.CLIENT_LINK, "gro", "on");
            lab.silence();
            if (arguments.get(0).equals("nftables"))
            {
                NftablesBalancer.start(lab, LabNetwork.SERVERS);
            }
            else
            {
                HeadraceInstance.start(lab, new HeadraceConfig(lab).usual());
            }
            final PacketGenerator generator = new PacketGenerator(
                lab.client(), LabNetwork.HOST_LINK, frame(), Integer.parseInt(arguments.get(1)));
            measure(lab, generator, "warm-up", 500_000, WARM_UP_NS);
            for (final String rate : arguments.subList(2, arguments.size()))
            {
                measure(lab, generator, arguments.get(0),
                    rate.equals("max") ? Long.MAX_VALUE : Long.parseLong(rate), DURATION_NS);
            }
        }
    }

    private static void measure(
        final Lab lab, final PacketGenerator generator, final String what, final long rate, final long durationNs)
        throws Exception
    {
        final long before = received(lab);
        final long startNs = System.nanoTime();
        final long sent = generator.run(0, rate, durationNs);
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final long arrived = received(lab) - before;
        System.out.printf(Locale.ROOT, "%s: sent %.3f Mpps, arrived %.3f Mpps, lost %.2f%%%n", what,
            sent / seconds / 1e6, arrived / seconds / 1e6, 100.0 * (sent - arrived) / sent);
    }

    private static long received(final Lab lab) throws Exception
    {
        long sum = 0;
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            final String line = lab.server(server).call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")))
                .stream().filter(text -> text.strip().startsWith(LabNetwork.HOST_LINK + ":")).findFirst().orElseThrow();
            sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip().split("\\s+")[1]);
        }
        return sum;
    }

    private static byte[] frame()
    {
        final int headers = FrameBuilder.ETHERNET_LENGTH + FrameBuilder.IPV4_LENGTH + 8;
        return new FrameBuilder("02:00:00:00:00:02", "02:00:00:00:00:01", LabNetwork.clientAddress(0), LabNetwork.VIP)
            .udp(1024, 53, new byte[FRAME_LENGTH - headers]).withoutChecksum().build();
    }
}
