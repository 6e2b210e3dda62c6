package org.headrace.perf.generate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.perf.generate.host.AddressRange;
import org.headrace.perf.generate.host.HostGuard;
import org.headrace.perf.generate.host.Silence;
import org.headrace.perf.generate.link.FrameHandler;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.generate.link.NeighbourAnswers;
import org.headrace.perf.generate.link.PacketLink;
import org.headrace.perf.generate.tcp.Payload;
import org.headrace.perf.generate.tcp.TcpAnswerer;
import org.headrace.perf.lab.NetworkNamespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code load answer}. */
@Command(
    name = "answer",
    sortOptions = false,
    description = {
        "Is the server for 'connections' and 'latency', without a kernel's sockets and without remembering anything:",
        "answers SYN, data and FIN of TCP, and sends UDP back. Prints 'ready', and goes on until it is stopped."},
    footer = {
        "", "Examples:",
        "  load answer --netns LAB-server1,LAB-server2,LAB-server3 --port 8080 --response 64",
        "  load answer --netns LAB-server1 --port 8080 --http 1000"})
final class AnswerCommand implements Callable<Integer>
{
    private static final int RECEIVE_LIMIT = 128;
    private static final int MAX_RESPONSE = 1_400;
    private static final int MAX_FRAME = 1_514;

    @Mixin
    private ReportOption report;

    @Option(names = "--netns", paramLabel = "NAME", split = ",", defaultValue = "",
        description = "Network namespaces of the servers. Default: the one that this runs in.")
    private List<String> names;

    @Option(names = "--allow-host-network", description = "Answer in the host's own network, too.")
    private boolean isHostAllowed;

    @Option(names = "--cpu", paramLabel = "N", description = "CPU to work on. Default: any.")
    private Integer cpu;

    @Option(names = "--interface", paramLabel = "NAME", defaultValue = "eth0",
        description = "Interface of each. Default: ${DEFAULT-VALUE}.")
    private String interfaceName;

    @Option(names = "--port", paramLabel = "N", required = true, description = "TCP and UDP port to answer at.")
    private Count port;

    @Option(names = "--address", paramLabel = "RANGE",
        description = "Answer questions for the MAC address of these, too. Default: the kernel's addresses, which it " +
            "answers for itself.")
    private AddressRange address;

    @Option(names = "--response", paramLabel = "BYTES", defaultValue = "0",
        description = "Data in answer to data, at most 1400. Default: ${DEFAULT-VALUE}.")
    private Count response;

    @Option(names = "--http", paramLabel = "BYTES",
        description = "Answer data with an HTTP response whose body is so long: each request must fit a segment.")
    private Count http;

    @Option(names = "--duration", paramLabel = "TIME", description = "How long. Default: until stopped.")
    private Duration duration;

    @Option(names = "--no-silence",
        description = "Do not keep the kernels from seeing what is answered here; they would answer with resets.")
    private boolean isNotSilent;

    private final List<Silence> silences = new ArrayList<>();
    private final List<FrameLink> links = new ArrayList<>();
    private final List<FrameHandler> handlers = new ArrayList<>();
    private final List<TcpAnswerer> answerers = new ArrayList<>();
    private volatile boolean isStopped;
    private volatile long answered;

    @Override
    public Integer call()
    {
        final Payload payload = payload();
        final int portNumber = port.within("port", 1, 0xFFFF);
        return StopSignal.during(() -> isStopped = true, () ->
        {
            try
            {
                names.forEach(name -> open(new NetworkNamespace(name), portNumber, payload));
                return run();
            }
            finally
            {
                links.forEach(FrameLink::close);
                silences.forEach(Silence::close);
            }
        });
    }

