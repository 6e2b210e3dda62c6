package org.headrace.perf.peers;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.PacketGenerator;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Many packets through one worker: what it has put on the heap meanwhile, and how often the collector ran. */
final class AllocationWork implements Work
{
    /** Bytes that the worker's thread has allocated. */
    static final String BYTES = "bytes";
    /** Pauses of the garbage collector. */
    static final String COLLECTIONS = "collections";
    /** Millions of packets meanwhile. */
    static final String PACKETS = "packets";

    private static final long QUICK_PACKETS = 1_000_000;
    private static final long PACKETS_WANTED = 100_000_000;
    private static final double USUAL_RATE = 450_000;
    private static final int FLOWS = 1_024;
    private static final double MEGA = 1e6;
    private static final long STEP_NS = TimeUnit.SECONDS.toNanos(1);
    /** Allocations are shown once a second. */
    private static final Duration SHOWN = Duration.ofMillis(1_200);

    @Override
    public String title()
    {
        return "bytes allocated by the worker";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return wanted(pace) / USUAL_RATE + pace.warmSeconds() + 2.5;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Lab lab = turn.lab();
        final Target target = turn.running().target();
        final PacketGenerator generator = new PacketGenerator(
            lab.client(), LabNetwork.HOST_LINK, UdpFrame.to(target, target.dns()), FLOWS);
        try (CountersFile counters = turn.running().headrace().orElseThrow().counters())
        {
            generator.run(Setting.loadCpu(), Long.MAX_VALUE, TimeUnit.SECONDS.toNanos(turn.pace().warmSeconds()));
            Await.pass(SHOWN);
            turn.measure(_ ->
            {
                final long bytes = counters.get(0, WorkerCounter.ALLOCATED_BYTES);
                final long packets = counters.get(0, WorkerCounter.RECEIVED);
                final long collections = collections(lab);
                while (counters.get(0, WorkerCounter.RECEIVED) - packets < wanted(turn.pace()))
                {
                    generator.run(Setting.loadCpu(), Long.MAX_VALUE, STEP_NS);
                }
                Await.pass(SHOWN);
                return Map.of(BYTES, (double)(counters.get(0, WorkerCounter.ALLOCATED_BYTES) - bytes),
                    COLLECTIONS, (double)(collections(lab) - collections),
                    PACKETS, (counters.get(0, WorkerCounter.RECEIVED) - packets) / MEGA);
            });
        }
    }

    private static long wanted(final Pace pace)
    {
        return pace.isQuick() ? QUICK_PACKETS : PACKETS_WANTED;
    }

    private static long collections(final Lab lab)
    {
        try (var lines = Files.lines(HeadracePeer.collectionLog(lab)))
        {
            return lines.filter(line -> line.contains("Pause")).count();
        }
        catch (final IOException e)
        {
            throw new LabException("no log of garbage collections", e);
        }
    }
}
