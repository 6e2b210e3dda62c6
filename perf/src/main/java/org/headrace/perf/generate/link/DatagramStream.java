package org.headrace.perf.generate.link;

import org.agrona.concurrent.NanoClock;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.perf.generate.latency.ConstantSchedule;
import org.headrace.perf.wire.FrameBuilder;

import java.util.List;

/**
 * Sends UDP frames like those that it is given, each with random low bits of source port and source address, as many as
 * the sender takes or at a rate. What the kernel's generator does inside the kernel, this does in user space.
 *
 * <p>One thread calls {@link #doWork}; others may ask for {@link #packets} and {@link #bytes}.
 */
public final class DatagramStream
{
    private static final int BURST = 64;
    private static final int IPV4_CHECKSUM = FrameBuilder.ETHERNET_LENGTH + 10;
    private static final int IPV4_SOURCE_LOW = FrameBuilder.ETHERNET_LENGTH + 14;
    private static final int IPV6_SOURCE_LOW = FrameBuilder.ETHERNET_LENGTH + 22;
    private static final int UDP_CHECKSUM = 6;

    private final NanoClock clock;
    private final FrameSender sender;
    private final long rate;
    private final int ports;
    private final int addresses;
    private final boolean isIpv6;
    private final int transport;
    private final int lowOffset;
    private final long[] frames;
    private final int[] lengths;
    private final int[] choices;
    private ConstantSchedule schedule;
    private long random;
    private volatile long packets;
    private volatile long bytes;

    /**
     * @param clock     of the rate.
     * @param sender    to send by.
     * @param frames    UDP over IPv4 without options, or over IPv6, all of one family.
     * @param weights   how often each is sent, in proportion to the others.
     * @param ports     how many source ports from the frames' on, a power of two.
     * @param addresses how many source addresses, a power of two, at most 65536; their bits are 0 in the frames.
     * @param rate      packets per second; {@code Long.MAX_VALUE} for as many as the sender takes.
     * @param seed      of the choices, not 0.
     */
    public DatagramStream(
        final NanoClock clock,
        final FrameSender sender,
        final List<byte[]> frames,
        final List<Integer> weights,
        final int ports,
        final int addresses,
        final long rate,
        final long seed)
    {
        this.clock = clock;
        this.sender = sender;
        this.ports = ports;
        this.addresses = addresses;
        random = seed;
        this.rate = rate;
        isIpv6 = (frames.getFirst()[FrameBuilder.ETHERNET_LENGTH] & 0xF0) == 0x60;
        transport = FrameBuilder.ETHERNET_LENGTH + (isIpv6 ? FrameBuilder.IPV6_LENGTH : FrameBuilder.IPV4_LENGTH);
        lowOffset = isIpv6 ? IPV6_SOURCE_LOW : IPV4_SOURCE_LOW;
        this.frames = new long[frames.size()];
        lengths = new int[frames.size()];
        choices = new int[weights.stream().mapToInt(Integer::intValue).sum()];
        int choice = 0;
        for (int i = 0; i < frames.size(); i++)
        {
            final byte[] frame = frames.get(i);
            lengths[i] = frame.length;
            this.frames[i] = NativeMemory.allocate(frame.length, Long.BYTES);
            for (int j = 0; j < frame.length; j++)
            {
                NativeMemory.putByte(this.frames[i] + j, frame[j]);
            }
            for (int j = 0; j < weights.get(i); j++)
            {
                choices[choice++] = i;
            }
        }
    }

    /** @return packets sent now. */
    public int doWork()
    {
        final long before = packets;
        long newBytes = 0;
        int count = 0;
        if (sender.hasRoom(BURST))
        {
            final long nowNs = clock.nanoTime();
            if (schedule == null && rate != Long.MAX_VALUE)
            {
                schedule = new ConstantSchedule(nowNs, rate);
            }
            while (count < BURST && (schedule == null || nowNs - schedule.dueNs(before + count) >= 0))
            {
                newBytes += send();
                count++;
            }
        }
        sender.flush();
        packets = before + count;
        bytes += newBytes;
        return count;
    }

    private int send()
    {
        // Xorshift (Marsaglia 2003): bits of it choose size, port and address.
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        final int choice = choices.length == 1 ? 0 : choices[(int)((random >>> 33) % choices.length)];
        final long frame = sender.claim();
        NativeMemory.copy(frames[choice], frame, lengths[choice]);
        setSource(frame, (int)(random & ports - 1), (int)(random >>> 16 & addresses - 1));
        sender.commit(lengths[choice]);
        return lengths[choice];
    }

    private void setSource(final long frame, final int portBits, final int addressBits)
    {
        final int oldPort = NativeMemory.getNetworkShort(frame + transport);
        final int oldLow = NativeMemory.getNetworkShort(frame + lowOffset);
        final int newLow = oldLow | addressBits;
        NativeMemory.putNetworkShort(frame + transport, oldPort + portBits);
        NativeMemory.putNetworkShort(frame + lowOffset, newLow);
        final long addressDifference = InternetChecksum.difference16(oldLow, newLow);
        if (!isIpv6)
        {
            NativeMemory.putNetworkShort(frame + IPV4_CHECKSUM, InternetChecksum.apply(
                NativeMemory.getNetworkShort(frame + IPV4_CHECKSUM), addressDifference));
        }
        final int checksum = InternetChecksum.apply(NativeMemory.getNetworkShort(frame + transport + UDP_CHECKSUM),
            addressDifference + InternetChecksum.difference16(oldPort, oldPort + portBits));
        NativeMemory.putNetworkShort(frame + transport + UDP_CHECKSUM, checksum == 0 ? 0xFFFF : checksum);
    }

    /** @return packets sent so far. */
    public long packets()
    {
        return packets;
    }

    /** @return bytes of them, from the Ethernet header on, without frame check sequence. */
    public long bytes()
    {
        return bytes;
    }
}
