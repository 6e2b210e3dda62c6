package org.headrace.forwarder.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;

class InternetChecksumTest
{
    private static final int ROUNDS = 200_000;

    private final long memory = NativeMemory.allocate(128, 64);

    @Test
    void shouldComputeTheExampleOfRfc1071()
    {
        final int[] bytes = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
        for (int i = 0; i < bytes.length; i++)
        {
            NativeMemory.putByte(memory + i, bytes[i]);
        }
        assertThat(InternetChecksum.ofBytes(memory, bytes.length)).isEqualTo(~0xDDF2 & 0xFFFF);
    }

    @Test
    void shouldPadAnOddLengthWithZero()
    {
        for (int length = 1; length < 9; length += 2)
        {
            NativeMemory.putLong(memory, 0x1122_3344_5566_7788L);
            final int odd = InternetChecksum.ofBytes(memory, length);
            NativeMemory.putByte(memory + length, 0);
            assertThat(InternetChecksum.ofBytes(memory, length + 1)).as("length %d", length).isEqualTo(odd);
        }
    }

    @Test
    void shouldUpdateToWhatAFullComputationGives()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("InternetChecksumTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++)
        {
            for (int i = 0; i < 24; i += 4)
            {
                // Words of all zeros and all ones are the ones that one's complement arithmetic stumbles over.
                NativeMemory.putNetworkInt(memory + i, edgy(random));
            }
            final int before = InternetChecksum.ofBytes(memory, 24);
            final int oldInt = NativeMemory.getNetworkInt(memory + 4);
            final long oldLong = NativeMemory.getNetworkLong(memory + 8);
            final int oldShort = NativeMemory.getNetworkShort(memory + 16);
            final int newInt = edgy(random);
            final long newLong = (long)edgy(random) << 32 | edgy(random) & 0xFFFF_FFFFL;
            final int newShort = edgy(random) & 0xFFFF;
            NativeMemory.putNetworkInt(memory + 4, newInt);
            NativeMemory.putNetworkLong(memory + 8, newLong);
            NativeMemory.putNetworkShort(memory + 16, newShort);
            final int after = InternetChecksum.ofBytes(memory, 24);
            final int updated = InternetChecksum.apply(before, InternetChecksum.difference32(oldInt, newInt) +
                InternetChecksum.difference64(oldLong, newLong) + InternetChecksum.difference16(oldShort, newShort));
            // 0 and 0xFFFF are the same number in one's complement; which of the two is right only if not all is zero.
            assertThat(updated % 0xFFFF).as("seed=%d round=%d", seed, round).isEqualTo(after % 0xFFFF);
        }
    }

    @Test
    void shouldFindTheSameHeadersRightInEitherByteOrder()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("InternetChecksumTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++)
        {
            final int length = 20 + 4 * random.nextInt(11);
            for (int i = 0; i < length; i += 4)
            {
                NativeMemory.putNetworkInt(memory + i, edgy(random));
            }
            // What any header begins with: version and length.
            NativeMemory.putByte(memory, 0x40 | length / 4);
            NativeMemory.putNetworkShort(memory + 10, 0);
            NativeMemory.putNetworkShort(memory + 10, InternetChecksum.ofBytes(memory, length));
            assertThat(InternetChecksum.isRight(memory, length)).as("seed=%d round=%d", seed, round).isTrue();
            final int place = random.nextInt(length);
            NativeMemory.putByte(memory + place, NativeMemory.getUnsignedByte(memory + place) ^ 1 << random.nextInt(8));
            assertThat(InternetChecksum.isRight(memory, length)).as("seed=%d round=%d", seed, round).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0000,0x0000", "0xFFFF,0x0000", "0x0000,0xFFFF", "0x1234,0xEDCB", "0xFFFE,0x0001"})
    void shouldAgreeOverManySmallStepsAndOneBigStep(final String from, final String to)
    {
        final int old = Integer.decode(from);
        final int fresh = Integer.decode(to);
        for (int checksum = 0; checksum <= 0xFFFF; checksum++)
        {
            final int twoSteps = InternetChecksum.update(InternetChecksum.update(checksum, old, 0x5555), 0x5555, fresh);
            assertThat(twoSteps).isEqualTo(InternetChecksum.update(checksum, old, fresh));
        }
    }

    @Test
    void shouldDecrementTtlLikeTheKernel()
    {
        Ipv4.write(memory, 40, IpProtocol.TCP, 0x0A000001, 0x0A000002);
        for (int checksum = 0; checksum <= 0xFFFF; checksum++)
        {
            NativeMemory.putByte(memory + 8, 64);
            Ipv4.checksum(memory, checksum);
            Ipv4.decrementTtl(memory);
            // ip_decrease_ttl of include/net/ip.h: check += 0x0100, plus one if that reached 0xFFFF.
            final int sum = checksum + 0x0100;
            assertThat(Ipv4.checksum(memory)).isEqualTo(sum + (sum >= 0xFFFF ? 1 : 0) & 0xFFFF);
            assertThat(Ipv4.ttl(memory)).isEqualTo(63);
        }
    }

    private static int edgy(final SplittableRandom random)
    {
        return switch (random.nextInt(4))
        {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 0xFFFF;
            default -> random.nextInt();
        };
    }
}
