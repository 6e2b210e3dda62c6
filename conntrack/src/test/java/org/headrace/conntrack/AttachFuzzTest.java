package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Whatever stands in the memory, an attach answers: with a table that keeps every invariant, or with a refusal. It
 * never writes outside, and neither does the table.
 */
@Timeout(120)
class AttachFuzzTest
{
    private static final int CAPACITY = 120;
    private static final int KEYS = 300;
    private static final long LENGTH = ConnectionTableDescriptor.requiredBytes(CAPACITY);
    private static final long GUARD = 1 << 20;
    private static final byte GUARD_BYTE = 0x5C;

    private final Random random = new Random(TestTables.SEED);
    private final MemorySegment all = Arena.ofAuto().allocate(LENGTH + 2 * GUARD, 4096).fill(GUARD_BYTE);
    private final MemorySegment guard = Arena.ofAuto().allocate(GUARD).fill(GUARD_BYTE);
    private final MemorySegment memory = all.asSlice(GUARD, LENGTH);
    private final MemorySegment good = TestTables.memory(CAPACITY);
    private final KillWorkload workload = new KillWorkload(TestTables.SEED, KEYS, false);
    private int accepted;
    private int refused;
    private int rebuilt;

    @BeforeEach
    void makeGoodTable()
    {
        System.out.println("AttachFuzzTest seed=" + TestTables.SEED);
        final ConnectionTable table = ConnectionTable.create(good, CAPACITY, TestTables.SEED, KillWriter.CLOCK, 1,
            KillWorkload.timeouts(), TestTables.NOBODY, 0);
        for (int i = 0; i < 3_000; i++)
        {
            workload.next().perform(table);
        }
    }

    @Test
    void shouldAnswerToRandomBytes()
    {
        final byte[] bytes = new byte[(int)LENGTH];
        for (int round = 0; round < 300; round++)
        {
            random.nextBytes(bytes);
            memory.copyFrom(MemorySegment.ofArray(bytes));
            attach(LENGTH, true);
            assertThat(accepted).isZero();
            // the same behind a header that is right, and beside counts that are right
            memory.copyFrom(good.asSlice(0, round % 2 == 0 ? 128 : 4096));
            attach(LENGTH, true);
        }
        assertThat(refused).isGreaterThan(300);
    }

    @Test
    void shouldKeepInvariantsOrRefuseWhateverBitsFlip()
    {
        for (int round = 0; round < 4_000; round++)
        {
            memory.copyFrom(good);
            final int flips = 1 + random.nextInt(3);
            for (int i = 0; i < flips; i++)
            {
                flip(round % 4 == 0 ? 128 + random.nextInt(200) : randomOffset());
            }
            attach(LENGTH, true);
        }
        System.out.println("AttachFuzzTest flips: accepted=" + accepted + " of these rebuilt=" + rebuilt + " refused=" +
            refused);
        assertThat(accepted).isGreaterThan(500);
        assertThat(rebuilt).isPositive();
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void shouldStayInsideIfListsAndMarksAreHostile()
    {
        final long sides = ConnectionTableDescriptor.sidesOffset(CAPACITY);
        final long pairs = ConnectionTableDescriptor.bucketsLength(CAPACITY) / BucketDescriptor.LENGTH;
        for (int round = 0; round < 300; round++)
        {
            memory.copyFrom(good);
            for (long offset = ConnectionTableDescriptor.WHEEL_OFFSET;
                offset < ConnectionTableDescriptor.bucketsOffset(); offset += 4)
            {
                memory.set(ValueLayout.JAVA_INT, offset, random.nextInt());
            }
            for (int index = 0; index < CAPACITY; index++)
            {
                memory.set(ValueLayout.JAVA_LONG_UNALIGNED, sides + index * 12L, random.nextLong());
            }
            for (long bucket = 0; bucket < pairs; bucket++)
            {
                memory.set(ValueLayout.JAVA_INT, ConnectionTableDescriptor.bucketsOffset() +
                    bucket * BucketDescriptor.LENGTH + BucketDescriptor.PASSED_OFFSET, random.nextInt() >>> 1);
            }
            attach(LENGTH, false);
        }
        assertThat(accepted).isEqualTo(300);
    }

    @Test
    void shouldRefuseEveryShorterLength()
    {
        memory.copyFrom(good);
        for (long length = 0; length < LENGTH; length += 1 + random.nextInt(997))
        {
            attach(length, true);
            assertThat(accepted).as("length %d", length).isZero();
        }
        assertThat(refused).isGreaterThan(100);
        attach(LENGTH, true);
        assertThat(accepted).isEqualTo(1);
    }

    @Test
    void shouldAnswerToHeadersWhoseChecksumIsRight()
    {
        for (int round = 0; round < 2_000; round++)
        {
            memory.copyFrom(good);
            memory.set(ValueLayout.JAVA_INT, 8 + 4 * random.nextInt(14), random.nextInt() >> random.nextInt(32));
            final CRC32C checksum = new CRC32C();
            checksum.update(memory.asSlice(8, 56).asByteBuffer());
            memory.set(ValueLayout.JAVA_LONG, ConnectionTableDescriptor.CHECKSUM_OFFSET, checksum.getValue());
            attach(LENGTH, true);
        }
        assertThat(refused).isGreaterThan(500);
    }

    private void attach(final long length, final boolean isVerified)
    {
        try
        {
            final ConnectionTable table = ConnectionTable.attach(memory.asSlice(0, length), CAPACITY, KillWriter.CLOCK,
                2, KillWorkload.timeouts(), TestTables.NOBODY, (source, index) ->
                    assertThat(index).isBetween(0, CAPACITY - 1), workload.nowMs());
            accepted++;
            rebuilt += table.attachReport().isIndexRebuilt() ? 1 : 0;
            if (isVerified)
            {
                TableVerifier.verify(table);
            }
            goOn(table);
            if (isVerified)
            {
                TableVerifier.verify(table);
            }
        }
        catch (final TableRefusedException e)
        {
            refused++;
            assertThat(e.getMessage()).contains("expected: ");
        }
        assertThat(all.asSlice(0, GUARD).mismatch(guard)).isEqualTo(-1);
        assertThat(all.asSlice(GUARD + LENGTH).mismatch(guard)).isEqualTo(-1);
    }

    private void goOn(final ConnectionTable table)
    {
        final KillWorkload goingOn = workload.clone();
        for (int i = 0; i < 300; i++)
        {
            goingOn.next().perform(table);
        }
        while (table.expire(goingOn.nowMs() + IdleTimeouts.MAX_TIMEOUT_MS, 50) == 50)
        {
            assertThat(table.size()).isNotNegative();
        }
    }

    /** Anywhere in the index and the connections, but in the marks of passing, which nothing checks. */
    private long randomOffset()
    {
        while (true)
        {
            final long inBuckets = random.nextInt((int)(LENGTH - ConnectionTableDescriptor.bucketsOffset()));
            final long offset = ConnectionTableDescriptor.bucketsOffset() + inBuckets;
            if (inBuckets >= ConnectionTableDescriptor.bucketsLength(CAPACITY) ||
                inBuckets % BucketDescriptor.LENGTH < BucketDescriptor.PASSED_OFFSET)
            {
                return offset;
            }
        }
    }

    private void flip(final long offset)
    {
        memory.set(ValueLayout.JAVA_BYTE, offset,
            (byte)(memory.get(ValueLayout.JAVA_BYTE, offset) ^ 1 << random.nextInt(8)));
    }
}
