package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
class HandoffRingTest
{
    private static final int SLOT_BYTES = 256;
    private static final int CAPACITY = SLOT_BYTES - 16;

    private final long packet = NativeMemory.allocate(1 << 16, 64);

    private boolean offer(final HandoffRing ring, final int number, final int length)
    {
        fill(packet, number, length);
        return ring.offer(packet, length, number & 3);
    }

    /** Every byte follows from the packet's number and its own place. */
    private static void fill(final long address, final int number, final int length)
    {
        for (int i = 0; i < length; i++)
        {
            NativeMemory.putByte(address + i, number * 31 + i);
        }
    }

    /** @return its length, or -1 if the packet in the ring is not the one with that number. */
    private static int take(final HandoffRing ring, final int number)
    {
        int length = 0;
        int left;
        do
        {
            left = ring.partsLeft();
            for (int i = 0; i < ring.length(); i++)
            {
                if (NativeMemory.getUnsignedByte(ring.address() + i) != (number * 31 + length + i & 0xFF))
                {
                    return -1;
                }
            }
            length += ring.length();
            if (ring.place() != (number & 3))
            {
                return -1;
            }
            ring.advance();
        }
        while (left != 0);
        return length;
    }

    @Test
    void shouldShowWhatIsPublishedAndNothingBefore()
    {
        final HandoffRing ring = new HandoffRing(8, SLOT_BYTES);
        assertThat(ring.available()).isZero();
        assertThat(ring.publish()).isFalse();
        assertThat(offer(ring, 5, 60)).isTrue();
        assertThat(ring.available()).isZero();
        assertThat(ring.publish()).isTrue();
        assertThat(ring.publish()).as("nothing new").isFalse();
        assertThat(ring.available()).isEqualTo(1);
        assertThat(take(ring, 5)).isEqualTo(60);
        assertThat(ring.available()).isZero();
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndTakeItAfterRelease()
    {
        final HandoffRing ring = new HandoffRing(4, SLOT_BYTES);
        assertThat(offer(ring, 0, 3 * CAPACITY)).isTrue();
        assertThat(offer(ring, 1, CAPACITY + 1)).as("two slots, one free").isFalse();
        assertThat(offer(ring, 1, CAPACITY)).isTrue();
        assertThat(offer(ring, 2, 1)).as("full").isFalse();
        ring.publish();
        assertThat(ring.available()).isEqualTo(4);
        assertThat(take(ring, 0)).isEqualTo(3 * CAPACITY);
        assertThat(offer(ring, 2, 1)).as("taken, not released").isFalse();
        ring.release();
        assertThat(offer(ring, 2, 2 * CAPACITY)).isTrue();
        ring.publish();
        assertThat(take(ring, 1)).isEqualTo(CAPACITY);
        assertThat(ring.available()).isEqualTo(2);
        assertThat(take(ring, 2)).isEqualTo(2 * CAPACITY);
        assertThat(offer(ring, 3, 5 * CAPACITY)).as("longer than the ring").isFalse();
    }

    @Test
    void shouldCarryEveryPacketWholeAndInOrderFromThreadToThread() throws InterruptedException
    {
        final int count = 300_000;
        final long seed = System.nanoTime();
        final HandoffRing ring = new HandoffRing(64, SLOT_BYTES);
        final AtomicReference<String> problem = new AtomicReference<>("");
        final Thread owner = new Thread(() ->
        {
            final Random random = new Random(seed);
            for (int number = 0; number < count; number++)
            {
                while (ring.available() == 0)
                {
                    Thread.yield();
                }
                final int expected = 1 + random.nextInt(random.nextInt(16) == 0 ? 9 * CAPACITY : CAPACITY);
                final int length = take(ring, number);
                if (length != expected)
                {
                    problem.set("packet " + number + " length=" + length + " expected=" + expected);
                    return;
                }
                if ((number & 7) == 0)
                {
                    ring.release();
                }
            }
        });
        owner.start();
        final Random random = new Random(seed);
        for (int number = 0; number < count && owner.isAlive(); number++)
        {
            final int length = 1 + random.nextInt(random.nextInt(16) == 0 ? 9 * CAPACITY : CAPACITY);
            while (!offer(ring, number, length) && owner.isAlive())
            {
                ring.publish();
                Thread.yield();
            }
            if ((number & 15) == 0 || number == count - 1)
            {
                ring.publish();
            }
        }
        owner.join();
        assertThat(problem.get()).as("seed " + seed).isEmpty();
    }
}
