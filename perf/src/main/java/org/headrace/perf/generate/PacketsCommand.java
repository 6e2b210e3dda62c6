package org.headrace.perf.generate;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.perf.generate.host.AddressRange;
import org.headrace.perf.generate.host.Endpoint;
import org.headrace.perf.generate.host.InterfaceCounters;
import org.headrace.perf.generate.host.NextHop;
import org.headrace.perf.generate.link.DatagramStream;
import org.headrace.perf.generate.link.FrameSender;
import org.headrace.perf.generate.link.PacketLink;
import org.headrace.perf.generate.link.XdpSender;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.NetworkNamespace;
import org.headrace.perf.load.PacketGenerator;
import org.headrace.perf.wire.FrameBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code load packets}. */
@Command(
    name = "packets",
    sortOptions = false,
    description = "Sends UDP packets of many flows, as many as one CPU can or at a rate, and counts what arrives.",
    footer = {
        "", "Examples, in a laboratory that 'demo --keep' has left:",
        "  load packets --netns LAB-client --target 10.99.0.1:53 --source 10.16.0.0/16 --flows 1048576 \\",
        "      --rate 500k --duration 10s --received LAB-server1:eth0,LAB-server2:eth0,LAB-server3:eth0",
        "  load packets --netns LAB-client --target [fd00:99::1]:53 --source fd00:1::/112 --size imix"})
