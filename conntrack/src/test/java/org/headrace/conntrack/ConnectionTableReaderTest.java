package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.insertNat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

class ConnectionTableReaderTest
{
    private static final int CAPACITY = 64;
    private static final int LEAST_OPERATIONS = 200_000;
    private static final int MOST_OPERATIONS = 20_000_000;
    private static final int READS = 50_000;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    private final ConnectionTable table = TestTables.table(CAPACITY);
    private final ConnectionTableReader reader = new ConnectionTableReader(table.memory());
    private final ConnectionRecord record = new ConnectionRecord();

    @Test
    void shouldCopyEveryField()
    {
        final int index = table.insert(table.newConnection().protocol(TCP).ipv4Client(1, 2).ipv4Virtual(3, 4)
            .ipv4Local(5, 6).ipv4Server(7, 8).forwarding(2).serverSlot(70_000).clientHop(9).timeouts(10)
            .state(TcpState.FIN_WAIT), 100);
        table.onPacket(index << 1, 1500, 250);
        table.onPacket(index << 1 | REPLY, 40, 300);

        assertThat(reader.read(index, record)).isTrue();
        assertThat(new int[]{record.clientAddress(), record.clientPort(), record.virtualAddress(),
            record.virtualPort(), record.localAddress(), record.localPort(), record.serverAddress(),
            record.serverPort()}).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(new int[]{record.index(), record.protocol(), record.state(), record.serverSlot(),
            record.clientHop(), record.timeoutsProfile(), record.forwarding()})
            .containsExactly(index, TCP, TcpState.FIN_WAIT, 70_000, 9, 10, 2);
        assertThat(record.hasLocal()).isTrue();
        assertThat(record.isOneWay()).isFalse();
        assertThat(record.isIpv6()).isFalse();
        assertThat(record.packets(IN)).isEqualTo(1);
        assertThat(record.bytes(IN)).isEqualTo(1500);
        assertThat(record.packets(REPLY)).isEqualTo(1);
        assertThat(record.bytes(REPLY)).isEqualTo(40);
        assertThat(record.idleMs(reader, 1_000)).isEqualTo(700);
        assertThat(record.expiresMs(reader, new IdleTimeouts(), 1_000)).isEqualTo(119_300);
        assertThat(reader.size()).isEqualTo(1);
        assertThat(reader.count(TcpState.FIN_WAIT)).isEqualTo(1);
        assertThat(reader.capacity()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldWalkOverConnectionsAndPassOverFreePlaces()
    {
        assertThat(reader.next(0, record)).isEqualTo(NOT_FOUND);
        for (int i = 0; i < 10; i++)
        {
            insertNat(table, i, TCP, TcpState.ESTABLISHED, 0);
        }
        for (int i = 0; i < 10; i += 3)
        {
            table.remove(ConnectionTable.index(TestTables.findNat(table, i, TCP)));
        }
        int seen = 0;
        for (int i = reader.next(0, record); i >= 0; i = reader.next(i + 1, record))
        {
            assertThat((record.clientPort() - 1024) % 3).isNotZero();
            seen++;
        }
        assertThat(seen).isEqualTo(6);
        assertThat(reader.limit()).isEqualTo(10);
        assertThat(reader.next(0, 1, record)).isEqualTo(NOT_FOUND);
        assertThat(reader.read(-1, record)).isFalse();
        assertThat(reader.read(10, record)).isFalse();
    }

    /**
     * The writer inserts and removes without pause, IPv4 and IPv6 by turns in the same places; every field of a
     * connection follows from its number, so a copy made of two connections cannot pass.
     */
    @Test
    @Timeout(60)
    void shouldNeverMixTwoConnections() throws InterruptedException
    {
        final AtomicBoolean running = new AtomicBoolean(true);
        final AtomicLong operations = new AtomicLong();
        final CountDownLatch started = new CountDownLatch(1);
        final Thread writer = new Thread(() -> churn(running, operations, started), "writer");
        writer.start();
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        int reads = 0;
        while (writer.isAlive() && (reads < READS || operations.get() < LEAST_OPERATIONS))
        {
            for (int i = reader.next(0, record); i >= 0; i = reader.next(i + 1, record))
            {
                assertWhole();
                reads++;
            }
        }
        running.set(false);
        writer.join();
        assertThat(reads).isPositive();
        assertThat(operations.get()).isGreaterThanOrEqualTo(LEAST_OPERATIONS);
    }

    private void churn(final AtomicBoolean running, final AtomicLong operations, final CountDownLatch started)
    {
        final int[] indexes = new int[32];
        for (int n = 0; n < MOST_OPERATIONS && running.get(); n++)
        {
            final int slot = n * 7 & 31;
            if (n >= 32)
            {
                table.remove(indexes[slot]);
            }
            indexes[slot] = insert(n);
            table.onPacket(indexes[slot] << 1, 100, n);
            table.state(indexes[slot], TcpState.ESTABLISHED);
            if (n == 32)
            {
                started.countDown();
            }
            operations.lazySet(n);
        }
    }

    private int insert(final int n)
    {
        final NewConnection connection = table.newConnection().protocol(TCP).serverSlot(n & 0x1FFFF)
            .clientHop(n & 0xFFFF).forwarding(n & 3).timeouts(n & 0xFF);
        if ((n & 1) == 0)
        {
            connection.ipv4Client(n, n & 0xFFFF).ipv4Virtual(~n, 80).ipv4Local(n * 3, n & 0xFFFF)
                .ipv4Server(n * 5, 8080);
        }
        else
        {
            connection.ipv6Client(PREFIX, n, n & 0xFFFF).ipv6Virtual(PREFIX, ~n, 80)
                .ipv6Local(PREFIX, n * 3L, n & 0xFFFF).ipv6Server(PREFIX, n * 5L, 8080);
        }
        return table.insert(connection, n);
    }

    private void assertWhole()
    {
        final boolean isIpv6 = record.isIpv6();
        final int n = isIpv6 ? (int)record.clientLow() : record.clientAddress();
        final boolean isWhole = isIpv6 == ((n & 1) == 1) &&
            record.serverSlot() == (n & 0x1FFFF) && record.clientHop() == (n & 0xFFFF) &&
            record.forwarding() == (n & 3) && record.timeoutsProfile() == (n & 0xFF) &&
            record.clientPort() == (n & 0xFFFF) && record.localPort() == (n & 0xFFFF) &&
            record.virtualPort() == 80 && record.serverPort() == 8080 &&
            (isIpv6 ?
                record.clientHigh() == PREFIX && record.virtualHigh() == PREFIX && record.virtualLow() == ~n &&
                    record.serverHigh() == PREFIX && record.serverLow() == n * 5L && record.localHigh() == PREFIX &&
                    record.localLow() == n * 3L :
                record.virtualAddress() == ~n && record.serverAddress() == n * 5 && record.localAddress() == n * 3);
        if (!isWhole)
        {
            throw new AssertionError("n=" + n + " isIpv6=" + isIpv6 + " serverSlot=" + record.serverSlot());
        }
    }
}
