package org.headrace.forwarder.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.TestBatch;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The contract of {@link PacketIo}, to be kept by every driver. */
@Timeout(60)
public abstract class PacketIoContractTest
{
    private static final int SHORT = 100;
    private static final int MAX_FRAME = 65_535 + 14;
    private static final long WAIT_NS = 2_000_000_000L;

    private final PacketBatch batch = new PacketBatch();
    private PacketIoRig rig;

    /** @return a new driver and its surroundings. */
    protected abstract PacketIoRig openRig();

    @BeforeEach
    void open()
    {
        rig = openRig();
    }

    @AfterEach
    void close()
    {
        if (rig != null)
        {
            rig.close();
        }
    }

    private int receive(final int expected)
    {
        final long deadlineNs = System.nanoTime() + WAIT_NS;
        int size = rig.io().receive(batch);
        while (size < expected && System.nanoTime() < deadlineNs)
        {
            assertThat(size).as("frames come one by one in this test, or all at once").isZero();
            rig.io().await(1_000_000);
            size = rig.io().receive(batch);
        }
        return size;
    }

    private void judge(final int verdict, final int egress)
    {
        for (int i = 0; i < batch.size; i++)
        {
            batch.verdict(i, verdict);
            batch.egress(i, egress);
        }
    }

    private byte[] bytes(final int index)
    {
        return NativeMemory.segment(batch.address(index), batch.length(index))
            .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    @Test
    void shouldHaveNothingToReceiveAtFirst()
    {
        assertThat(rig.io().receive(batch)).isZero();
        assertThat(batch.size).isZero();
        rig.io().transmit(batch);
    }

    @Test
    void shouldReceiveWhatArrivedWhereItArrived()
    {
        rig.inject(1, rig.frame(7, SHORT), 0);

        assertThat(receive(1)).isEqualTo(1);
        assertThat(batch.size).isEqualTo(1);
        assertThat(batch.ingress(0)).isEqualTo(1);
        assertThat(batch.flags(0)).isZero();
        assertThat(bytes(0)).isEqualTo(rig.frame(7, SHORT));
    }

    @Test
    void shouldKeepTheOrderOfAnInterfaceWhateverTheLength()
    {
        final List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 300; i++)
        {
            lengths.add(i % 7 % 3 == 0 ? 9000 + i : 200 + i);
            rig.inject(0, rig.frame(i, lengths.get(i)), 0);
        }

        final List<byte[]> received = new ArrayList<>();
        while (received.size() < lengths.size() && receive(1) > 0)
        {
            for (int i = 0; i < batch.size; i++)
            {
                received.add(bytes(i));
            }
            judge(Verdict.drop(DropReason.NO_SERVICE), 0);
            rig.io().transmit(batch);
        }
        assertThat(received.size()).isEqualTo(lengths.size());
        for (int i = 0; i < lengths.size(); i++)
        {
            assertThat(received.get(i)).as("frame " + i).isEqualTo(rig.frame(i, lengths.get(i)));
        }
    }

    @Test
    void shouldFillNoMoreThanABatch()
    {
        for (int i = 0; i < PacketBatch.CAPACITY + 10; i++)
        {
            rig.inject(i & 1, rig.frame(i, SHORT), 0);
        }

        assertThat(receive(PacketBatch.CAPACITY)).isEqualTo(PacketBatch.CAPACITY);
        judge(Verdict.drop(DropReason.NO_SERVICE), 0);
        rig.io().transmit(batch);
        assertThat(receive(10)).isEqualTo(10);
    }

