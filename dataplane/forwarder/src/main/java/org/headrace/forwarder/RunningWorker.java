package org.headrace.forwarder;

import com.sun.management.ThreadMXBean;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.forwarder.control.WorkerLink;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;

import java.lang.management.ManagementFactory;

/** A worker and its thread, as the rest of the data plane sees them. */
final class RunningWorker implements WorkerLink
{
    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final ForwardingWorker worker;
    private final WorkerStart start;
    private final PacketIo packetIo;
    private final ConnectionTableReader connections;
    private final Runnable ipv6Reservation;
    private final CountersFile counters;
    private final int number;
    private AgentRunner runner;

    RunningWorker(
        final ForwardingWorker worker,
        final WorkerStart start,
        final PacketIo packetIo,
        final ConnectionTableReader connections,
        final Runnable ipv6Reservation,
        final CountersFile counters,
        final int number)
    {
        this.ipv6Reservation = ipv6Reservation;
        this.worker = worker;
        this.start = start;
        this.packetIo = packetIo;
        this.connections = connections;
        this.counters = counters;
        this.number = number;
    }

    AgentRunner agentRunner(final IdleStrategy idleStrategy)
    {
        runner = new AgentRunner(idleStrategy, ErrorLog::print, null, worker);
        return runner;
    }

    /** Waits until the worker is about to take packets. */
    void awaitWarm()
    {
        start.awaitWarm();
    }

    PacketIo packetIo()
    {
        return packetIo;
    }

    @Override
    public void offer(final ForwardingTable table)
    {
        worker.offer(table);
    }

    @Override
    public void reserveIpv6()
    {
        ipv6Reservation.run();
    }

    @Override
    public long generationAcquire()
    {
        return counters.get(number, WorkerCounter.GENERATION);
    }

    @Override
    public ConnectionTableReader connections()
    {
        return connections;
    }

    @Override
    public long allocatedBytes()
    {
        final Thread thread = runner.thread();
        if (thread == null)
        {
            return 0;
        }
        return threads.getThreadAllocatedBytes(thread.threadId()) - start.allocatedBytes();
    }
}
