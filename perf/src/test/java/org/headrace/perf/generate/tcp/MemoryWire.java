package org.headrace.perf.generate.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.perf.generate.link.FrameHandler;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.wire.Checksum;
import org.headrace.perf.wire.FrameBuilder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A wire between two ends, in memory, by a clock that the test moves: it delays, and if told loses, doubles and
 * reorders frames, all from a seed. Every frame's checksums are looked at.
 */
final class MemoryWire
{
    private static final int FRAME_BYTES = 2_048;
    private static final int TYPE_OFFSET = 12;
    private static final short TYPE_ARP = 0x0806;
    private static final long DELAY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Random random;
    private final double fault;
    private final End[] ends = {new End(), new End()};
    private long number;
    private long nowNs = TimeUnit.HOURS.toNanos(1);

    /** A wire that does what it should. */
    MemoryWire()
    {
        this(0, 0);
    }

    /** A wire that loses, doubles and holds up this share of the frames each. */
    MemoryWire(final long seed, final double fault)
    {
        random = new Random(seed);
        this.fault = fault;
        ends[0].other = ends[1];
        ends[1].other = ends[0];
    }

    FrameLink client()
    {
        return ends[0];
    }

    FrameLink server()
    {
        return ends[1];
    }

    long nowNs()
    {
        return nowNs;
    }

    void pass(final long ns)
    {
        nowNs += ns;
    }

    private record Flying(long atNs, long number, byte[] frame)
    {
    }

    private final class End implements FrameLink
    {
        private final PriorityQueue<Flying> arriving = new PriorityQueue<>(
            Comparator.comparingLong(Flying::atNs).thenComparingLong(Flying::number));
        private final long written = NativeMemory.allocate(FRAME_BYTES, Long.BYTES);
        private final long read = NativeMemory.allocate(FRAME_BYTES, Long.BYTES);
        private End other;

        @Override
        public int receive(final FrameHandler handler, final int limit)
        {
            int count = 0;
            while (count < limit && !arriving.isEmpty() && arriving.peek().atNs() <= nowNs)
            {
                final byte[] frame = arriving.remove().frame();
                NativeMemory.segment(read, frame.length).copyFrom(MemorySegment.ofArray(frame));
                handler.onFrame(read, frame.length);
                count++;
            }
            return count;
        }

        @Override
        public boolean hasRoom(final int frames)
        {
            return true;
        }

        @Override
        public long claim()
        {
            return written;
        }

        @Override
        public void commit(final int lengthBytes)
        {
            final byte[] frame = NativeMemory.segment(written, lengthBytes)
                .toArray(ValueLayout.JAVA_BYTE);
            check(frame);
            if (random.nextDouble() >= fault)
            {
                other.arriving.add(new Flying(nowNs + delay(), number++, frame));
            }
            if (random.nextDouble() < fault)
            {
                other.arriving.add(new Flying(nowNs + delay(), number++, frame));
            }
        }

        private long delay()
        {
            return DELAY_NS + (random.nextDouble() < fault ? random.nextLong(100 * DELAY_NS) : 0);
        }

        @Override
        public void flush()
        {
            // What was written must not be needed any more.
            NativeMemory.zero(written, FRAME_BYTES);
        }

        @Override
        public boolean isDrained()
        {
            return true;
        }

        @Override
        public long lost()
        {
            return 0;
        }

        @Override
        public void close()
        {
            arriving.clear();
        }
    }

    private static void check(final byte[] frame)
    {
        if (ByteBuffer.wrap(frame).getShort(TYPE_OFFSET) == TYPE_ARP)
        {
            return;
        }
        final ByteBuffer packet = ByteBuffer.wrap(FrameBuilder.packetOf(frame));
        final boolean isIpv4 = packet.get(0) >> 4 == 4;
        final int header = isIpv4 ? FrameBuilder.IPV4_LENGTH : FrameBuilder.IPV6_LENGTH;
        final int addresses = isIpv4 ? 12 : 8;
        final int length = packet.capacity() - header;
        if (isIpv4)
        {
            assertThat(Checksum.fold(Checksum.sum(packet, 0, header))).as("checksum of IPv4").isZero();
        }
        final int protocol = packet.get(isIpv4 ? 9 : 6);
        assertThat(Checksum.fold(Checksum.sum(packet, addresses, header - addresses) + protocol + length +
            Checksum.sum(packet, header, length))).as("checksum of protocol %d", protocol).isZero();
    }
}
