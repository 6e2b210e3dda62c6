package org.headrace.forwarder.io.uring;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.protocol.IpAddress;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * Measures the bare driver: passes frames between two interfaces with new MAC addresses, nothing else.
 *
 * <p>Arguments: pin directory, CPU, first interface, MAC address beyond it, second interface, MAC address beyond it,
 * server address, ports. Prints a line per second; ends with its standard input.
 */
public final class MacForwardTool
{
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int IDLE_SPINS = Integer.getInteger("idle.spins", 2000);
    private static final int IDLE_YIELDS = Integer.getInteger("idle.yields", 0);
    /** Nanoseconds of work for each frame, in the place of a pipeline: so a worker can be overloaded. */
    private static final int WORK_NS = Integer.getInteger("work.ns", 0);
    private static final int TCP = 6;
    private static final int UDP = 17;

    private MacForwardTool()
    {
    }

    /**
     * @param args see the class.
     * @throws Exception if anything fails.
     */
    public static void main(final String[] args) throws Exception
    {
        final NetworkLink first = NetworkLink.find(args[2]);
        final NetworkLink second = NetworkLink.find(args[4]);
        final PacketPicker picker = new PacketPicker(
            Path.of(args[0]), new int[]{first.index(), second.index()}, UringContext.SMALL_FRAME_BYTES);
        final IpAddress server = IpAddress.parse(args[6]);
        for (int i = 7; i < args.length; i++)
        {
            for (final int transport : new int[]{TCP, UDP})
            {
                picker.addService(transport, server.high(), server.low(), Integer.parseInt(args[i]));
                picker.addServer(transport, server.high(), server.low(), Integer.parseInt(args[i]));
            }
        }
        final UringContext context = new UringContext().links(List.of(first, second)).picker(picker)
            .smallSlots(Integer.getInteger("small.slots", UringContext.SMALL_SLOTS_DEFAULT));
        final PacketIo io = context.openNext();
        context.admit();
        picker.attach();
        final int cpu = Integer.parseInt(args[1]);
        final BitSet cpus = new BitSet();
        cpus.set(cpu);
        ThreadAffinity.keepProcessOff(cpus);
        final Thread stopper = Thread.currentThread();
        final long[] peerMacs = {mac(args[3]), mac(args[5])};
        final long[] ownMacs = {first.macAddress(), second.macAddress()};
        final Thread worker = new Thread(() -> forward(io, cpu, ownMacs, peerMacs, stopper), "forwarder");
        worker.setDaemon(true);
        worker.start();
        while (System.in.read() >= 0)
        {
            Thread.onSpinWait();
        }
        picker.release();
        System.exit(0);
    }

    private static long mac(final String text)
    {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private static void forward(
        final PacketIo io, final int cpu, final long[] ownMacs, final long[] peerMacs, final Thread owner)
    {
        ThreadAffinity.pinCurrentThread(cpu);
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final PacketBatch batch = new PacketBatch();
        long received = 0;
        long dropped = 0;
        long bytes = 0;
        long cycles = 0;
        long lastReceived = 0;
        long lastBytes = 0;
        long lastCycles = 0;
        long lastCpuNs = 0;
        int idle = 0;
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long dueNs = System.nanoTime() + SECOND_NS;
        while (owner.isAlive())
        {
            final int size = io.receive(batch);
            if (size != 0)
            {
                bytes += rewrite(batch, ownMacs, peerMacs);
                work(size);
                io.transmit(batch);
                dropped += drops(batch);
                received += size;
                cycles++;
                idle = 0;
            }
            else if (++idle > IDLE_SPINS + IDLE_YIELDS)
            {
                io.await(100_000_000L);
                idle = 0;
            }
            else if (idle > IDLE_SPINS)
            {
                Thread.yield();
            }
            if ((cycles & 0xFF) == 0 || idle != 0)
            {
                final long nowNs = System.nanoTime();
                if (nowNs >= dueNs)
                {
                    final long bytesAllocated = threads.getCurrentThreadAllocatedBytes() - allocated;
                    System.out.printf(
                        "rx=%.3fMpps gbit=%.2f perCycle=%.1f cpuNs=%d total=%d dropped=%d overruns=%d allocated=%d%n",
                        (received - lastReceived) / 1e6, (bytes - lastBytes) * 8 / 1e9,
                        (received - lastReceived) / Math.max(1.0, cycles - lastCycles),
                        (threads.getCurrentThreadCpuTime() - lastCpuNs) / Math.max(1, received - lastReceived),
                        received, dropped,
                        io.overruns(), bytesAllocated);
                    lastReceived = received;
                    lastBytes = bytes;
                    lastCycles = cycles;
                    lastCpuNs = threads.getCurrentThreadCpuTime();
                    dueNs += SECOND_NS;
                    allocated = threads.getCurrentThreadAllocatedBytes();
                }
            }
        }
    }

    private static long rewrite(final PacketBatch batch, final long[] ownMacs, final long[] peerMacs)
    {
        long bytes = 0;
        for (int i = 0; i < batch.size; i++)
        {
            final int egress = 1 - batch.ingress(i);
            final long address = batch.address(i);
            NativeMemory.putNetworkShort(address, (int)(peerMacs[egress] >>> 32));
            NativeMemory.putNetworkInt(address + 2, (int)peerMacs[egress]);
            NativeMemory.putNetworkShort(address + 6, (int)(ownMacs[egress] >>> 32));
            NativeMemory.putNetworkInt(address + 8, (int)ownMacs[egress]);
            batch.egress(i, egress);
            batch.verdict(i, Verdict.FORWARD);
            bytes += batch.length(i);
        }
        return bytes;
    }

    private static void work(final int frames)
    {
        final long endNs = System.nanoTime() + (long)frames * WORK_NS;
        while (WORK_NS != 0 && System.nanoTime() < endNs)
        {
            Thread.onSpinWait();
        }
    }

    private static int drops(final PacketBatch batch)
    {
        int count = 0;
        for (int i = 0; i < batch.size; i++)
        {
            count += batch.verdict(i) >>> 31;
        }
        return count;
    }
}
