package org.headrace.forwarder.io.xdp;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.bpf.RedirectAll;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.ThreadAffinity;

import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.List;

/**
 * Measures the bare driver: passes every frame between two interfaces with new MAC addresses, nothing else.
 *
 * <p>Arguments: CPU, first interface, MAC address beyond it, second interface, MAC address beyond it, seconds.
 * Properties: {@code receive.slots}, {@code transmit.slots}, {@code busy.poll}, {@code idle.spins}. Prints a line per
 * second.
 */
public final class XdpForwardTool
{
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LONGEST_WAIT_NS = 100_000_000L;
    private static final int IDLE_SPINS = Integer.getInteger("idle.spins", 2000);

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final PacketBatch batch = new PacketBatch();
    private final long[] peerMacs;
    private final long[] ownMacs;
    private XdpPacketIo io;
    private long received;
    private long dropped;
    private long bytes;
    private long cycles;

    private XdpForwardTool(final long[] ownMacs, final long[] peerMacs)
    {
        this.ownMacs = ownMacs;
        this.peerMacs = peerMacs;
    }

    /**
     * @param args see the class.
     * @throws InterruptedException never.
     */
    public static void main(final String[] args) throws InterruptedException
    {
        final NetworkLink first = NetworkLink.find(args[1]);
        final NetworkLink second = NetworkLink.find(args[3]);
        final int cpu = Integer.parseInt(args[0]);
        final BitSet cpus = new BitSet();
        cpus.set(cpu);
        ThreadAffinity.keepProcessOff(cpus);
        try (RedirectAll redirect = new RedirectAll(first.index(), second.index());
            XdpContext context = new XdpContext().links(List.of(first, second)).sockets(redirect.sockets())
                .receiveSlots(Integer.getInteger("receive.slots", XdpContext.RECEIVE_SLOTS_DEFAULT))
                .transmitSlots(Integer.getInteger("transmit.slots", XdpContext.TRANSMIT_SLOTS_DEFAULT))
                .busyPollBudget(Integer.getInteger("busy.poll", 0)))
        {
            final XdpForwardTool tool = new XdpForwardTool(
                new long[]{first.macAddress(), second.macAddress()}, new long[]{mac(args[2]), mac(args[4])});
            tool.io = context.openNext();
            context.admit();
            final int seconds = Integer.parseInt(args[5]);
            final Thread worker = new Thread(() -> tool.forward(cpu, seconds), "forwarder");
            worker.start();
            worker.join();
            tool.io.close();
        }
    }

    private static long mac(final String text)
    {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private void forward(final int cpu, final int seconds)
    {
        ThreadAffinity.pinCurrentThread(cpu);
        final long startNs = System.nanoTime();
        long dueNs = startNs + SECOND_NS;
        int idle = 0;
        Totals last = new Totals(0, 0, 0, 0, threads.getCurrentThreadAllocatedBytes());
        while (System.nanoTime() - startNs < seconds * SECOND_NS)
        {
            idle = cycle() ? 0 : idle + 1;
            if (idle > IDLE_SPINS)
            {
                io.await(LONGEST_WAIT_NS);
                idle = 0;
            }
            if (System.nanoTime() - dueNs >= 0)
            {
                dueNs += SECOND_NS;
                last = print(last);
            }
        }
    }

    private boolean cycle()
    {
        final int size = io.receive(batch);
        if (size == 0)
        {
            return false;
        }
        for (int i = 0; i < size; i++)
        {
            rewrite(i);
        }
        io.transmit(batch);
        for (int i = 0; i < size; i++)
        {
            dropped += batch.verdict(i) >>> 31;
        }
        received += size;
        cycles++;
        return true;
    }

    private void rewrite(final int row)
    {
        final int egress = 1 - batch.ingress(row);
        final long address = batch.address(row);
        NativeMemory.putNetworkShort(address, (int)(peerMacs[egress] >>> 32));
        NativeMemory.putNetworkInt(address + 2, (int)peerMacs[egress]);
        NativeMemory.putNetworkShort(address + 6, (int)(ownMacs[egress] >>> 32));
        NativeMemory.putNetworkInt(address + 8, (int)ownMacs[egress]);
        batch.egress(row, egress);
        batch.verdict(row, Verdict.FORWARD);
        bytes += batch.length(row);
    }

    private record Totals(long received, long bytes, long cycles, long cpuNs, long allocatedBytes)
    {
    }

    private Totals print(final Totals last)
    {
        final Totals now = new Totals(
            received, bytes, cycles, threads.getCurrentThreadCpuTime(), threads.getCurrentThreadAllocatedBytes());
        final long count = now.received - last.received;
        System.out.printf(
            "rx=%.3fMpps gbit=%.2f perCycle=%.1f cpuNs=%d total=%d dropped=%d overruns=%d allocated=%d%n",
            count / 1e6, (now.bytes - last.bytes) * 8 / 1e9, count / Math.max(1.0, now.cycles - last.cycles),
            (now.cpuNs - last.cpuNs) / Math.max(1, count), received, dropped, io.overruns(),
            now.allocatedBytes - last.allocatedBytes);
        return new Totals(received, bytes, cycles, now.cpuNs, threads.getCurrentThreadAllocatedBytes());
    }
}
