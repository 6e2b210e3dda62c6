package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;
import static org.headrace.conntrack.TestTables.findNat;
import static org.headrace.conntrack.TestTables.findNatReply;
import static org.headrace.conntrack.TestTables.insertNat;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;

/** No path of the table allocates: counted by the virtual machine for this thread, over millions of calls. */
class AllocationTest
{
    private static final int CAPACITY = 1_000;
    private static final int ROUND = 20_000;
    private static final int WARM_UP_ROUNDS = 20;
    private static final int MEASURED_ROUNDS = 50;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final ConnectionTable table = TestTables.table(CAPACITY);
    private final ConnectionTableReader reader = new ConnectionTableReader(table.memory());
    private final ConnectionRecord record = new ConnectionRecord();
    private long nowMs;
    private long live;

    @Test
    void shouldAllocateNothingOnAnyPath()
    {
        for (int i = 0; i < WARM_UP_ROUNDS; i++)
        {
            round();
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED_ROUNDS; i++)
        {
            round();
        }
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isZero();
        assertThat(live).isNotZero();
        assertThat(table.expired()).isGreaterThan(MEASURED_ROUNDS);
        assertThat(table.evicted()).isGreaterThan(MEASURED_ROUNDS);
        assertThat(table.removed()).isGreaterThan(MEASURED_ROUNDS);
        assertThat(table.refusedFull()).isGreaterThan(MEASURED_ROUNDS);
        assertThat(table.duplicates()).isGreaterThan(MEASURED_ROUNDS);
    }

    private void round()
    {
        flood();
        for (int i = 0; i < ROUND; i++)
        {
            live += hitAndMiss(i) + ipv6(i);
        }
        for (int i = 0; i < 100; i++)
        {
            live += reader.next(i, i + 10, record) + record.clientPort() + record.packets(0);
        }
        expire();
    }

    private void flood()
    {
        for (int i = 0; i < CAPACITY / 2; i++)
        {
            live += insertNat(table, i, UDP, TcpState.UDP, nowMs);
            live += insertNat(table, i, UDP, TcpState.UDP, nowMs);
        }
        for (int i = 0; i < 2 * CAPACITY; i++)
        {
            live += insertNat(table, i, TCP, TcpState.SYN_RECV, nowMs);
        }
        for (int i = 0; i < 2 * CAPACITY; i++)
        {
            final int flow = findNat(table, i, TCP);
            if (flow >= 0)
            {
                table.state(flow >>> 1, TcpTransitionTable.next(TcpTransitionTable.INPUT, 0x10, TcpState.SYN_RECV));
            }
        }
        live += insertNat(table, 9_999, TCP, TcpState.SYN_RECV, nowMs);
    }

    private long hitAndMiss(final int i)
    {
        final int n = i % CAPACITY;
        final int flow = findNat(table, n, UDP);
        if (flow >= 0)
        {
            table.onPacket(flow, 1500, nowMs);
        }
        final int reply = findNatReply(table, 2 * CAPACITY - 1 - n, TCP);
        if (reply >= 0)
        {
            table.onPacket(reply, 40, nowMs);
            if (i % 64 == 0)
            {
                table.remove(reply >>> 1);
            }
        }
        final long hash = table.hashIpv4(TCP, i, 2, 3, 4);
        return table.touchBucket(hash) + table.touchEntry(table.candidate(hash)) + flow + reply;
    }

    private long ipv6(final int i)
    {
        final int index = table.insert(table.newConnection().protocol(TCP).ipv6Client(PREFIX, i, 4000)
            .ipv6Virtual(PREFIX, 2, 443).ipv6Local(PREFIX, 3, 5000 + i % 1000).ipv6Server(PREFIX, 4, 443)
            .state(TcpState.TIME_WAIT), nowMs);
        final long hash = table.hashIpv6(TCP, PREFIX, i, 4000, PREFIX, 2, 443);
        final int flow = table.findIpv6(hash, TCP, PREFIX, i, 4000, PREFIX, 2, 443);
        final int candidate = table.candidate(hash);
        return table.touchEntry(candidate) + table.touchExtension(candidate) + index + flow;
    }

    private void expire()
    {
        nowMs += 200_000;
        while (table.expire(nowMs, 64) == 64)
        {
            live++;
        }
        nowMs += 1_000_000;
        while (table.expire(nowMs, 64) == 64)
        {
            live++;
        }
    }
}
