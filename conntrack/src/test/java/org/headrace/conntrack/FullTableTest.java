package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.FULL;
import static org.headrace.conntrack.ConnectionTable.INDEX_FULL;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;
import static org.headrace.conntrack.TestTables.findNat;
import static org.headrace.conntrack.TestTables.insertNat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class FullTableTest
{
    private final List<String> removals = new ArrayList<>();

    @Test
    void shouldTakeAsManyConnectionsAsItsCapacity()
    {
        for (int capacity = 1; capacity <= 300; capacity++)
        {
            assertFillsUp(capacity);
        }
        for (final int capacity : new int[]{4_099, 65_536, 300_000})
        {
            assertFillsUp(capacity);
        }
    }

    @Test
    void shouldEvictOldestEmbryonicFirstThenOldestClosedAndThenRefuse()
    {
        final ConnectionTable table = table(6);
        final int[] states = {TcpState.ESTABLISHED, TcpState.TIME_WAIT, TcpState.SYN_RECV, TcpState.CLOSE,
            TcpState.SYNACK, TcpState.UDP};
        for (int i = 0; i < states.length; i++)
        {
            insertNat(table, i, states[i] == TcpState.UDP ? UDP : TCP, states[i], i * 1_000);
        }
        // by deadline: SYN_RECV 62 s before SYNACK 124 s, then CLOSE 13 s before TIME_WAIT 121 s
        for (int i = 0; i < 4; i++)
        {
            assertThat(insertNat(table, 100 + i, TCP, TcpState.ESTABLISHED, 7_000)).isNotNegative();
        }
        assertThat(removals).containsExactly("EVICTED SYN_RECV 1026", "EVICTED SYNACK 1028", "EVICTED CLOSE 1027",
            "EVICTED TIME_WAIT 1025");
        assertThat(insertNat(table, 104, TCP, TcpState.SYN_RECV, 7_000)).isEqualTo(FULL);
        assertThat(insertNat(table, 105, UDP, TcpState.UDP, 7_000)).isEqualTo(FULL);
        assertThat(table.size()).isEqualTo(6);
        assertThat(table.evicted()).isEqualTo(4);
        assertThat(table.refusedFull()).isEqualTo(2);
        assertThat(findNat(table, 0, TCP)).isNotNegative();
        assertThat(findNat(table, 5, UDP)).isNotNegative();
        assertThat(findNat(table, 2, TCP)).isEqualTo(NOT_FOUND);
    }

    @Test
    void shouldEvictInOrderOfArrivalDuringFlood()
    {
        final int capacity = 1_000;
        final ConnectionTable table = table(capacity);
        for (int i = 0; i < 10; i++)
        {
            insertNat(table, 1_000_000 + i, TCP, TcpState.ESTABLISHED, 0);
        }
        for (int i = 0; i < 20_000; i++)
        {
            // 40 to the millisecond, so that many share a slot of the wheel
            assertThat(insertNat(table, i, TCP, TcpState.SYN_RECV, i / 40)).isNotNegative();
            final int oldest = i - (capacity - 10) + 1;
            assertThat(findNat(table, Math.max(0, oldest), TCP)).isNotNegative();
            if (oldest > 0)
            {
                assertThat(findNat(table, oldest - 1, TCP)).isEqualTo(NOT_FOUND);
            }
        }
        for (int i = 0; i < 10; i++)
        {
            assertThat(findNat(table, 1_000_000 + i, TCP)).isNotNegative();
        }
        assertThat(table.evicted()).isEqualTo(20_000 - 990);
        assertThat(table.tupleIndex().countFlows()).isEqualTo(2 * capacity);
    }

    @Test
    void shouldSpareConnectionThatWasEstablishedInTheMeantime()
    {
        final ConnectionTable table = table(3);
        final int first = insertNat(table, 0, TCP, TcpState.SYN_RECV, 0);
        insertNat(table, 1, TCP, TcpState.SYN_RECV, 1);
        insertNat(table, 2, TCP, TcpState.SYN_RECV, 2);
        table.state(first, TcpState.ESTABLISHED);
        insertNat(table, 3, TCP, TcpState.SYN_RECV, 3);
        assertThat(removals).containsExactly("EVICTED SYN_RECV 1025");
    }

    @Test
    void shouldStayExactAndBoundedIfAllHashesAreEqual()
    {
        final int capacity = 4_096;
        final int port = 1234;
        // somebody who knows the seed: one operand of the first multiplication becomes zero for these ports, so that
        // the addresses no longer count
        final long seed = TestTables.seedWithSecretOne(((long)port << 16 | 80) << 8 | TCP);
        final ConnectionTable table = ConnectionTable.create(TestTables.memory(capacity), capacity, seed,
            new IdleTimeouts(), TestTables.NOBODY, 0);
        assertThat(table.hashIpv4(TCP, 1, port, 2, 80)).isEqualTo(table.hashIpv4(TCP, 3, port, 4, 80));

        final List<Integer> taken = new ArrayList<>();
        int refused = 0;
        for (int client = 0; client < 1_000; client++)
        {
            final int index = insertFrom(table, client, port);
            if (index >= 0)
            {
                assertThat(refused).isZero();
                taken.add(index);
            }
            else
            {
                assertThat(index).isEqualTo(INDEX_FULL);
                refused++;
            }
        }
        assertThat(taken).hasSizeGreaterThan(320).hasSizeLessThanOrEqualTo(640);
        assertThat(table.refusedIndexFull()).isEqualTo(refused);
        assertThat(table.size()).isEqualTo(taken.size());
        assertThat(table.tupleIndex().countFlows()).isEqualTo(2L * taken.size());
        for (int client = 0; client < 1_000; client++)
        {
            assertThat(findFrom(table, client, port)).isEqualTo(client < taken.size() ? taken.get(client) << 1 : -1);
        }
        // everybody else still gets in, up to the last place
        int others = 0;
        while (table.size() < capacity)
        {
            assertThat(insertNat(table, others++, UDP, TcpState.UDP, 0)).isNotNegative();
        }
        assertThat(insertFrom(table, 2_000, port)).isEqualTo(FULL);
        for (int i = 0; i < others; i++)
        {
            assertThat(findNat(table, i, UDP)).isNotNegative();
            table.remove(ConnectionTable.index(findNat(table, i, UDP)));
        }
        for (int client = 0; client < taken.size(); client += 2)
        {
            table.remove(taken.get(client));
        }
        for (int client = 0; client < taken.size(); client++)
        {
            assertThat(findFrom(table, client, port)).isEqualTo(client % 2 == 1 ? taken.get(client) << 1 : -1);
        }
        for (int client = 1; client < taken.size(); client += 2)
        {
            table.remove(taken.get(client));
        }
        assertThat(table.tupleIndex().countFlows()).isZero();
        assertThat(table.tupleIndex().countPassed()).isZero();
    }

    private void assertFillsUp(final int capacity)
    {
        final ConnectionTable table = TestTables.table(capacity);
        for (int i = 0; i < capacity; i++)
        {
            if (insertNat(table, i, UDP, TcpState.UDP, 0) < 0)
            {
                throw new AssertionError("capacity=" + capacity + " refused at " + i);
            }
        }
        assertThat(insertNat(table, capacity, UDP, TcpState.UDP, 0)).isEqualTo(FULL);
        assertThat(table.size()).isEqualTo(capacity);
        for (int i = 0; i < capacity; i++)
        {
            table.remove(ConnectionTable.index(findNat(table, i, UDP)));
        }
        assertThat(table.size()).isZero();
        assertThat(table.tupleIndex().countFlows()).isZero();
        assertThat(table.tupleIndex().countPassed()).isZero();
    }

    private ConnectionTable table(final int capacity)
    {
        return TestTables.table(capacity, (table, index, reason) -> removals.add(
            reason + " " + TcpState.name(table.state(index)) + " " + table.clientPort(index)), 0);
    }

    private static int insertFrom(final ConnectionTable table, final int client, final int port)
    {
        return table.insert(table.newConnection().protocol(TCP).ipv4Client(client, port).ipv4Virtual(0xC0000201, 80)
            .ipv4Server(0xAC100001, 8080).state(TcpState.ESTABLISHED), 0);
    }

    private static int findFrom(final ConnectionTable table, final int client, final int port)
    {
        return table.findIpv4(table.hashIpv4(TCP, client, port, 0xC0000201, 80), TCP, client, port, 0xC0000201, 80);
    }
}
