package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.PseudoHeader;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

class ChecksumWatchTest
{
    private static final int LOOK_MS = 10;
    private static final String CLIENT = "192.0.2.7";
    private static final String VIP = "198.51.100.1";
    private static final String CLIENT6 = "2001:db8::7";
    private static final String VIP6 = "2001:db8:1::1";

    private final long memory = NativeMemory.allocate(2_048, 64);
    private final byte[] block = new byte[(WorkerCounter.MAX_COUNTERS + DropReason.MAX_REASONS) * Long.BYTES];
    private final WorkerCounters counters = new WorkerCounters(block, ByteBuffer.allocateDirect(64));
    private final ChecksumWatch watch = new ChecksumWatch(counters);
    private final PacketBatch batch = new PacketBatch();
    private long nowMs;

    private enum Kind
    {
        TCP4, UDP4, TCP6, UDP6;

        private boolean isIpv6()
        {
            return this == TCP6 || this == UDP6;
        }

        private boolean isTcp()
        {
            return this == TCP4 || this == TCP6;
        }

        private byte[] frame()
        {
            final byte[] transport =
                isTcp() ? TestFrames.tcp(1000, 80) : TestFrames.udp(1000, 80, new byte[]{1, 2, 3, 4, 5});
            final int protocol = isTcp() ? TestFrames.TCP : TestFrames.UDP;
            return TestFrames.ethernet(isIpv6() ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4, isIpv6() ?
                TestFrames.ipv6(CLIENT6, VIP6, protocol, transport) :
                TestFrames.ipv4(CLIENT, VIP, protocol, transport));
        }
    }

    private long place(final byte[] frame)
    {
        for (int i = 0; i < frame.length; i++)
        {
            NativeMemory.putByte(memory + i, frame[i]);
        }
        batch.size = 1;
        batch.address(0, memory);
        batch.length(0, frame.length);
        batch.flags(0, 0);
        return memory + Ethernet.HEADER_LENGTH;
    }

    private void place(final Kind kind, final boolean isFinished)
    {
        final byte[] frame = kind.frame();
        final long ip = place(frame);
        final long transport = ip + (kind.isIpv6() ? 40 : 20);
        final int length = (int)(memory + frame.length - transport);
        final int protocol = kind.isTcp() ? TestFrames.TCP : TestFrames.UDP;
        final long field = transport + (kind.isTcp() ? 16 : 6);
        NativeMemory.putNetworkShort(field, 0);
        final int sum = kind.isIpv6() ?
            PseudoHeader.ipv6Sum(ip, protocol, length) : PseudoHeader.ipv4Sum(ip, protocol, length);
        final int checksum = kind.isIpv6() ?
            PseudoHeader.ipv6Checksum(ip, protocol, transport, length) :
            PseudoHeader.ipv4Checksum(ip, protocol, transport, length);
        NativeMemory.putNetworkShort(field, isFinished ? checksum : sum);
    }

    private long lookAgain()
    {
        nowMs += LOOK_MS;
        watch.look(batch, nowMs);
        return ByteBuffer.wrap(block).order(ByteOrder.nativeOrder())
            .getLong(WorkerCounter.UNFINISHED_CHECKSUMS.ordinal() * Long.BYTES);
    }

    @Test
    void shouldTellUnfinishedChecksumsFromFinishedOnes()
    {
        for (final Kind kind : Kind.values())
        {
            place(kind, true);
            assertThat(ChecksumWatch.isUnfinished(memory, batch.length(0))).as("finished %s", kind).isFalse();
            place(kind, false);
            assertThat(ChecksumWatch.isUnfinished(memory, batch.length(0))).as("unfinished %s", kind).isTrue();
            for (int length = 0; length < batch.length(0); length++)
            {
                assertThat(ChecksumWatch.isUnfinished(memory, length)).as("%s of %d bytes", kind, length).isFalse();
            }
        }
        place(TestFrames.ethernet(0x0806, new byte[46]));
        assertThat(ChecksumWatch.isUnfinished(memory, batch.length(0))).isFalse();
    }

    @Test
    void shouldCountOnlyWhatIsNoChance()
    {
        place(Kind.TCP4, false);
        assertThat(lookAgain()).isZero();
        assertThat(lookAgain()).isZero();
        assertThat(lookAgain()).isEqualTo(1);
        assertThat(lookAgain()).isEqualTo(2);
        place(Kind.TCP4, true);
        for (int i = 0; i < 10_000; i++)
        {
            assertThat(lookAgain()).isEqualTo(2);
        }
        place(Kind.UDP6, false);
        assertThat(lookAgain()).as("one of thousands").isEqualTo(2);
    }

    @Test
    void shouldNotMindMarkedFramesNorLookAtEveryOne()
    {
        place(Kind.TCP4, false);
        batch.flags(0, PacketBatch.PARTIAL_CHECKSUM);
        for (int i = 0; i < 100; i++)
        {
            assertThat(lookAgain()).isZero();
        }
        batch.flags(0, 0);
        for (int i = 0; i < 100; i++)
        {
            watch.look(batch, nowMs);
        }
        assertThat(lookAgain()).isZero();
    }
}
