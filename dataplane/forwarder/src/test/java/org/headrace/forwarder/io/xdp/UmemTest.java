package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

class UmemTest
{
    private static final int FRAME = 4096;

    @Test
    void shouldGiveEachFrameOnceAndTheLastReturnedFirst()
    {
        try (Umem umem = new Umem(2048, 100, 0, 0))
        {
            assertThat(umem.lengthBytes()).isEqualTo(100 * 2048);
            assertThat(umem.freeCount()).isEqualTo(100);
            final Set<Long> frames = new HashSet<>();
            for (int i = 0; i < 100; i++)
            {
                final long frame = umem.take();
                assertThat(frame & 2047).isZero();
                NativeMemory.putLong(umem.address() + frame, frame);
                frames.add(frame);
            }
            assertThat(frames).hasSize(100);
            assertThat(umem.take()).isEqualTo(Umem.NONE);
            umem.give(2048);
            umem.onSent(4096 + 300);
            assertThat(umem.take()).isEqualTo(4096);
            umem.giveAny(4096);
            assertThat(umem.take()).isEqualTo(4096);
            assertThat(umem.take()).isEqualTo(2048);
            assertThat(umem.take()).isEqualTo(Umem.NONE);
        }
    }

    @Test
    void shouldFreeALargeFrameWhenAllOfItsPartsAreSent()
    {
        try (Umem umem = new Umem(FRAME, 4, 3, 2))
        {
            final LargeFrames large = umem.large();
            assertThat(umem.lengthBytes()).isEqualTo(10 * FRAME);
            assertThat(large.largeBytes()).isEqualTo(3 * FRAME);
            final long first = large.take();
            final long second = large.take();
            assertThat(Set.of(first, second)).containsExactlyInAnyOrder(4L * FRAME, 7L * FRAME);
            assertThat(large.take()).isEqualTo(Umem.NONE);
            large.onSend(second, 3);
            umem.onSent(second + FRAME);
            umem.onSent(second + 300);
            assertThat(large.freeCount()).isZero();
            umem.onSent(second + 2 * FRAME);
            assertThat(large.take()).isEqualTo(second);
            umem.giveAny(first);
            assertThat(large.take()).isEqualTo(first);
            assertThat(umem.freeCount()).isEqualTo(4);
        }
    }

    @Test
    void shouldKnowWhichPacketsLieInAFrame()
    {
        try (Umem umem = new Umem(FRAME, 4, 3, 1))
        {
            final long large = umem.large().take();
            assertThat(umem.holds(FRAME, FRAME, FRAME)).isTrue();
            assertThat(umem.holds(FRAME, FRAME + 256, 60)).isTrue();
            assertThat(umem.holds(FRAME, FRAME + 1, FRAME)).isFalse();
            assertThat(umem.holds(FRAME, FRAME - 1, 60)).isFalse();
            assertThat(umem.holds(FRAME, FRAME + 256, 0)).isFalse();
            assertThat(umem.holds(FRAME, FRAME + 256, -1)).isFalse();
            assertThat(umem.holds(large, large + 256, 2 * FRAME)).isTrue();
            assertThat(umem.holds(large, large + 256, 3 * FRAME)).isFalse();
        }
    }

    @Test
    void shouldCutTheMemoryByTheLongestPacket()
    {
        assertThat(layout(1500)).isEqualTo(new FrameLayout(2048, 0));
        assertThat(layout(XdpContext.SMALL_MTU_BYTES)).isEqualTo(new FrameLayout(2048, 0));
        assertThat(layout(XdpContext.SMALL_MTU_BYTES + 1)).isEqualTo(new FrameLayout(4096, 0));
        assertThat(layout(3822)).isEqualTo(new FrameLayout(4096, 0));
        assertThat(layout(3823)).isEqualTo(new FrameLayout(4096, 2));
        assertThat(layout(9000)).isEqualTo(new FrameLayout(4096, 3));
        assertThat(layout(65_535)).isEqualTo(new FrameLayout(4096, 17));
        assertThat(FrameLayout.of(List.of(link(1500), link(9000)))).isEqualTo(new FrameLayout(4096, 3));
        assertThat(layout(1500).isMultiBuffer()).isFalse();
        assertThat(layout(9000).isMultiBuffer()).isTrue();
    }

    private static FrameLayout layout(final int mtu)
    {
        return FrameLayout.of(List.of(link(mtu)));
    }

    private static NetworkLink link(final int mtu)
    {
        return new NetworkLink("a0", 1, mtu, 1, true);
    }
}
