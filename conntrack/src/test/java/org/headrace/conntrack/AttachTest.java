package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.headrace.conntrack.TestTables.NOBODY;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;
import static org.headrace.conntrack.TestTables.findNat;
import static org.headrace.conntrack.TestTables.insertNat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

class AttachTest
{
    private static final int CAPACITY = 1_000;
    private static final long CLOCK = 0x1234_5678_9ABC_DEF0L;
    private static final long DAY_MS = 86_400_000L;
    private static final AttachListener NOT_ASKED = (table, index) ->
    {
    };

    private final MemorySegment memory = TestTables.memory(CAPACITY);
    private final long base = memory.address();
    private ConnectionTable former;

    @BeforeEach
    void createFormer()
    {
        former = ConnectionTable.create(memory, CAPACITY, TestTables.SEED, CLOCK, 101, new IdleTimeouts(), NOBODY,
            5_000);
    }

    @Test
    void shouldGoOnWithWholeTable() throws TableRefusedException
    {
        for (int i = 0; i < 600; i++)
        {
            insertNat(former, i, i % 3 == 0 ? UDP : TCP, i % 3 == 0 ? TcpState.UDP : TcpState.ESTABLISHED, 5_000 + i);
        }
        for (int i = 0; i < 600; i += 7)
        {
            former.remove(findNat(former, i, i % 3 == 0 ? UDP : TCP) >>> 1);
        }
        final List<Integer> told = new ArrayList<>();
        final ConnectionTable table = ConnectionTable.attach(memory, CAPACITY, CLOCK, 102, new IdleTimeouts(), NOBODY,
            (source, index) -> told.add(source.clientPort(index)), 9_000);
        TableVerifier.verify(table);
        assertThat(table.attachReport()).isEqualTo(new AttachReport(2, 101, TornOperation.NONE, -1, 514, 0, 0, 0, false,
            4_000));
        assertThat(table.epoch()).isEqualTo(2);
        assertThat(table.ownerPid()).isEqualTo(102);
        assertThat(told).hasSize(514);
        assertThat(table.removed()).isEqualTo(86);
        for (int i = 0; i < 600; i++)
        {
            assertThat(findNat(table, i, i % 3 == 0 ? UDP : TCP) >= 0).isEqualTo(i % 7 != 0);
        }
        assertThat(former.attachReport()).isNull();
    }

    @Test
    void shouldCountOwners() throws TableRefusedException
    {
        for (int owner = 2; owner < 10; owner++)
        {
            final ConnectionTable table = attach(5_000 + owner);
            assertThat(table.epoch()).isEqualTo(owner);
            assertThat(table.attachReport().formerOwnerPid()).isEqualTo(owner == 2 ? 101 : 102);
        }
    }

    @Test
    void shouldExpireWhatHasBeenIdleWhileNobodyRan() throws TableRefusedException
    {
        for (int i = 0; i < 500; i++)
        {
            insertNat(former, i, TCP, TcpState.ESTABLISHED, 5_000 + i * 1_000L);
        }
        final long nowMs = 5_000 + 1_000_300;
        final ConnectionTable table = attach(nowMs);
        TableVerifier.verify(table);
        assertThat(table.attachReport().overdue()).isEqualTo(101);
        assertThat(table.idleMs(499, nowMs)).isEqualTo(501_300);
        for (int i = 0; i < 20; i++)
        {
            assertThat(table.expire(nowMs, 5)).isEqualTo(5);
            assertThat(table.size()).isEqualTo(500 - (i + 1) * 5);
            TableVerifier.verify(table);
        }
        assertThat(table.expire(nowMs, 5)).isEqualTo(1);
        assertThat(table.expire(nowMs + 100_256, 1_000)).isBetween(100, 101);
        assertThat(table.size()).isEqualTo(299);
    }

