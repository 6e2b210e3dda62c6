package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIoContractTest;
import org.headrace.forwarder.io.PacketIoRig;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NetworkLink;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;

/** The contract over virtual Ethernet in namespaces of its own. */
class XdpPacketIoTest extends PacketIoContractTest
{
    private static final int LONGEST_MTU = 65_535;

    @BeforeAll
    static void probe()
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
    }

    @Override
    protected PacketIoRig openRig()
    {
        return new XdpRig(LONGEST_MTU);
    }

    @Test
    void shouldSayHowItWorksOnEachInterface()
    {
        try (XdpRig rig = new XdpRig(1500))
        {
            assertThat(rig.events()).containsExactly(
                "event=af-xdp interface=a0 queues=1 mode=copy frameBytes=2048 multiBuffer=false",
                "event=af-xdp interface=a1 queues=1 mode=copy frameBytes=2048 multiBuffer=false");
        }
    }

    @Test
    void shouldSleepWhileAnInterfaceIsDownAndGoOnWhenItIsUpAgain()
    {
        try (XdpRig rig = new XdpRig(1500))
        {
            final PacketBatch batch = new PacketBatch();
            rig.fail(0);
            final long startNs = System.nanoTime();
            rig.io().await(50_000_000);
            assertThat(System.nanoTime() - startNs).isGreaterThan(40_000_000L);

            rig.own().ip("link set a0 up");
            rig.inject(0, rig.frame(1, 100), 0);
            rig.io().await(2_000_000_000L);
            assertThat(rig.io().receive(batch)).isEqualTo(1);
            batch.verdict(0, Verdict.FORWARD);
            batch.egress(0, 1);
            rig.io().transmit(batch);
            assertThat(batch.verdict(0)).isEqualTo(Verdict.FORWARD);
            assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(1, 100));
        }
    }

    @Test
    void shouldTakeTheQueuesOverFromAPredecessorThatEnds()
    {
        try (XdpRig rig = new XdpRig(1500))
        {
            final XdpContext successor = new XdpContext().links(rig.links()).sockets(rig.redirect().sockets());
            final XdpPacketIo io = rig.own().call(successor::openNext);
            final Thread end = new Thread(rig.worker(0)::close);
            end.start();
            rig.own().call(() ->
            {
                successor.admit();
                return 0;
            });
            final PacketBatch batch = new PacketBatch();
            rig.inject(1, rig.frame(3, 100), 0);
            io.await(2_000_000_000L);
            assertThat(io.receive(batch)).isEqualTo(1);
            io.close();
            successor.close();
        }
    }

    @Test
    void shouldNameTheQueueThatAnotherProgramHolds()
    {
        try (XdpRig rig = new XdpRig(1500))
        {
            final XdpContext second = new XdpContext().links(rig.links()).sockets(rig.redirect().sockets());
            final XdpPacketIo io = rig.own().call(second::openNext);
            assertThatThrownBy(() -> rig.own().call(() ->
            {
                second.admit();
                return 0;
            })).hasMessageStartingWith("bind(AF_XDP, a0, queue=0, copy) failed with EBUSY")
                .hasMessageContaining("another program has an AF_XDP socket");
            io.close();
            second.close();
        }
    }

    @Test
    void shouldForwardWhenItPollsBusily()
    {
        try (XdpRig rig = new XdpRig(1500, 1, 64))
        {
            final PacketBatch batch = new PacketBatch();
            for (int i = 0; i < 200; i++)
            {
                rig.inject(0, rig.frame(i, 100), 0);
                while (rig.io().receive(batch) == 0)
                {
                    rig.io().await(1_000_000);
                }
                batch.verdict(0, Verdict.FORWARD);
                batch.egress(0, 1);
                rig.io().transmit(batch);
                assertThat(rig.takeTransmitted(1).bytes()).isEqualTo(rig.frame(i, 100));
            }
        }
    }

    @Test
    void shouldRefuseAnIncompleteConfiguration()
    {
        assertThatThrownBy(() -> new XdpContext().openNext()).hasMessage("sockets is not set");
        try (XdpRig rig = new XdpRig(1500))
        {
            final XdpContext context = new XdpContext().sockets(rig.redirect().sockets());
            assertThatThrownBy(context::openNext).hasMessageStartingWith("links is empty");
            final NetworkLink down = new NetworkLink("a9", 9, 1500, 1, false);
            assertThatThrownBy(() -> context.links(List.of(down)).openNext())
                .hasMessageStartingWith("interface=a9 is down");
            context.links(rig.links());
            assertThatThrownBy(() -> context.receiveSlots(100).openNext())
                .hasMessage("receiveSlots=100 (expected: a power of two)");
            assertThatThrownBy(() -> context.receiveSlots(64).transmitSlots(32).openNext())
                .hasMessage("transmitSlots=32 is outside 64..65536");
            assertThatThrownBy(() -> rig.own().call(() -> context.transmitSlots(64).workerCount(2).openNext()))
                .hasMessageStartingWith("interface=a0 queues=1 < workers=2");
            assertThat(context.toString()).contains("workerCount=2");
        }
    }
}
