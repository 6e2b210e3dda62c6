package org.headrace.perf.generate;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.perf.generate.host.AddressRange;
import org.headrace.perf.generate.host.Endpoint;
import org.headrace.perf.generate.host.Silence;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.generate.link.NeighbourAnswers;
import org.headrace.perf.generate.link.PacketLink;
import org.headrace.perf.generate.tcp.ClientCounts;
import org.headrace.perf.generate.tcp.ClientPlan;
import org.headrace.perf.generate.tcp.ConnectionRun;
import org.headrace.perf.generate.tcp.Payload;
import org.headrace.perf.generate.tcp.TcpClients;
import org.headrace.perf.lab.NetworkNamespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** {@code load connections}. */
@Command(
    name = "connections",
    sortOptions = false,
    description = {
        "Opens TCP connections, so many per second and so many at a time, without a kernel's sockets: millions are no",
        "problem. The other end may be any server; 'load answer' is one that is as light."},
    footer = {
        "", "Examples:",
        "  load connections --netns LAB-client --target 10.99.0.1:80 --source 10.16.0.0/16 --duration 10s",
        "  load connections --netns LAB-client --target 10.99.0.1:80 --source 10.16.0.0/16 --rate 100k \\",
        "      --count 1M --concurrent 1M --hold 30s --request 64 --response 64"})
final class ConnectionsCommand implements Callable<Integer>
{
    private static final int MAX_SLOTS = 1 << 27;
    private static final int MIN_PAIRS = 1 << 17;
    private static final int LOWEST_PORT = 1_024;
    private static final int MAX_REQUEST = 1_400;
    private static final int CAPTURED = 160;

    @Mixin
    private PlaceOption place;

    @Mixin
    private WayOption way;

    @Mixin
    private ReportOption report;

    @Option(names = "--target", paramLabel = "ADDRESS:PORT", required = true, description = "Where to connect to.")
    private Endpoint target;