    private int run()
    {
        report.out().println("ready");
        final long startNs = System.nanoTime();
        final RunningThread thread = RunningThread.start("answer", () -> work(startNs));
        long last = 0;
        while (!thread.awaitSecond())
        {
            final long now = answered;
            report.progress("frames " + Quantities.perSecond(now - last));
            last = now;
        }
        final double seconds = Quantities.seconds(System.nanoTime() - startNs);
        report.write(new Summary()
            .add("time", String.format(java.util.Locale.ROOT, "%.2f s", seconds), "seconds", seconds)
            .count("SYNs answered", "syns", answerers.stream().mapToLong(TcpAnswerer::syns).sum())
            .count("requests answered", "requests", answerers.stream().mapToLong(TcpAnswerer::requests).sum())
            .count("FINs answered", "fins", answerers.stream().mapToLong(TcpAnswerer::fins).sum())
            .count("resets received", "resets", answerers.stream().mapToLong(TcpAnswerer::resets).sum())
            .count("datagrams sent back", "datagrams", answerers.stream().mapToLong(TcpAnswerer::datagrams).sum())
            .countIfAny("frames lost before they were read", "framesLost",
                links.stream().mapToLong(FrameLink::lost).sum()));
        return LoadTool.OK;
    }

    private Payload payload()
    {
        if (http == null)
        {
            final byte[] data = new byte[response.within("response", 0, MAX_RESPONSE)];
            Arrays.fill(data, (byte)'y');
            return new Payload(data);
        }
        final int length = http.within("http", 0, MAX_RESPONSE - 100);
        final byte[] head = ("HTTP/1.1 200 OK\r\nX-Server: load\r\nContent-Length: " + length + "\r\n\r\n")
            .getBytes(ISO_8859_1);
        final byte[] data = Arrays.copyOf(head, head.length + length);
        Arrays.fill(data, head.length, data.length, (byte)'y');
        return new Payload(data);
    }

    private void open(final NetworkNamespace namespace, final int portNumber, final Payload payload)
    {
        if (!Files.exists(Path.of(namespace.path())))
        {
            throw new IllegalArgumentException("netns=" + namespace.name() + " does not exist");
        }
        if (!isHostAllowed)
        {
            HostGuard.check(namespace, interfaceName, InetAddress.getLoopbackAddress());
        }
        final NetworkLink network = namespace.call(() -> NetworkLink.find(interfaceName));
        if (!isNotSilent)
        {
            silences.add(Silence.of(namespace, interfaceName, List.of(
                "tcp dport " + portNumber, "udp dport " + portNumber)));
        }
        final FrameLink link = namespace.call(() -> new PacketLink(interfaceName, MAX_FRAME, MAX_FRAME));
        links.add(link);
        final TcpAnswerer answerer = new TcpAnswerer(link, network.macAddress(), portNumber, payload);
        answerers.add(answerer);
        handlers.add(address == null ? answerer : withNeighbours(link, network.macAddress(), answerer));
    }

    private FrameHandler withNeighbours(final FrameLink link, final long mac, final TcpAnswerer answerer)
    {
        final NeighbourAnswers neighbours =
            new NeighbourAnswers(mac, address.isIpv6(), address.high(), address.low(), address.size());
        return (frame, lengthBytes) ->
        {
            if (!neighbours.onFrame(frame, lengthBytes, link))
            {
                answerer.onFrame(frame, lengthBytes);
            }
        };
    }

    private void work(final long startNs)
    {
        if (cpu != null)
        {
            ThreadAffinity.pinCurrentThread(cpu);
        }
        final IdleStrategy idle = new BackoffIdleStrategy(20, 20, 1_000, 50_000);
        final long limitNs = duration == null ? Long.MAX_VALUE : duration.toNanos();
        while (!isStopped && System.nanoTime() - startNs < limitNs)
        {
            int work = 0;
            for (int i = 0; i < links.size(); i++)
            {
                final FrameLink link = links.get(i);
                if (link.hasRoom(RECEIVE_LIMIT))
                {
                    work += link.receive(handlers.get(i), RECEIVE_LIMIT);
                }
                link.flush();
            }
            answered += work;
            idle.idle(work);
        }
    }
}
