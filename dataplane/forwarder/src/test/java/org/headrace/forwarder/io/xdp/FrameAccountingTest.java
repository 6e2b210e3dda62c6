package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Whatever happens to packets, no frame of the memory is lost and none is in two places. */
@Timeout(60)
class FrameAccountingTest
{
    private static final int DROP = Verdict.drop(DropReason.NO_SERVICE);
    private static final int TX_FULL = Verdict.drop(DropReason.TX_FULL);

    private final PacketBatch batch = new PacketBatch();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldLoseNoFrame()
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
        try (XdpRig rig = new XdpRig(9000))
        {
            boolean isUp = true;
            int full = 0;
            for (int round = 0; round < 400; round++)
            {
                if (round % 50 == 49)
                {
                    rig.own().ip("link set a1 " + (isUp ? "down" : "up"));
                    isUp = !isUp;
                }
                for (int i = random.nextInt(120); i > 0; i--)
                {
                    rig.inject(0, rig.frame(i, random.nextInt(8) == 0 ? 9000 : 60 + random.nextInt(1400)), 0);
                }
                while (rig.io().receive(batch) > 0)
                {
                    claimSome(rig);
                    judge();
                    rig.io().transmit(batch);
                    full += countFull();
                    checkSum(rig);
                }
            }
            rig.own().ip("link set a1 up");
            batch.size = 0;
            rig.io().transmit(batch);
            checkPlaces(rig);
            assertThat(full).as("a ring holds more than a batch").isZero();
        }
    }

    @Test
    void shouldReportATransmitRingThatIsFullAndGoOn()
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
        try (XdpRig rig = new XdpRig(65_535))
        {
            int full = 0;
            for (int round = 0; round < 3; round++)
            {
                for (int i = 0; i < 40; i++)
                {
                    rig.inject(0, rig.frame(i, 60_000), 0);
                }
                while (rig.io().receive(batch) > 0)
                {
                    for (int i = 0; i < batch.size; i++)
                    {
                        batch.verdict(i, Verdict.FORWARD);
                        batch.egress(i, 1);
                    }
                    rig.io().transmit(batch);
                    full += countFull();
                }
                checkSum(rig);
            }
            assertThat(full).isPositive();
            batch.size = 0;
            rig.io().transmit(batch);
            checkPlaces(rig);
        }
    }

    private void claimSome(final XdpRig rig)
    {
        for (int i = random.nextInt(8); i > 0 && rig.io().claim(batch); i--)
        {
            batch.length(batch.size - 1, 60);
        }
    }

    private void judge()
    {
        for (int i = 0; i < batch.size; i++)
        {
            batch.egress(i, random.nextInt(20) == 0 ? 7 : random.nextInt(2));
            batch.verdict(i, switch (random.nextInt(8))
            {
                case 0 -> DROP;
                case 1 -> Verdict.PASS;
                case 2 -> Verdict.ANSWER;
                default -> Verdict.FORWARD;
            });
        }
    }

    private int countFull()
    {
        int full = 0;
        for (int i = 0; i < batch.size; i++)
        {
            full += batch.verdict(i) == TX_FULL ? 1 : 0;
        }
        return full;
    }

    private void checkSum(final XdpRig rig)
    {
        long sum = rig.umem().freeCount();
        for (final QueuePort port : rig.worker(0).ports())
        {
            sum += XdpRig.RECEIVE_SLOTS - port.fillDebt();
        }
        if (rig.umem().large().freeCount() == FrameLayout.LARGE_FRAMES)
        {
            for (final QueuePort port : rig.worker(0).ports())
            {
                sum += port.inFlight();
            }
            assertThat(sum).as("seed " + seed).isEqualTo(rig.frameCount());
        }
    }

    /** When the kernel has sent everything: every frame is free or in one of the fill rings, and in one place only. */
    private void checkPlaces(final XdpRig rig)
    {
        final List<Long> places = new ArrayList<>();
        for (long frame = rig.umem().take(); frame != Umem.NONE; frame = rig.umem().take())
        {
            places.add(frame);
        }
        for (final QueuePort port : rig.worker(0).ports())
        {
            assertThat(port.inFlight()).isZero();
            final RingPlaces fill = port.socket().fill().places();
            final int consumed = NativeMemory.getIntAcquire(fill.consumer());
            final int produced = NativeMemory.getIntAcquire(fill.producer());
            for (int i = consumed; i != produced; i++)
            {
                places.add(NativeMemory.getLong(fill.entries() + (long)(i & fill.size() - 1) * Long.BYTES));
            }
        }
        final Set<Long> distinct = new HashSet<>(places);
        assertThat(places).as("seed " + seed).hasSize(distinct.size()).hasSize(rig.frameCount());
        assertThat(rig.umem().large().freeCount()).isEqualTo(FrameLayout.LARGE_FRAMES);
    }
}