    @Test
    void shouldKeepTimesRightAfterLongSilence() throws TableRefusedException
    {
        final IdleTimeouts timeouts = new IdleTimeouts().set(1, TcpState.ESTABLISHED, IdleTimeouts.MAX_TIMEOUT_MS);
        former = ConnectionTable.create(memory, CAPACITY, TestTables.SEED, CLOCK, 101, timeouts, NOBODY, 5_000);
        former.insert(TestTables.nat(former, 1, TCP, TcpState.ESTABLISHED).timeouts(1), 5_000);
        former.expire(5_000 + 11 * DAY_MS, 10_000);
        former.insert(TestTables.nat(former, 2, TCP, TcpState.ESTABLISHED).timeouts(1), 5_000 + 11 * DAY_MS);
        long nowMs = 5_000 + 35 * DAY_MS;
        ConnectionTable table = attach(nowMs, timeouts);
        assertThat(table.attachReport().correctedTimes()).isEqualTo(2);
        assertThat(table.attachReport().overdue()).isEqualTo(2);
        TableVerifier.verify(table);
        insertNat(table, 3, TCP, TcpState.ESTABLISHED, nowMs);
        nowMs += 24 * DAY_MS;
        table = attach(nowMs, timeouts);
        TableVerifier.verify(table);
        assertThat(table.expire(nowMs, 10)).isEqualTo(3);
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldRefuseSilenceThatTimesDoNotSurviveAndClockThatWentBack()
    {
        former.expire(1_000_000, 1);
        assertRefused("silentMs: now=", 1_000_000 + (1L << 31) + 256);
        assertRefused("silentMs: now=", 999_000);
        assertRefused("silentMs: now=", 4_000);
    }

    @Test
    void shouldRefuseOtherTables()
    {
        assertRefusedWith(CAPACITY - 1, CLOCK, "capacity: 1000 (expected: 999)");
        assertRefusedWith(CAPACITY, CLOCK - 1, "clockId: 0x123456789abcdef0 (expected: 0x123456789abcdeef)");
        OffHeap.putInt(base + ConnectionTableDescriptor.VERSION_OFFSET, 1);
        assertRefusedWith(CAPACITY, CLOCK, "version: 0x1 (expected: 0x2)");
        OffHeap.putLong(base, 0);
        assertRefusedWith(CAPACITY, CLOCK, "magic: 0x0");
        assertThatThrownBy(() -> ConnectionTable.attach(memory.asSlice(0, 100), CAPACITY, CLOCK, 102,
            new IdleTimeouts(), NOBODY, NOT_ASKED, 5_000)).isInstanceOf(TableRefusedException.class);
    }

    @Test
    void shouldRefuseHeaderWhoseChecksumIsWrong()
    {
        OffHeap.putLong(base + ConnectionTableDescriptor.HASH_SEED_OFFSET, 1);
        assertRefused("checksum: 0x", 5_000);
    }

    @Test
    void shouldRefuseEntriesThatNoKillExplains()
    {
        final int index = insertNat(former, 1, TCP, TcpState.ESTABLISHED, 5_000);
        OffHeap.putByte(former.entry(index) + EntryDescriptor.STATE_OFFSET, 13);
        assertRefused("connection 0: state=13 protocol=6 serverSlot=0", 5_000);
        OffHeap.putByte(former.entry(index) + EntryDescriptor.STATE_OFFSET, TcpState.ESTABLISHED);
        OffHeap.putByte(former.entry(index) + EntryDescriptor.FLAGS_OFFSET, 0);
        assertRefused("connection 0: generation=1 flags=0x0", 5_000);
        OffHeap.putByte(former.entry(index) + EntryDescriptor.FLAGS_OFFSET, EntryDescriptor.LIVE);
        OffHeap.putInt(former.entry(index) + 4, 77);
        assertRefused("connection 0: local end differs", 5_000);
        OffHeap.putInt(base + ConnectionTableDescriptor.EVER_USED_OFFSET, CAPACITY + 1);
        assertRefused("everUsed: 1001 (expected: 0 to 1000)", 5_000);
    }

    @Test
    void shouldRebuildListsAndIndexFromSoundEntries() throws TableRefusedException
    {
        for (int i = 0; i < CAPACITY; i++)
        {
            insertNat(former, i, TCP, TcpState.ESTABLISHED, 5_000);
        }
        for (int i = 0; i < CAPACITY; i += 3)
        {
            former.remove(i);
        }
        final long sides = ConnectionTableDescriptor.sidesOffset(CAPACITY);
        for (long offset = ConnectionTableDescriptor.WHEEL_OFFSET; offset < sides; offset += 4)
        {
            OffHeap.putInt(base + offset, (int)offset * 0x9E37_79B9);
        }
        for (int i = 0; i < CAPACITY; i++)
        {
            OffHeap.putLong(former.side(i), i * 0x9E37_79B9_7F4A_7C15L);
        }
        OffHeap.putInt(base + ConnectionTableDescriptor.FIRST_FREE_OFFSET, 12_345_678);
        OffHeap.putInt(base + ConnectionTableDescriptor.SIZE_OFFSET, -7);
        final ConnectionTable table = attach(5_000);
        assertThat(table.attachReport().isIndexRebuilt()).isTrue();
        assertThat(table.attachReport().correctedCounts()).isEqualTo(1);
        assertThat(table.size()).isEqualTo(666);
        TableVerifier.verify(table);
    }

    @Test
    void shouldRefuseToRebuildIndexOfTwoConnectionsWithOneTuple()
    {
        insertNat(former, 1, TCP, TcpState.ESTABLISHED, 5_000);
        insertNat(former, 2, TCP, TcpState.ESTABLISHED, 5_000);
        MemorySegment.copy(memory, former.entry(0) - base, memory, former.entry(1) - base, 64);
        assertRefused("connection 1: direction 0 has the tuple of connection 0", 5_000);
    }

    private ConnectionTable attach(final long nowMs) throws TableRefusedException
    {
        return attach(nowMs, new IdleTimeouts());
    }

    private ConnectionTable attach(final long nowMs, final IdleTimeouts timeouts) throws TableRefusedException
    {
        return ConnectionTable.attach(memory, CAPACITY, CLOCK, 102, timeouts, NOBODY, NOT_ASKED, nowMs);
    }

    private void assertRefused(final String message, final long nowMs)
    {
        assertThatThrownBy(() -> attach(nowMs)).isInstanceOf(TableRefusedException.class)
            .hasMessageContaining(message).hasMessageContaining("expected: ");
    }

    private void assertRefusedWith(final int capacity, final long clockId, final String message)
    {
        assertThatThrownBy(() -> ConnectionTable.attach(memory, capacity, clockId, 102, new IdleTimeouts(), NOBODY,
            NOT_ASKED, 5_000)).isInstanceOf(TableRefusedException.class).hasMessageContaining(message);
    }
}
