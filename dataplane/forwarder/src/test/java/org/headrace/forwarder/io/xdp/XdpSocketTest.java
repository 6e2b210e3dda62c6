package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.util.List;

/** The rings as the kernel lays them out. */
class XdpSocketTest
{
    private static final int RECEIVE_SLOTS = 128;
    private static final int TRANSMIT_SLOTS = 64;
    private static final int LINE_BYTES = 64;

    @Test
    void shouldMapRingsThatAreEmptyAndApart()
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
        try (Umem umem = new Umem(2048, 256, 0, 0);
            XdpSocket socket = new XdpSocket(umem, RECEIVE_SLOTS, TRANSMIT_SLOTS))
        {
            final List<RingPlaces> rings = List.of(
                socket.fill().places(), socket.receive().places(), socket.transmit().places(),
                socket.completion().places());
            assertThat(rings.stream().map(RingPlaces::size)).containsExactly(
                RECEIVE_SLOTS, RECEIVE_SLOTS, TRANSMIT_SLOTS, TRANSMIT_SLOTS);
            assertThat(rings.stream().map(ring -> ring.entries() >> 12)).doesNotHaveDuplicates();
            for (final RingPlaces ring : rings)
            {
                assertThat(NativeMemory.getInt(ring.producer())).isZero();
                assertThat(NativeMemory.getInt(ring.consumer())).isZero();
                assertThat(Math.abs(ring.producer() - ring.consumer())).isGreaterThanOrEqualTo(LINE_BYTES);
                assertThat(ring.entries() - ring.producer()).isPositive();
                assertThat(ring.entries() % Long.BYTES).isZero();
            }
            assertThat(socket.transmit().isWakeupNeeded()).as("nothing is sent without a call").isTrue();
            assertThat(socket.receive().available()).isZero();
            assertThat(socket.completion().available()).isZero();
            assertThat(socket.readLosses()).isZero();
        }
    }
}