final class PacketsCommand implements Callable<Integer>
{
    private static final int MIN_DURATION_MS = 100;
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);

    @Mixin
    private PlaceOption place;

    @Mixin
    private WayOption way;

    @Mixin
    private ReportOption report;

    @Option(names = "--target", paramLabel = "ADDRESS:PORT", required = true, description = "Where packets go to.")
    private Endpoint target;

    @Option(names = "--source", paramLabel = "RANGE", required = true,
        description = "Where they come from: an address, or a range as 10.16.0.0/16, of which at most 65536 " +
            "addresses are used.")
    private AddressRange source;

    @Option(names = "--flows", paramLabel = "N", defaultValue = "1024",
        description = "Pairs of source address and port, a power of two; each packet takes one at random. " +
            "Addresses come first: 65536 flows of a /16 have one port each. Default: ${DEFAULT-VALUE}.")
    private Count flows;

    @Option(names = "--size", paramLabel = "SIZES", defaultValue = "64",
        description = "Bytes of a frame without its check sequence: 64, 'imix' (64:7,590:4,1514:1), or such a list " +
            "with weights. Default: ${DEFAULT-VALUE}.")
    private String sizes;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "max",
        description = "Packets per second, or 'max'. Default: ${DEFAULT-VALUE}.")
    private Rate rate;

    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "10s",
        description = "How long. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(names = "--via", paramLabel = "HOW", defaultValue = "kernel",
        description = "${COMPLETION-CANDIDATES}: frames that the kernel makes itself (the fastest, for virtual " +
            "links), or that come from user space through a socket. Default: ${DEFAULT-VALUE}.")
    private Via via;

    @Option(names = "--received", paramLabel = "NETNS:INTERFACE", split = ",",
        description = "Count what these interfaces receive meanwhile, by the kernel's own counters.")
    private List<String> receivers = new ArrayList<>();

    @Option(names = "--max-loss", paramLabel = "PERCENT", defaultValue = "100",
        description = "Fail if more than this share of the packets did not arrive. Default: ${DEFAULT-VALUE}.")
    private double maxLoss;

    /** How frames get onto the interface. */
    enum Via
    {
        /** An XDP program's test run with live frames. */
        kernel,
        /** An AF_XDP socket. */
        af_xdp,
        /** A packet socket with a mapped ring. */
        af_packet
    }

    @Override
    public Integer call()
    {
        final NetworkNamespace namespace = place.namespace();
        place.guard(way.interfaceName(), target.address());
        if (duration.toMillis() < MIN_DURATION_MS)
        {
            throw new IllegalArgumentException("duration=" + duration.toMillis() + " ms < " + MIN_DURATION_MS + " ms");
        }
        source.checkFamilyOf(target);
        final InterfaceCounters counters = new InterfaceCounters(receivers);
        final PacketStream stream = stream(namespace);
        final long receivedBefore = counters.received();
        final long startNs = System.nanoTime();
        final RunningThread thread = RunningThread.start("generator", stream::run);
        long lastPackets = 0;
        long lastReceived = receivedBefore;
        while (!thread.awaitSecond())
        {
            final long packets = stream.sent().packets();
            final long received = counters.received();
            report.progress("sent " + Quantities.perSecond(packets - lastPackets) + (counters.isEmpty() ? "" :
                ", received " + Quantities.perSecond(received - lastReceived)));
            lastPackets = packets;
            lastReceived = received;
        }
        final double seconds = Quantities.seconds(System.nanoTime() - startNs);
        return summarize(stream.sent(), settled(counters) - receivedBefore, seconds, counters.isEmpty());
    }

    /** Packets may still be on their way: waits until the count stands still. */
    private static long settled(final InterfaceCounters counters)
    {
        final long[] last = {-1, counters.received()};
        Await.holdsWithin(SETTLE_LIMIT, () ->
        {
            final boolean isSettled = last[0] == last[1];
            last[0] = last[1];
            last[1] = counters.received();
            return isSettled;
        });
        return last[1];
    }

    private PacketStream stream(final NetworkNamespace namespace)
    {
        final PacketSizes packetSizes = PacketSizes.parse(sizes);
        final int addresses = Math.min(Math.min(source.size(), PacketGenerator.MAX_ADDRESSES),
            flows.within("flows", 1, Integer.MAX_VALUE));
        final long ports = flows.value() / addresses;
        if (Long.bitCount(flows.value()) != 1 || ports > PacketGenerator.MAX_PORTS)
        {
            throw new IllegalArgumentException("flows=" + flows + " (expected: a power of two <= " +
                (long)addresses * PacketGenerator.MAX_PORTS + " with source=" + source + ")");
        }
        final NetworkLink link = way.link(namespace);
        final int room = link.mtuBytes() + FrameBuilder.ETHERNET_LENGTH;
        if (packetSizes.longest() > room)
        {
            throw new IllegalArgumentException("size=" + packetSizes.longest() + " > " + room +
                ", the MTU of interface=" + way.interfaceName() + " and an Ethernet header");
        }
        final String hop = NextHop.format(way.nextHop(namespace, target.address()));
        final List<byte[]> frames = new ArrayList<>();
        for (final int length : packetSizes.lengths())
        {
            frames.add(frame(NextHop.format(link.macAddress()), hop, length));
        }
        if (via == Via.kernel)
        {
            return new KernelStream(new PacketGenerator(
                namespace, way.interfaceName(), frames, packetSizes.weights(), (int)ports, addresses));
        }
        return new SocketStream(namespace.call(() -> via == Via.af_xdp ? new XdpSender(way.interfaceName()) :
            new PacketLink(way.interfaceName(), packetSizes.longest(), 0)), frames, packetSizes.weights(), (int)ports,
            addresses);
    }

    /** Packets on their way, whoever makes them. */
    private interface PacketStream
    {
        void run();

        PacketGenerator.Sent sent();
    }

    /** Packets of the kernel's generator. */
    private final class KernelStream implements PacketStream
    {
        private final PacketGenerator generator;

        KernelStream(final PacketGenerator generator)
        {
            this.generator = generator;
        }

        @Override
        public void run()
        {
            generator.run(place.cpuOr(0), rate.perSecond(), duration.toNanos());
        }

        @Override
        public PacketGenerator.Sent sent()
        {
            return generator.progress();
        }
    }

    /** Packets from user space. */
    private final class SocketStream implements PacketStream
    {
        private final FrameSender sender;
        private final DatagramStream stream;

        SocketStream(
            final FrameSender sender, final List<byte[]> frames, final List<Integer> weights, final int ports,
            final int addresses)
        {
            this.sender = sender;
            stream = new DatagramStream(SystemNanoClock.INSTANCE, sender, frames, weights, ports, addresses,
                rate.perSecond(), System.nanoTime() | 1);
        }

        @Override
        public void run()
        {
            place.pin();
            final IdleStrategy idle = new BackoffIdleStrategy(20, 20, 1_000, 50_000);
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < duration.toNanos())
            {
                idle.idle(stream.doWork());
            }
            // What the kernel has not taken yet was counted.
            Await.holdsWithin(SETTLE_LIMIT, () -> sender.isDrained());
            sender.close();
        }

        @Override
        public PacketGenerator.Sent sent()
        {
            return new PacketGenerator.Sent(stream.packets(), stream.bytes());
        }
    }

    private byte[] frame(final String mac, final String hop, final int length)
    {
        final int headers = FrameBuilder.ETHERNET_LENGTH + 8 +
            (target.isIpv6() ? FrameBuilder.IPV6_LENGTH : FrameBuilder.IPV4_LENGTH);
        return new FrameBuilder(mac, hop, source.first().getHostAddress(), target.address().getHostAddress())
            .udp(1024, target.port(), new byte[Math.max(length - headers, 2)]).build();
    }

    private int summarize(
        final PacketGenerator.Sent sent, final long received, final double seconds, final boolean isBlind)
    {
        final Summary summary = new Summary()
            .add("time", String.format(Locale.ROOT, "%.2f s", seconds), "seconds", seconds)
            .count("sent", "sentPackets", sent.packets())
            .rate("sent rate", "sentPerSecond", sent.packets() / seconds)
            .add("sent bytes", String.format(Locale.ROOT, "%.3f Gbit/s", sent.bytes() * 8 / seconds / 1e9),
                "sentBytes", sent.bytes());
        double loss = 0;
        if (!isBlind)
        {
            loss = sent.packets() == 0 ? 0 : 100.0 * (sent.packets() - received) / sent.packets();
            summary.count("received", "receivedPackets", received)
                .rate("received rate", "receivedPerSecond", received / seconds)
                .add("lost", String.format(Locale.ROOT, "%.3f %%", loss), "lossPercent", loss);
        }
        report.write(summary);
        if (!isBlind && received == 0 && sent.packets() > 0)
        {
            report.err().println("load: nothing arrived. On veth the receiving end needs GRO (ethtool -K IF gro on)" +
                " or an XDP program of its own before it takes these frames.");
        }
        return sent.packets() == 0 || loss > maxLoss ? LoadTool.FAILED : LoadTool.OK;
    }
}