    @Test
    void shouldTransmitForwardedAndAnsweredFramesInOrderAndNothingElse()
    {
        for (int i = 0; i < 6; i++)
        {
            rig.inject(0, rig.frame(i, SHORT + i), 0);
        }
        assertThat(receive(6)).isEqualTo(6);
        judge(Verdict.FORWARD, 1);
        batch.verdict(1, Verdict.drop(DropReason.NO_SERVER));
        batch.verdict(2, Verdict.ANSWER);
        batch.egress(2, 0);
        batch.verdict(4, Verdict.ANSWER);
        rig.io().transmit(batch);

        for (final int number : new int[]{0, 3, 4, 5})
        {
            assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(number, SHORT + number));
        }
        assertThat(rig.takeTransmitted(0).bytes()).isEqualTo(rig.frame(2, SHORT + 2));
        assertThat(rig.takeTransmitted(1)).isNull();
        assertThat(TestBatch.verdicts(batch)).startsWith(
            Verdict.FORWARD, Verdict.drop(DropReason.NO_SERVER), Verdict.ANSWER, Verdict.FORWARD, Verdict.ANSWER,
            Verdict.FORWARD);
    }

    @Test
    void shouldTransmitInOrderWhateverTheLengthsAndTheWay()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int number = 0;
        for (int round = 0; round < 40; round++)
        {
            final int first = number;
            final int count = 1 + random.nextInt(PacketBatch.CAPACITY);
            final int largeOf = 1 + random.nextInt(20);
            final int[] lengths = new int[count];
            for (int i = 0; i < count; i++)
            {
                lengths[i] = random.nextInt(largeOf) == 0 ? 2000 + random.nextInt(8000) : 60 + random.nextInt(1900);
                rig.inject(0, rig.frame(number++, lengths[i]), 0);
            }
            assertThat(receive(count)).as("seed " + seed).isEqualTo(count);
            judge(Verdict.FORWARD, 1);
            final int[] egress = new int[count];
            for (int i = 0; i < count; i++)
            {
                egress[i] = random.nextInt(2);
                batch.egress(i, egress[i]);
            }
            rig.io().transmit(batch);
            for (int i = 0; i < count; i++)
            {
                assertThat(batch.verdict(i)).as("seed " + seed).isEqualTo(Verdict.FORWARD);
                assertThat(rig.takeTransmitted(egress[i]).bytes())
                    .as("seed " + seed + " round " + round + " frame " + i)
                    .isEqualTo(rig.frame(first + i, lengths[i]));
            }
        }
    }

    @Test
    void shouldCarryFramesOfEveryLength()
    {
        for (final int length : new int[]{rig.minFrameBytes(), 60, 61, 1514, 1965, 1966, 1967, 2048, 9014, MAX_FRAME})
        {
            rig.inject(0, rig.frame(length, length), 0);
            assertThat(receive(1)).as("length " + length).isEqualTo(1);
            judge(Verdict.FORWARD, 1);
            rig.io().transmit(batch);
            assertThat(batch.verdict(0)).as(Verdict.toString(batch.verdict(0))).isEqualTo(Verdict.FORWARD);
            assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(length, length));
        }
    }

    @Test
    void shouldLeaveRoomBeforeAndTakeShorterFrames()
    {
        for (final int length : new int[]{SHORT, 5000})
        {
            rig.inject(0, rig.frame(1, length), 0);
            assertThat(receive(1)).isEqualTo(1);
            batch.address(0, batch.address(0) - PacketIo.HEADROOM_BYTES);
            batch.length(0, batch.length(0) + PacketIo.HEADROOM_BYTES);
            for (int i = 0; i < PacketIo.HEADROOM_BYTES; i++)
            {
                NativeMemory.putByte(batch.address(0) + i, i);
            }
            judge(Verdict.FORWARD, 1);
            rig.io().transmit(batch);
            final byte[] longer = rig.takeTransmitted(1).bytes();
            assertThat(longer).hasSize(length + PacketIo.HEADROOM_BYTES).startsWith(0, 1, 2, 3).endsWith(
                rig.frame(1, length));
        }
        rig.inject(0, rig.frame(2, SHORT), 0);
        assertThat(receive(1)).isEqualTo(1);
        batch.address(0, batch.address(0) + 4);
        batch.length(0, 60);
        judge(Verdict.FORWARD, 1);
        rig.io().transmit(batch);
        assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(
            java.util.Arrays.copyOfRange(rig.frame(2, SHORT), 4, 64));
    }

    @Test
    void shouldCarryFlagsThroughAndClearThemOnRequest()
    {
        final int partial = PacketBatch.PARTIAL_CHECKSUM;
        if (!rig.carriesFlags())
        {
            // A driver without flags says so of every frame, whatever the batch held before.
            batch.flags(0, partial);
            rig.inject(0, rig.frame(1, SHORT), 0);
            assertThat(receive(1)).isEqualTo(1);
            assertThat(batch.flags(0)).isZero();
            return;
        }
        final int both = partial | PacketBatch.SUPER_PACKET;
        rig.inject(0, rig.frame(1, SHORT), partial);
        rig.inject(0, rig.frame(2, 20_000), both);
        rig.inject(0, rig.frame(3, SHORT), partial);
        assertThat(receive(3)).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(batch::flags)).containsExactly(partial, both, partial);
        judge(Verdict.FORWARD, 1);
        batch.flags(2, 0);
        rig.io().transmit(batch);

        for (final int flags : new int[]{partial, both, 0})
        {
            assertThat(rig.takeTransmitted(1).flags()).isEqualTo(flags);
        }
    }

    @Test
    void shouldTurnFramesThatCouldNotBeSentIntoDrops()
    {
        rig.fail(1);
        for (int i = 0; i < 3; i++)
        {
            rig.inject(0, rig.frame(i, SHORT), 0);
        }
        assertThat(receive(3)).isEqualTo(3);
        judge(Verdict.FORWARD, 1);
        batch.egress(1, 0);
        batch.egress(2, 77);
        rig.io().transmit(batch);

        assertThat(Verdict.isDrop(batch.verdict(0))).isTrue();
        assertThat(batch.verdict(1)).isEqualTo(Verdict.FORWARD);
        assertThat(batch.verdict(2)).isEqualTo(Verdict.drop(DropReason.TX_ERROR));
        assertThat(rig.takeTransmitted(0).bytes()).isEqualTo(rig.frame(1, SHORT));
    }

    @Test
    void shouldHandPassedFramesToTheKernel()
    {
        rig.inject(0, rig.frame(1, SHORT), 0);
        rig.inject(0, rig.frame(2, 5000), 0);
        assertThat(receive(2)).isEqualTo(2);
        judge(Verdict.PASS, 0);
        rig.io().transmit(batch);

        assertThat(TestBatch.verdicts(batch)).startsWith(Verdict.PASS, Verdict.PASS);
        assertThat(rig.takePassed()).isEqualTo(java.util.Arrays.copyOfRange(rig.frame(1, SHORT), 14, SHORT));
        assertThat(rig.takePassed()).isEqualTo(java.util.Arrays.copyOfRange(rig.frame(2, 5000), 14, 5000));
    }

    @Test
    void shouldCountWhatDidNotFit()
    {
        final int more = rig.moreThanFit();
        for (int i = 0; i < more; i++)
        {
            rig.inject(0, rig.frame(i, SHORT), 0);
        }
        int received = 0;
        while (received < more && receive(1) > 0)
        {
            received += batch.size;
            judge(Verdict.drop(DropReason.NO_SERVICE), 0);
            rig.io().transmit(batch);
            if (received + rig.io().overruns() == more)
            {
                break;
            }
        }
        assertThat(rig.io().overruns()).isPositive();
        assertThat(received + rig.io().overruns()).isEqualTo(more);

        rig.inject(0, rig.frame(1, SHORT), 0);
        assertThat(receive(1)).as("goes on after an overrun").isEqualTo(1);
    }

    @Test
    void shouldWaitNoLongerThanAskedAndEndWhenAFrameComes()
    {
        final long startNs = System.nanoTime();
        rig.io().await(20_000_000);
        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(15_000_000L);

        rig.inject(0, rig.frame(1, SHORT), 0);
        final long injectedNs = System.nanoTime();
        rig.io().await(30_000_000_000L);
        assertThat(System.nanoTime() - injectedNs).isLessThan(20_000_000_000L);
        assertThat(rig.io().receive(batch)).isEqualTo(1);
    }

    @Test
    void shouldSendFramesThatItWasAskedForAndTakeThemBack()
    {
        for (int round = 0; round < 3; round++)
        {
            batch.size = 0;
            while (rig.io().claim(batch))
            {
                final int i = batch.size - 1;
                assertThat(batch.flags(i)).isZero();
                assertThat(batch.length(i)).isZero();
                write(i, rig.frame(i, PacketIo.CLAIMED_FRAME_BYTES));
            }
            assertThat(batch.size).as("a whole batch in every cycle").isEqualTo(PacketBatch.CAPACITY);
            judge(Verdict.FORWARD, 1);
            batch.verdict(3, Verdict.drop(DropReason.NO_NEXT_HOP));
            rig.io().transmit(batch);
            for (int i = 0; i < PacketBatch.CAPACITY; i++)
            {
                if (i != 3)
                {
                    assertThat(rig.takeTransmitted(1).bytes())
                        .isEqualTo(rig.frame(i, PacketIo.CLAIMED_FRAME_BYTES));
                }
            }
            assertThat(rig.takeTransmitted(1)).isNull();
        }
    }

    @Test
    void shouldSendClaimedFramesBesideReceivedOnesAndRefuseToFillABatchTwice()
    {
        rig.inject(0, rig.frame(1, SHORT), 0);
        assertThat(receive(1)).isEqualTo(1);
        assertThat(rig.io().claim(batch)).isTrue();
        assertThat(batch.size).isEqualTo(2);
        write(1, rig.frame(2, SHORT));
        judge(Verdict.FORWARD, 1);
        rig.io().transmit(batch);
        assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(1, SHORT));
        assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(2, SHORT));

        final PacketBatch other = new PacketBatch();
        batch.size = 0;
        while (rig.io().claim(batch))
        {
            batch.verdict(batch.size - 1, Verdict.drop(DropReason.NO_SERVER));
        }
        int others = 0;
        while (rig.io().claim(other))
        {
            assertThat(other.address(others)).isNotIn(IntStream.range(0, batch.size).mapToObj(batch::address).toList());
            other.verdict(others++, Verdict.drop(DropReason.NO_SERVER));
        }
        rig.io().transmit(batch);
        rig.io().transmit(other);
        assertThat(rig.takeTransmitted(1)).isNull();
    }

    private void write(final int index, final byte[] frame)
    {
        batch.length(index, frame.length);
        for (int i = 0; i < frame.length; i++)
        {
            NativeMemory.putByte(batch.address(index) + i, frame[i]);
        }
    }

    @Test
    void shouldNotAllocate()
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        // A native call allocates a little while it is interpreted: the path has to be compiled first.
        final long limitNs = System.nanoTime() + 20_000_000_000L;
        int cleanRounds = 0;
        long allocated = 0;
        while (cleanRounds < 20 && System.nanoTime() < limitNs)
        {
            for (int i = 0; i < 32; i++)
            {
                rig.inject(0, rig.frame(i, i % 4 == 0 ? 3000 : SHORT), 0);
            }
            final long before = threads.getCurrentThreadAllocatedBytes();
            cycle(200);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
            cleanRounds = allocated == 0 ? cleanRounds + 1 : 0;
            for (int i = 0; i < 32; i++)
            {
                assertThat(rig.takeTransmitted(1)).as("frame " + i).isNotNull();
            }
        }
        assertThat(cleanRounds).as("rounds without allocation; bytes in the last: " + allocated).isEqualTo(20);
    }

    private void cycle(final int count)
    {
        for (int i = 0; i < count; i++)
        {
            rig.io().receive(batch);
            judge(Verdict.FORWARD, 1);
            rig.io().transmit(batch);
            batch.size = 0;
            rig.io().claim(batch);
            batch.verdict(0, Verdict.drop(DropReason.NO_SERVICE));
            rig.io().transmit(batch);
            rig.io().overruns();
            rig.io().await(0);
        }
    }
}
