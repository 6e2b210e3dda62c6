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
    private final PacketIo packetIo;
    private final ConnectionTableReader connections;
    private final CountersFile counters;
    private final int number;
    private AgentRunner runner;
    private long warmBytes = -1;

    RunningWorker(
        final ForwardingWorker worker,
        final PacketIo packetIo,
        final ConnectionTableReader connections,
        final CountersFile counters,
        final int number)
    {
        this.worker = worker;
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
        final long bytes = threads.getThreadAllocatedBytes(thread.threadId());
        // Everything before the first generation is start-up.
        if (warmBytes < 0 || generationAcquire() == 0)
        {
            warmBytes = bytes;
        }
        return bytes - warmBytes;
    }
}
