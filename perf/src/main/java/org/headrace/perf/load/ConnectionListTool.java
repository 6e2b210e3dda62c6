package org.headrace.perf.load;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.wire.FrameBuilder;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimes;
import org.headrace.protocol.counters.WorkerCounter;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Measures what it costs to look at the connections of a working data plane: fills one worker's table with UDP
 * connections from random clients, lets steady traffic run, and lists the connections in several ways meanwhile.
 *
 * <p>Of each way it prints how long it took, the worker's cycle times, packets lost before the worker, how long a
 * change of weight took in the middle of it, and time and memory of agent and command.
 */
public final class ConnectionListTool
{
    private static final String USAGE = """
        Usage: ConnectionListTool [CONNECTIONS [PACKETS_PER_SECOND [REST_SECONDS]]]
          CONNECTIONS         to fill the table with (default 10000000, at most 15000000)
          PACKETS_PER_SECOND  of the steady traffic (default 20000)
          REST_SECONDS        length of the phases without listing (default 20)""";
    private static final int FLOWS = 1 << 15;
    private static final int ADDRESSES = 512;
    private static final int STEADY_FLOWS = 1_024;
    private static final int MAX_CONNECTIONS = 15_000_000;
    private static final long FILL_PACKETS_PER_SECOND = 250_000;
    private static final long FILL_STEP_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int GENERATOR_CPU = 0;
    private static final int DNS_PORT = 53;

    private final Lab lab;
    private final HeadraceInstance headrace;
    private final CountersFile counters;
    private final AtomicBoolean isStopped = new AtomicBoolean();

    private ConnectionListTool(final Lab lab, final HeadraceInstance headrace, final CountersFile counters)
    {
        this.lab = lab;
        this.headrace = headrace;
        this.counters = counters;
    }

    /** @param args as the usage says. */
    public static void main(final String[] args)
    {
        if (args.length > 3 || args.length > 0 && !args[0].matches("[0-9]{1,8}"))
        {
            System.out.println(USAGE);
            return;
        }
        final int connections = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        final long packetsPerSecond = args.length > 1 ? Long.parseLong(args[1]) : 20_000;
        final Duration rest = Duration.ofSeconds(args.length > 2 ? Long.parseLong(args[2]) : 20);
        if (connections > MAX_CONNECTIONS)
        {
            System.out.println(USAGE);
            return;
        }
        try (Lab lab = Lab.create())
        {
            lab.balancer().check("ethtool", "-K", LabNetwork.CLIENT_LINK, "gro", "on");
            lab.silence();
            final HeadraceInstance headrace = HeadraceInstance.start(lab, new HeadraceConfig(lab)
                .connections(connections + STEADY_FLOWS).timeout("2h")
                .listener("dns", "udp", DNS_PORT, 5353, "wrr", List.of(1, 1, 1)));
            try (CountersFile counters = headrace.counters())
            {
                new ConnectionListTool(lab, headrace, counters).run(connections, packetsPerSecond, rest);
            }
        }
    }

    private void run(final int connections, final long packetsPerSecond, final Duration rest)
    {
        fill(connections);
        final Thread traffic = Thread.ofPlatform().daemon().name("traffic").start(() -> drive(packetsPerSecond));
        Await.pass(Duration.ofSeconds(5));
        print("way to look", "seconds", "cycles", "p50 us", "p99 us", "p99.9 us", "max us", "lost", "weight ms p50",
            "max", "agent CPU s", "agent MiB", "command CPU s", "command MiB");
        measure("nobody looks", () -> rest(rest));
        measure("`--count`", () -> list("--count"));
        measure("`--count`, matches nothing", () -> list("--count", "--client", "192.0.2.1"));
        measure("`--all`, one client net of 32", () -> list("--all", "--client", "10.16.1.0/28"));
        measure("`--all`", () -> list("--all"));
        measure("`--all --json`", () -> list("--all", "--json"));
        measure("nobody looks", () -> rest(rest));
        isStopped.set(true);
        Await.until("the end of the traffic", Duration.ofSeconds(60), () -> !traffic.isAlive());
    }

