package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.TestBatch;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIoRig.Sent;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Random;

/** What becomes of frames when the ring is full, or the kernel does not send what is in it: each has one fate. */
@Timeout(60)
class UringTransmitTest
{
    private static final int TX_FULL = Verdict.drop(DropReason.TX_FULL);
    private static final int TX_ERROR = Verdict.drop(DropReason.TX_ERROR);
    private static final int SHORT = 100;
    /** Of the far end: it refuses frames longer than this and a VLAN tag. */
    private static final int FAR_MTU = 500;
    private static final int REFUSED = 600;
    private static final int LONG = 5_000;

    private final PacketBatch batch = new PacketBatch();
    private UringRig rig;
    private int sequence;

    @BeforeEach
    void open()
    {
        Assumptions.assumeTrue(KernelFeatures.probe().isComplete(), "skipped: the kernel lacks something");
        rig = new UringRig();
    }

    @AfterEach
    void close()
    {
        if (rig != null)
        {
            rig.close();
        }
    }

    private TransmitRing ring()
    {
        return ((UringPacketIo)rig.io()).transmitter().port(1).ring();
    }

    /** Receives frames of these lengths, numbered on from {@link #sequence}, to be forwarded to the other interface. */
    private void receive(final int... lengths)
    {
        for (final int length : lengths)
        {
            rig.inject(0, rig.frame(sequence++, length), 0);
        }
        final long limitNs = System.nanoTime() + 2_000_000_000L;
        while (rig.io().receive(batch) < lengths.length && System.nanoTime() < limitNs)
        {
            assertThat(batch.size).as("frames come all at once").isZero();
        }
        assertThat(batch.size).isEqualTo(lengths.length);
        for (int i = 0; i < batch.size; i++)
        {
            batch.verdict(i, Verdict.FORWARD);
            batch.egress(i, 1);
        }
    }

    /** Frames that were forwarded arrive, in order, and no others. */
    private void assertArrived(final String as, final int... lengths)
    {
        final int first = sequence - lengths.length;
        for (int i = 0; i < lengths.length; i++)
        {
            if (batch.verdict(i) == Verdict.FORWARD)
            {
                final Sent sent = rig.takeTransmitted(1);
                assertThat(sent).as(as + ", frame " + i).isNotNull();
                assertThat(sent.bytes()).as(as + ", frame " + i).isEqualTo(rig.frame(first + i, lengths[i]));
            }
        }
    }

    private void status(final int slot, final int status)
    {
        NativeMemory.putIntRelease(ring().slot(slot) + TpacketDescriptor.STATUS, status);
    }

    @Test
    void shouldSendOneByOneWhatFindsNoFreeSlotAndKeepTheOrder()
    {
        final int[] lengths = {SHORT, SHORT, SHORT, LONG, SHORT, SHORT};
        for (final int busy : new int[]{0, 1, 2})
        {
            final int next = nextSlot();
            status((next + busy) % TpacketDescriptor.TRANSMIT_SLOTS, TpacketDescriptor.STATUS_SENDING);
            receive(lengths);
            rig.io().transmit(batch);
            assertThat(TestBatch.verdicts(batch)).startsWith(0, 0, 0, 0, 0, 0);
            assertArrived("slot " + busy + " busy", lengths);
            assertThat(rig.takeTransmitted(1)).isNull();
            assertThat(nextSlot()).isEqualTo((next + busy) % TpacketDescriptor.TRANSMIT_SLOTS);

            status(nextSlot(), TpacketDescriptor.STATUS_AVAILABLE);
            receive(lengths);
            rig.io().transmit(batch);
            assertArrived("slot " + busy + " free again", lengths);
            assertThat(nextSlot()).isEqualTo((next + busy + 3) % TpacketDescriptor.TRANSMIT_SLOTS);
        }
    }

    private int nextSlot()
    {
        return ring().head();
    }

    @Test
    void shouldGiveEachFrameItsFateWhenTheDeviceRefusesSome()
    {
        rig.other().ip("link set z1 mtu " + FAR_MTU);
        final int[] lengths = {SHORT, SHORT, REFUSED, SHORT, REFUSED, REFUSED, SHORT, SHORT};
        for (int round = 0; round < 3; round++)
        {
            receive(lengths);
            rig.io().transmit(batch);
            for (int i = 0; i < lengths.length; i++)
            {
                assertThat(batch.verdict(i)).as("frame " + i)
                    .isEqualTo(lengths[i] == REFUSED ? TX_FULL : Verdict.FORWARD);
            }
            assertArrived("round " + round, lengths);
            assertThat(rig.takeTransmitted(1)).isNull();
        }
    }

    @Test
    void shouldDropAFrameWhoseOffloadsTheKernelRefusesAndSendTheOthers()
    {
        for (int i = 0; i < 3; i++)
        {
            rig.inject(0, rig.frame(sequence++, SHORT), i == 1 ? PacketBatch.PARTIAL_CHECKSUM : 0);
        }
        rig.io().await(1_000_000_000L);
        assertThat(rig.io().receive(batch)).isEqualTo(3);
        for (int i = 0; i < 3; i++)
        {
            batch.verdict(i, Verdict.FORWARD);
            batch.egress(i, 1);
        }
        // Its checksum would be beyond its end.
        batch.length(1, 30);
        rig.io().transmit(batch);

        assertThat(TestBatch.verdicts(batch)).startsWith(Verdict.FORWARD, TX_ERROR, Verdict.FORWARD);
        assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(0, SHORT));
        assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(2, SHORT));
        assertThat(rig.takeTransmitted(1)).isNull();

        receive(SHORT, SHORT);
        rig.io().transmit(batch);
        assertArrived("the ring goes on", SHORT, SHORT);
    }

    @Test
    void shouldCountExactlyWhatArrivesWhateverTheLengthsAndTheRefusals()
    {
        rig.other().ip("link set z1 mtu " + FAR_MTU);
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int forwarded = 0;
        int arrived = 0;
        for (int round = 0; round < 100; round++)
        {
            final int[] lengths = new int[1 + random.nextInt(PacketBatch.CAPACITY)];
            for (int i = 0; i < lengths.length; i++)
            {
                lengths[i] = random.nextInt(8) == 0 ? REFUSED : random.nextInt(16) == 0 ? LONG : SHORT;
            }
            final int busy = (nextSlot() + random.nextInt(PacketBatch.CAPACITY)) % TpacketDescriptor.TRANSMIT_SLOTS;
            status(busy, TpacketDescriptor.STATUS_SENDING);
            receive(lengths);
            rig.io().transmit(batch);
            status(busy, TpacketDescriptor.STATUS_AVAILABLE);
            for (int i = 0; i < lengths.length; i++)
            {
                assertThat(batch.verdict(i)).as("seed " + seed + " round " + round + " frame " + i)
                    .isEqualTo(lengths[i] == SHORT ? Verdict.FORWARD : TX_FULL);
                forwarded += batch.verdict(i) == Verdict.FORWARD ? 1 : 0;
            }
            while (arrived < forwarded && rig.takeTransmitted(1) != null)
            {
                arrived++;
            }
        }
        assertThat(arrived).as("seed " + seed).isEqualTo(forwarded);
        assertThat(rig.takeTransmitted(1)).isNull();
    }
}
