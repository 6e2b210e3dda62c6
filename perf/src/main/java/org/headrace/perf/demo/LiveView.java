package org.headrace.perf.demo;

import org.HdrHistogram.Histogram;
import org.headrace.perf.lab.ServiceCounters;
import org.headrace.perf.load.LatencyProbe;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.WorkerCounter;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * What happens now, once per second: redrawn in place on a terminal, one line each elsewhere. It reads the data
 * plane's counters where they stand, so that looking costs the traffic nothing.
 */
final class LiveView
{
    private static final int BAR_LENGTH = 10;

    private final CountersFile counters;
    private final LatencyProbe probe;
    private final boolean isTerminal;
    private final PrintStream out;
    private ServiceCounters service;
    private String phase = "";
    private long[] lastConnections = new long[0];
    private long[] lastPackets = new long[0];
    private long lastReceived;
    private long startNs;
    private long lastNs;
    private int drawnLines;

    LiveView(final CountersFile counters, final LatencyProbe probe, final boolean isTerminal, final PrintStream out)
    {
        this.counters = counters;
        this.probe = probe;
        this.isTerminal = isTerminal;
        this.out = out;
        this.startNs = System.nanoTime();
    }

    /** Starts a part of the demo: its title, and the service whose servers are shown. */
    void phase(final String title, final ServiceCounters shown)
    {
        phase = title;
        service = shown;
        drawnLines = 0;
        out.println();
        out.println(title);
        remember();
        probe.interval();
    }

    /** Draws once. */
    void draw()
    {
        final double seconds = Math.max((System.nanoTime() - lastNs) / 1e9, 1e-3);
        final long[] connections = service.all(ServerCounter.CONNECTIONS);
        final long[] packets = packets(service);
        final long received = received();
        final Histogram latency = probe.interval();
        if (isTerminal)
        {
            drawTable(connections, packets, seconds, (received - lastReceived) / seconds, latency);
        }
        else
        {
            drawLine(connections, packets, seconds, (received - lastReceived) / seconds, latency);
        }
        remember();
    }

    private void remember()
    {
        lastConnections = service.all(ServerCounter.CONNECTIONS);
        lastPackets = packets(service);
        lastReceived = received();
        lastNs = System.nanoTime();
    }

    private void drawTable(
        final long[] connections, final long[] packets, final double seconds, final double rate,
        final Histogram latency)
    {
        final List<String> lines = new ArrayList<>();
        final double[] share = shares(connections, packets);
        lines.add("  %-18s %6s %7s %8s %10s %12s".formatted(
            "server", "weight", "share", "active", "new conn/s", "packets/s"));
        for (int i = 0; i < service.size(); i++)
        {
            final int filled = (int)Math.round(share[i] * BAR_LENGTH);
            lines.add("  %-18s %6d %6.1f%% %8d %10.0f %12.0f  %s".formatted(
                service.name(i), service.weight(i), 100 * share[i],
                service.get(i, ServerCounter.ACTIVE_CONNECTIONS), (connections[i] - lastConnections[i]) / seconds,
                (packets[i] - lastPackets[i]) / seconds, "#".repeat(filled)));
        }
        lines.add("  received %.0f packets/s   %s".formatted(rate, dropText(counters)));
        lines.add("  probe: %s".formatted(latencyText(latency)));
        if (drawnLines > 0)
        {
            out.print("\033[" + drawnLines + "A");
        }
        lines.forEach(line -> out.println("\033[2K" + line));
        out.flush();
        drawnLines = lines.size();
    }

    private void drawLine(
        final long[] connections, final long[] packets, final double seconds, final double rate,
        final Histogram latency)
    {
        final double[] share = shares(connections, packets);
        final StringJoiner servers = new StringJoiner(", ");
        long opened = 0;
        for (int i = 0; i < service.size(); i++)
        {
            opened += connections[i] - lastConnections[i];
            servers.add(String.format(Locale.ROOT, "%s w=%d %.1f%% active=%d", service.name(i), service.weight(i),
                100 * share[i], service.get(i, ServerCounter.ACTIVE_CONNECTIONS)));
        }
        out.printf(Locale.ROOT, "  %3.0fs  [%s]  %.0f conn/s  %.0f packets/s  %s  %s%n",
            (System.nanoTime() - startNs) / 1e9, servers, opened / seconds, rate, dropText(counters),
            latencyText(latency));
    }

    // By new connections where there are some, else by packets: kept-alive connections move without new ones.
    private double[] shares(final long[] connections, final long[] packets)
    {
        final double[] shares = new double[connections.length];
        double total = 0;
        for (int i = 0; i < shares.length; i++)
        {
            total += connections[i] - lastConnections[i];
        }
        final boolean isByPackets = total < 1;
        total = 0;
        for (int i = 0; i < shares.length; i++)
        {
            shares[i] = isByPackets ? packets[i] - lastPackets[i] : connections[i] - lastConnections[i];
            total += shares[i];
        }
        for (int i = 0; i < shares.length; i++)
        {
            shares[i] = total > 0 ? shares[i] / total : 0;
        }
        return shares;
    }

    private long received()
    {
        long sum = 0;
        for (int worker = 0; worker < counters.workers(); worker++)
        {
            sum += counters.get(worker, WorkerCounter.RECEIVED);
        }
        return sum;
    }

    private static long[] packets(final ServiceCounters service)
    {
        final long[] packets = service.all(ServerCounter.IN_PACKETS);
        final long[] out = service.all(ServerCounter.OUT_PACKETS);
        for (int i = 0; i < packets.length; i++)
        {
            packets[i] += out[i];
        }
        return packets;
    }

    static String dropText(final CountersFile counters)
    {
        final StringJoiner drops = new StringJoiner(", ", "drops: ", "");
        drops.setEmptyValue("drops: none");
        for (int ordinal = 0; ordinal < DropReason.count(); ordinal++)
        {
            final DropReason reason = DropReason.get(ordinal);
            long sum = 0;
            for (int worker = 0; worker < counters.workers(); worker++)
            {
                sum += counters.get(worker, reason);
            }
            if (sum > 0)
            {
                drops.add(reason.name() + "=" + sum);
            }
        }
        return drops.toString();
    }

    static String latencyText(final Histogram latency)
    {
        return String.format(Locale.ROOT, "round trip p50=%.0fus p99=%.0fus",
            latency.getValueAtPercentile(50) / 1e3, latency.getValueAtPercentile(99) / 1e3);
    }

    @Override
    public String toString()
    {
        return phase;
    }
}
