package org.headrace.forwarder.io.uring;

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
class UringPacketIoTest extends PacketIoContractTest
{
    @BeforeAll
    static void probe()
    {
        final KernelFeatures features = KernelFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
    }

    @Override
    protected PacketIoRig openRig()
    {
        return new UringRig();
    }

    @Test
    void shouldNameAnInterfaceThatIsMissingOrWrong()
    {
        assertThatThrownBy(() -> NetworkLink.find("nosuch0"))
            .hasMessage("interface=nosuch0 does not exist in this network namespace");
        assertThatThrownBy(() -> NetworkLink.find("lo")).hasMessageContaining("interface=lo has hardware type 772");
        assertThatThrownBy(() -> NetworkLink.find("a-name-of-sixteen")).hasMessageContaining("expected 1..15");
    }

    @Test
    void shouldSleepWhileAnInterfaceIsDownAndGoOnWhenItIsUpAgain()
    {
        try (UringRig rig = new UringRig())
        {
            final PacketBatch batch = new PacketBatch();
            rig.io().await(1_000_000);
            rig.fail(0);
            // The first waits see the error and clear it.
            rig.io().await(1_000_000);
            rig.io().await(1_000_000);
            rig.io().await(1_000_000);
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
        }
    }

    @Test
    void shouldRefuseAnIncompleteConfiguration()
    {
        assertThatThrownBy(() -> new UringContext().openNext()).hasMessage("picker is not set");
        try (UringRig rig = new UringRig())
        {
            final NetworkLink down = new NetworkLink("a9", 9, 1500, 1, false);
            final UringContext context = new UringContext().picker(rig.picker());
            assertThatThrownBy(context::openNext).hasMessageStartingWith("links is empty");
            assertThatThrownBy(() -> context.links(List.of(down)).openNext())
                .hasMessageStartingWith("interface=a9 is down");
            assertThatThrownBy(() -> new UringContext().picker(rig.picker())
                .links(List.of(new NetworkLink("a0", 1, 1500, 1, true))).smallSlots(63).openNext())
                .hasMessage("smallSlots=63 is outside 64..1048576");
            assertThat(context.toString()).contains("a9");
        }
    }
}