    private void fill(final int connections)
    {
        final PacketGenerator generator = new PacketGenerator(
            lab.client(), LabNetwork.HOST_LINK, frame("10.16.0.0"), FLOWS, ADDRESSES);
        final long startNs = System.nanoTime();
        while (counters.get(0, WorkerCounter.CONNECTIONS) < connections)
        {
            generator.run(GENERATOR_CPU, FILL_PACKETS_PER_SECOND, FILL_STEP_NS);
            System.err.printf(Locale.ROOT, "filling: %,d of %,d connections after %d s%n",
                counters.get(0, WorkerCounter.CONNECTIONS), connections, seconds(startNs));
        }
    }

    private void drive(final long packetsPerSecond)
    {
        final PacketGenerator generator = new PacketGenerator(
            lab.client(), LabNetwork.HOST_LINK, frame(LabNetwork.clientAddress(0)), STEADY_FLOWS);
        while (!isStopped.get())
        {
            generator.run(GENERATOR_CPU, packetsPerSecond, TimeUnit.SECONDS.toNanos(1));
        }
    }

    private void measure(final String what, final Looker looker)
    {
        final WeightProbe probe = WeightProbe.start(lab.runtimeDirectory());
        final long overruns = counters.get(0, WorkerCounter.RING_OVERRUN);
        final CycleTimes before = counters.cycleTimes(0);
        final long startNs = System.nanoTime();
        final Duration agentBefore = agent().info().totalCpuDuration().orElseThrow();
        final ProcessPeak command = looker.look();
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final CycleTimes cycles = counters.cycleTimes(0).since(before);
        probe.close();
        print(what, String.format(Locale.ROOT, "%.1f", seconds), cycles.count(), micros(cycles.percentileNs(0.5)),
            micros(cycles.percentileNs(0.99)), micros(cycles.percentileNs(0.999)), micros(cycles.maxNs()),
            counters.get(0, WorkerCounter.RING_OVERRUN) - overruns, probe.medianMs(), probe.maxMs(),
            seconds(agent().info().totalCpuDuration().orElseThrow().minus(agentBefore)),
            ProcessPeak.of(agent()).memoryBytes() >> 20, seconds(command.cpu()), command.memoryBytes() >> 20);
    }

    private static ProcessPeak rest(final Duration duration)
    {
        Await.pass(duration);
        return ProcessPeak.NONE;
    }

    private ProcessPeak list(final String... options)
    {
        final String[] arguments = new String[options.length + 4];
        arguments[0] = "ctl";
        arguments[1] = "--directory";
        arguments[2] = lab.runtimeDirectory().toString();
        arguments[3] = "connections";
        System.arraycopy(options, 0, arguments, 4, options.length);
        return ProcessPeak.run(lab.balancer().enter(HeadraceInstance.command(arguments)));
    }

    private ProcessHandle agent()
    {
        return ProcessHandle.of(headrace.process().pid()).orElseThrow().descendants()
            .filter(process -> process.info().commandLine().orElse("").contains("HeadraceTool agent "))
            .findFirst().orElseThrow();
    }

    private static byte[] frame(final String source)
    {
        return new FrameBuilder("02:00:00:00:00:02", "02:00:00:00:00:01", source, LabNetwork.VIP)
            .udp(1_024, DNS_PORT, new byte[22]).withoutChecksum().build();
    }

    private static String micros(final long ns)
    {
        return String.format(Locale.ROOT, "%.1f", ns / 1e3);
    }

    private static long seconds(final long startNs)
    {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
    }

    private static String seconds(final Duration duration)
    {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1e3);
    }

    private static void print(final Object... cells)
    {
        final StringBuilder line = new StringBuilder("|");
        for (final Object cell : cells)
        {
            line.append(' ').append(cell).append(" |");
        }
        System.out.println(line);
    }

    /** One way to look at the connections. */
    @FunctionalInterface
    private interface Looker
    {
        ProcessPeak look();
    }
}
