package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.linux.NativeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayDeque;
import java.util.Random;

/** Both ends of a ring over the same memory: what the kernel would be is the other end. */
class RingsTest
{
    private static final int SIZE = 8;

    private static RingPlaces places(final int size, final int firstIndex)
    {
        final long memory = NativeMemory.allocate(192 + (long)size * XdpDescriptor.DESC_BYTES, 64);
        NativeMemory.putInt(memory, firstIndex);
        NativeMemory.putInt(memory + 64, firstIndex);
        return new RingPlaces(memory, memory + 64, memory + 128, memory + 192, size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE - 3, -3})
    void shouldCarryAddressesInOrderWhateverTheIndexes(final int firstIndex)
    {
        final RingPlaces places = places(SIZE, firstIndex);
        final ProducerRing producer = new ProducerRing(places);
        final ConsumerRing consumer = new ConsumerRing(places);
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final ArrayDeque<Long> expected = new ArrayDeque<>();
        long next = 1;
        for (int round = 0; round < 10_000; round++)
        {
            final int more = random.nextInt(SIZE - expected.size() + 1);
            for (int i = 0; i < more; i++)
            {
                producer.putAddress(next);
                expected.add(next++);
            }
            assertThat(consumer.available()).as("before publish").isEqualTo(expected.size() - more);
            producer.publish();
            assertThat(consumer.available()).as("seed " + seed).isEqualTo(expected.size());
            for (int i = random.nextInt(expected.size() + 1); i > 0; i--)
            {
                assertThat(consumer.takeAddress()).as("seed " + seed).isEqualTo(expected.remove());
            }
            consumer.release();
            assertThat(producer.isDrained()).as("seed " + seed).isEqualTo(expected.isEmpty());
        }
    }

    @Test
    void shouldBeEmptyThenFullThenEmpty()
    {
        final RingPlaces places = places(SIZE, 0);
        final ProducerRing producer = new ProducerRing(places);
        final ConsumerRing consumer = new ConsumerRing(places);
        assertThat(producer.size()).isEqualTo(SIZE);
        assertThat(producer.isDrained()).isTrue();
        assertThat(consumer.available()).isZero();
        for (int i = 0; i < SIZE; i++)
        {
            producer.putAddress(i);
        }
        producer.publish();
        assertThat(consumer.available()).isEqualTo(SIZE);
        assertThat(producer.consumedAcquire()).isZero();
        for (int i = 0; i < SIZE; i++)
        {
            assertThat(consumer.takeAddress()).isEqualTo(i);
        }
        assertThat(producer.isDrained()).as("taken is not released").isFalse();
        consumer.release();
        assertThat(producer.isDrained()).isTrue();
        assertThat(producer.consumedAcquire()).isEqualTo(SIZE);
    }

    @Test
    void shouldLayDescriptorsOutAsTheKernelDoes()
    {
        final RingPlaces places = places(SIZE, 7);
        final ProducerRing producer = new ProducerRing(places);
        final ConsumerRing consumer = new ConsumerRing(places);
        producer.putDescriptor(0x1_2345_6789L, 1514, XdpDescriptor.XDP_PKT_CONTD);
        producer.putDescriptor(4096, 60, 0);
        producer.publish();

        assertThat(consumer.takeDescriptor()).as("the last entry").isEqualTo(places.entries() + 7 * 16);
        assertThat(NativeMemory.getLong(places.entries() + 7 * 16)).isEqualTo(0x1_2345_6789L);
        assertThat(NativeMemory.getInt(places.entries() + 7 * 16 + 8)).isEqualTo(1514);
        assertThat(NativeMemory.getInt(places.entries() + 7 * 16 + 12)).isEqualTo(1);
        assertThat(consumer.takeDescriptor()).as("the first entry").isEqualTo(places.entries());
        assertThat(NativeMemory.getLong(places.entries())).isEqualTo(4096);
    }

    @Test
    void shouldTakeBackWhatNobodyHasSeen()
    {
        final RingPlaces places = places(SIZE, -1);
        final ProducerRing producer = new ProducerRing(places);
        final ConsumerRing consumer = new ConsumerRing(places);
        producer.putAddress(1);
        producer.putAddress(2);
        producer.putAddress(3);
        producer.publish();
        producer.retract(2);
        assertThat(consumer.available()).isEqualTo(1);
        producer.putAddress(4);
        producer.publish();
        assertThat(consumer.takeAddress()).isEqualTo(1);
        assertThat(consumer.takeAddress()).isEqualTo(4);
    }

    @Test
    void shouldReadTheFlagOfTheKernel()
    {
        final RingPlaces places = places(SIZE, 0);
        final ProducerRing producer = new ProducerRing(places);
        assertThat(producer.isWakeupNeeded()).isFalse();
        NativeMemory.putInt(places.flags(), XdpDescriptor.XDP_RING_NEED_WAKEUP);
        assertThat(producer.isWakeupNeeded()).isTrue();
    }

    @Test
    void shouldRefuseASizeThatIsNoPowerOfTwo()
    {
        assertThatThrownBy(() -> new RingPlaces(0, 0, 0, 0, 12)).hasMessage("size=12 (expected: a power of two)");
    }
}
