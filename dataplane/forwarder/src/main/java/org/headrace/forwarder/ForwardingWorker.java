package org.headrace.forwarder;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.protocol.counters.WorkerCounter;

import java.util.concurrent.TimeUnit;

/**
 * The main loop: one pinned thread that takes packets from its interfaces, decides what becomes of each, and sends them
 * on. It owns its packet I/O, its connection table and its counters, and shares nothing that it writes.
 *
 * <p><b>Assumptions and guarantees.</b> {@link #doWork} runs on one thread. Another thread, the conductor's, may call
 * {@link #offer} only; the table it offers is immutable and taken over before the next batch.
 */
public final class ForwardingWorker implements Agent
{
    private static final int EXPIRY_LIMIT = IdleResets.CONNECTION_LIMIT;
    /** Reading the rings' losses is a system call for each: not in every cycle. */
    private static final long SHOW_INTERVAL_MS = 100;

    private final int number;
    private final NanoClock clock;
    private final PacketIo packetIo;
    private final Pipeline pipeline;
    private final ConnectionTable connections;
    private final IdleResets resets;
    private final WorkerCounters counters;
    private final Allowances allowances;
    private final Runnable onStart;
    private final DutyCycleTracker dutyCycle;
    private final ChecksumWatch checksums;
    private final PacketBatch batch = new PacketBatch();

    private long nextShowMs;
    private ForwardingTable table = ForwardingTable.EMPTY;
    private volatile ForwardingTable offered = ForwardingTable.EMPTY;

    /**
     * @param number      of the worker, from 0.
     * @param clock       read once a cycle.
     * @param packetIo    owned by the worker.
     * @param pipeline    owned by the worker.
     * @param connections owned by the worker.
     * @param resets      that the expiry of connections makes.
     * @param counters    owned by the worker.
     * @param allowances  of the worker under all limits.
     * @param onStart     runs first on the worker's thread: pins it to its CPU.
     */
    ForwardingWorker(
        final int number,
        final NanoClock clock,
        final PacketIo packetIo,
        final Pipeline pipeline,
        final ConnectionTable connections,
        final IdleResets resets,
        final WorkerCounters counters,
        final Allowances allowances,
        final Runnable onStart)
    {
        this.allowances = allowances;
        this.number = number;
        this.clock = clock;
        this.packetIo = packetIo;
        this.pipeline = pipeline;
        this.connections = connections;
        this.resets = resets;
        this.counters = counters;
        this.onStart = onStart;
        this.dutyCycle = new DutyCycleTracker(counters);
        this.checksums = new ChecksumWatch(counters);
        counters.set(WorkerCounter.CAPACITY, connections.capacity());
    }

    @Override
    public void onStart()
    {
        onStart.run();
    }

    @Override
    public int doWork()
    {
        final long nowNs = clock.nanoTime();
        final long nowMs = TimeUnit.NANOSECONDS.toMillis(nowNs);
        dutyCycle.onCycle(nowNs);
        takeOfferedTable();
        allowances.poll();
        final int received = packetIo.receive(batch);
        if (received > 0)
        {
            final long receivedBytes = bytes();
            checksums.look(batch, nowMs);
            pipeline.process(batch, table, nowMs);
            packetIo.transmit(batch);
            count(received, receivedBytes);
        }
        final int expired = connections.expire(nowMs, EXPIRY_LIMIT);
        resets.send();
        if (nowMs >= nextShowMs)
        {
            nextShowMs = nowMs + SHOW_INTERVAL_MS;
            showConnections();
        }
        dutyCycle.onWork(received + expired);
        return received + expired;
    }

    @Override
    public String roleName()
    {
        return "headrace-worker-" + number;
    }

    @Override
    public void onClose()
    {
        packetIo.close();
    }

    /** @param newTable to forward by from the next batch on; conductor only. */
    public void offer(final ForwardingTable newTable)
    {
        offered = newTable;
    }

    private void takeOfferedTable()
    {
        final ForwardingTable newTable = offered;
        if (newTable != table)
        {
            table = newTable;
            // Before the generation shows: the conductor then counts on what is used under the new limits.
            allowances.take(newTable.limits());
            counters.setRelease(WorkerCounter.GENERATION, newTable.generation());
        }
    }

    private long bytes()
    {
        long bytes = 0;
        for (int i = 0; i < batch.size; i++)
        {
            bytes += batch.length(i);
        }
        return bytes;
    }

    private void count(final int received, final long receivedBytes)
    {
        int forwarded = 0;
        int answered = 0;
        int passed = 0;
        long forwardedBytes = 0;
        counters.beginBatch();
        for (int i = 0; i < received; i++)
        {
            final int verdict = batch.verdict(i);
            if (verdict == Verdict.FORWARD)
            {
                forwarded++;
                forwardedBytes += batch.length(i);
            }
            else if (verdict == Verdict.ANSWER)
            {
                answered++;
            }
            else if (verdict == Verdict.PASS)
            {
                passed++;
            }
            else
            {
                counters.onDrop(verdict);
            }
        }
        counters.add(WorkerCounter.RECEIVED, received);
        counters.add(WorkerCounter.RECEIVED_BYTES, receivedBytes);
        counters.add(WorkerCounter.FORWARDED, forwarded);
        counters.add(WorkerCounter.FORWARDED_BYTES, forwardedBytes);
        counters.add(WorkerCounter.ANSWERED, answered);
        counters.add(WorkerCounter.PASSED, passed);
        counters.endBatch();
    }

    private void showConnections()
    {
        counters.set(WorkerCounter.CONNECTIONS, connections.size());
        counters.set(WorkerCounter.CREATED, connections.created());
        counters.set(WorkerCounter.EXPIRED, connections.expired());
        counters.set(WorkerCounter.EVICTED, connections.evicted());
        for (int state = 0; state < TcpState.COUNT; state++)
        {
            counters.connections(state, connections.count(state));
        }
        counters.set(WorkerCounter.RING_OVERRUN, packetIo.overruns());
    }
}