    @Option(names = "--source", paramLabel = "RANGE", required = true,
        description = "Where from: an address, or a range as 10.16.0.0/16; the ways back have to lead here. " +
            "Questions for their MAC address are answered.")
    private AddressRange source;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "max",
        description = "New connections per second, or 'max'. Default: ${DEFAULT-VALUE}.")
    private Rate rate;

    @Option(names = "--concurrent", paramLabel = "N", defaultValue = "1000",
        description = "Most connections at a time. Default: ${DEFAULT-VALUE}.")
    private Count concurrent;

    @Option(names = "--count", paramLabel = "N", description = "Connections of the whole run. Default: no limit.")
    private Count count = new Count(Count.MAX);

    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "10s",
        description = "How long new ones are opened at most. Default: ${DEFAULT-VALUE}, or 1h with --count.")
    private Duration duration;

    @Option(names = "--pairs", paramLabel = "N",
        description = "Pairs of address and port to use in turn. Default: twice --concurrent, at least 131072. " +
            "What a balancer remembers of finished connections cannot be more.")
    private Count pairs;

    @Option(names = "--request", paramLabel = "BYTES", defaultValue = "0",
        description = "Data that each connection sends when it stands, at most 1400. Default: ${DEFAULT-VALUE}.")
    private Count request;

    @Option(names = "--response", paramLabel = "BYTES", defaultValue = "0",
        description = "Data that it then waits for. Default: none, an acknowledgement is enough.")
    private Count response;

    @Option(names = "--hold", paramLabel = "TIME", defaultValue = "0",
        description = "How long a connection stays after that. Default: not at all.")
    private Duration hold;

    @Option(names = "--close", paramLabel = "HOW", defaultValue = "fin",
        description = "How it ends: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Ending ending;

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "1s",
        description = "When a segment is repeated for the first time; the time doubles. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--attempts", paramLabel = "N", defaultValue = "5",
        description = "How often a segment is sent at most. Default: ${DEFAULT-VALUE}.")
    private Count attempts;

    @Option(names = "--no-silence",
        description = "Do not keep this namespace's kernel from seeing the answers. By default an nftables table " +
            "drops them behind our back: a kernel that has the address itself would reset the connections.")
    private boolean isNotSilent;

    /** How connections end. */
    enum Ending
    {
        /** In order. */
        fin,
        /** At once. */
        rst
    }

    @Override
    public Integer call()
    {
        final NetworkNamespace namespace = place.namespace();
        place.guard(way.interfaceName(), target.address());
        final ClientPlan plan = plan(namespace);
        final int longest = plan.longestFrame();
        final Silence silence = silence(namespace);
        try (FrameLink link = namespace.call(() -> new PacketLink(way.interfaceName(), longest, CAPTURED));
            TcpClients clients = new TcpClients(plan, link))
        {
            final ConnectionRun run = new ConnectionRun(SystemNanoClock.INSTANCE, link, clients,
                new NeighbourAnswers(plan.sourceMac(), plan.isIpv6(), plan.sourceHigh(), plan.sourceLow(),
                    plan.addresses()),
                rate.isUnlimited() ? ConnectionRun.UNLIMITED : rate.perSecond(), concurrent.value(), count.value(),
                duration().toNanos());
            return StopSignal.during(run::stop, () -> run(run, clients, link));
        }
        finally
        {
            if (silence != null)
            {
                silence.close();
            }
        }
    }

    private Duration duration()
    {
        final boolean isGiven = report.isGiven("--duration");
        return !isGiven && count.value() < Count.MAX ? Duration.ofHours(1) : duration;
    }

    private int run(final ConnectionRun run, final TcpClients clients, final FrameLink link)
    {
        final RunningThread thread = RunningThread.start("connections", () -> work(run));
        ClientCounts last = run.progress();
        while (!thread.awaitSecond())
        {
            final ClientCounts now = run.progress();
            report.progress(String.format(Locale.ROOT,
                "connected %s, standing %,d, completed %,d, failed %,d, repeated %,d",
                Quantities.perSecond(now.established() - last.established()), now.standing(), now.completed(),
                now.failed(), repeated(now)));
            last = now;
        }
        return summarize(run, clients, link.lost());
    }

    private void work(final ConnectionRun run)
    {
        place.pin();
        final IdleStrategy idle = new BackoffIdleStrategy(20, 20, 1_000, 50_000);
        int work = run.doWork();
        while (work >= 0)
        {
            idle.idle(work);
            work = run.doWork();
        }
    }

    private Silence silence(final NetworkNamespace namespace)
    {
        final String family = target.isIpv6() ? "ip6" : "ip";
        return isNotSilent ? null : Silence.of(namespace, way.interfaceName(), List.of(
            family + " daddr " + source + " tcp sport " + target.port()));
    }

    private ClientPlan plan(final NetworkNamespace namespace)
    {
        source.checkFamilyOf(target);
        final long most = (long)source.size() * ((1 << 16) - LOWEST_PORT);
        final int wanted = concurrent.within("concurrent", 1, MAX_SLOTS);
        final long slots = pairs != null ? pairs.within("pairs", 1, MAX_SLOTS) :
            Math.min(most, Math.min(MAX_SLOTS, Math.max(2L * wanted, MIN_PAIRS)));
        if (slots < wanted)
        {
            throw new IllegalArgumentException("concurrent=" + wanted + " > " + slots + (pairs != null ? "=pairs" :
                ", the pairs of address and port that source=" + source + " has"));
        }
        final NetworkLink link = way.link(namespace);
        final long hop = way.nextHop(namespace, target.address());
        final byte[] data = new byte[request.within("request", 0, MAX_REQUEST)];
        Arrays.fill(data, (byte)'x');
        final int responseBytes = response.within("response", 0, Integer.MAX_VALUE);
        if (data.length == 0 && responseBytes > 0)
        {
            throw new IllegalArgumentException("response=" + responseBytes + " without a request");
        }
        return new ClientPlan(target.isIpv6(), link.macAddress(), hop, source.high(), source.low(), source.size(),
            LOWEST_PORT, (int)slots, AddressRange.high(target.address()), AddressRange.low(target.address()),
            target.port(), new Payload(data), responseBytes, hold.toNanos(), ending == Ending.rst, timeout.toNanos(),
            attempts.within("attempts", 1, ClientPlan.MAX_ATTEMPTS), ThreadLocalRandom.current().nextInt());
    }

    private static long repeated(final ClientCounts counts)
    {
        return counts.synRepeated() + counts.requestsRepeated() + counts.finsRepeated();
    }

    private int summarize(final ConnectionRun run, final TcpClients clients, final long lost)
    {
        final ClientCounts counts = clients.counts();
        final double seconds = Quantities.seconds(run.openingNs());
        final Summary summary = new Summary()
            .add("time of opening", String.format(Locale.ROOT, "%.2f s", seconds), "openingSeconds", seconds)
            .count("opened", "opened", counts.opened())
            .count("connected", "established", counts.established())
            .count("completed", "completed", counts.completed())
            .count("failed", "failed", counts.failed())
            .rate("connected per second", "establishedPerSecondMean", run.establishedWhileOpening() / seconds)
            .count("most at a time", "mostStanding", counts.mostStanding())
            .countIfAny("failed: no answer to a SYN", "timedOut", counts.timedOut())
            .countIfAny("failed: refused", "refused", counts.refused())
            .countIfAny("failed: reset", "reset", counts.reset())
            .countIfAny("failed: no answer to request or FIN", "unanswered", counts.unanswered())
            .countIfAny("failed: response too short", "shortResponses", counts.shortResponses())
            .countIfAny("closed by the server first", "closedByPeer", counts.closedByPeer())
            .countIfAny("SYNs repeated", "synRepeated", counts.synRepeated())
            .countIfAny("requests repeated", "requestsRepeated", counts.requestsRepeated())
            .countIfAny("FINs repeated", "finsRepeated", counts.finsRepeated())
            .countIfAny("unexpected segments", "unexpected", counts.unexpected())
            .countIfAny("frames lost before they were read", "framesLost", lost)
            .count("segments sent", "segmentsSent", counts.sent())
            .count("segments received", "segmentsReceived", counts.received())
            .histogram("handshake", "handshake", clients.handshakes());
        if (!rate.isUnlimited())
        {
            summary.histogram("opened late by", "lateness", run.lateness());
        }
        summary.values().put("establishedPerSecond", run.establishedPerSecond());
        report.write(summary);
        return counts.failed() == 0 && counts.established() > 0 ? LoadTool.OK : LoadTool.FAILED;
    }
}
