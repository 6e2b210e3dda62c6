package org.headrace.forwarder.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.NewConnection;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.ControlResponseAdapter;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

class ConnectionPagerTest
{
    private static final int CAPACITY = 1 << 15;
    private static final int IDLE_STEP_MS = 60_000;

    private final IdleTimeouts timeouts = new IdleTimeouts();
    private final long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    private final List<ConnectionTable> tables = List.of(table(), table());
    private final RecordingResponses responses = new RecordingResponses();
    private final ControlResponseAdapter adapter = new ControlResponseAdapter(responses);
    private int room = Integer.MAX_VALUE;
    private final ConnectionPager pager = new ConnectionPager(tables.stream().map(Worker::new).toList(), timeouts,
        new ControlResponseProxy((buffer, offset, length) ->
        {
            if (room == 0)
            {
                return -2;
            }
            room--;
            adapter.onFragment(buffer, offset, length, null);
            return 1;
        }));

    @Test
    void shouldListEachConnectionOnceWhateverThePagesAndTheRoom()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final SplittableRandom random = new SplittableRandom(seed);
        final Set<String> expected = fill(random);
        long cursor = 0;
        do
        {
            pager.offer(1, cursor, random.nextInt(1, 1_001), ConnectionFilter.ANY);
            while (pager.isBusy())
            {
                room = random.nextInt(300);
                final int before = responses.connections.size();
                pager.doWork();
                assertThat(responses.connections.size() - before).isLessThanOrEqualTo(ConnectionPager.SEND_LIMIT);
            }
            cursor = responses.nextCursor;
        }
        while (cursor != 0);
        assertThat(keys(responses.connections)).as("seed=" + seed).hasSameSizeAs(expected)
            .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(responses.matched).isEqualTo(expected.size());
    }

    @Test
    void shouldFilterAsToldAndCountTheSame()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        fill(new SplittableRandom(seed));
        final List<ConnectionSnapshot> all = list(ConnectionFilter.ANY);
        final IpPrefix net = IpPrefix.parse("10.1.0.0/20");
        final IpPrefix net6 = IpPrefix.parse("fd00:1::/64");
        final Endpoint virtual = Endpoint.parse("10.99.0.1:81");
        final Endpoint server = Endpoint.parse("10.2.1.2:8080");
        final Endpoint anyServer = new Endpoint(IpAddress.NONE, 8_081);
        final int states = 1 << TcpState.ESTABLISHED | 1 << TcpState.SYN_RECV;
        assertFilter(all, filter(17, Endpoint.NONE, IpPrefix.ANY, 0, Endpoint.NONE, ConnectionFilter.ALL_STATES),
            c -> c.transport().value() == 17);
        assertFilter(all, filter(0, virtual, IpPrefix.ANY, 0, Endpoint.NONE, ConnectionFilter.ALL_STATES),
            c -> c.virtual().equals(virtual));
        assertFilter(all, filter(0, Endpoint.NONE, net, 0, Endpoint.NONE, ConnectionFilter.ALL_STATES),
            c -> net.contains(c.client().address().high(), c.client().address().low()));
        assertFilter(all, filter(0, Endpoint.NONE, net6, 0, Endpoint.NONE, ConnectionFilter.ALL_STATES),
            c -> !c.client().address().isIpv4());
        assertFilter(all, filter(0, Endpoint.NONE, IpPrefix.ANY, 1_007, Endpoint.NONE, ConnectionFilter.ALL_STATES),
            c -> c.client().port() == 1_007);
        assertFilter(all, filter(0, Endpoint.NONE, IpPrefix.ANY, 0, server, ConnectionFilter.ALL_STATES),
            c -> c.server().equals(server));
        assertFilter(all, filter(0, Endpoint.NONE, IpPrefix.ANY, 0, anyServer, ConnectionFilter.ALL_STATES),
            c -> c.server().port() == 8_081);
        assertFilter(all, filter(6, Endpoint.NONE, IpPrefix.ANY, 0, Endpoint.NONE, states),
            c -> c.state() == ConnectionState.ESTABLISHED || c.state() == ConnectionState.SYN_RECV);
        assertFilter(all, new ConnectionFilter(0, Endpoint.NONE, IpPrefix.ANY, 0, Endpoint.NONE,
            ConnectionFilter.ALL_STATES, IDLE_STEP_MS, ConnectionFilter.MAX_IDLE_MS),
            c -> c.idleMs() >= IDLE_STEP_MS);
        assertFilter(all, new ConnectionFilter(0, Endpoint.NONE, IpPrefix.ANY, 0, Endpoint.NONE,
            ConnectionFilter.ALL_STATES, 0, 2 * IDLE_STEP_MS - 1), c -> c.idleMs() < 2 * IDLE_STEP_MS);
    }

    @Test
    void shouldLookAtABoundedNumberOfEntriesAtATime()
    {
        fill(new SplittableRandom(1));
        final int entries = tables.stream().mapToInt(table -> new ConnectionTableReader(table.memory()).limit()).sum();
        pager.offer(1, 0, 1_000, filter(6, Endpoint.NONE, IpPrefix.ANY, 9, Endpoint.NONE, 0));
        int scanned = 0;
        int slices = 0;
        while (pager.isBusy())
        {
            final int work = pager.doWork();
            assertThat(work).isBetween(1, ConnectionPager.SLICE_LIMIT);
            scanned += work;
            slices++;
        }
        assertThat(scanned).isBetween(entries - ConnectionPager.SLICE_LIMIT, entries);
        assertThat(slices).isGreaterThanOrEqualTo(entries / ConnectionPager.SLICE_LIMIT);
        assertThat(responses.cursors).containsExactly(0L);
        assertThat(responses.connections).isEmpty();
    }

    @Test
    void shouldBearAnyCursor()
    {
        fill(new SplittableRandom(1));
        for (final long cursor : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 33, Integer.MAX_VALUE, 1L << 31})
        {
            pager.offer(1, cursor, 5, ConnectionFilter.ANY);
            while (pager.isBusy())
            {
                pager.doWork();
            }
        }
        assertThat(responses.cursors).hasSize(6);
        assertThat(responses.connections).hasSizeLessThanOrEqualTo(30);
    }

    private void assertFilter(
        final List<ConnectionSnapshot> all, final ConnectionFilter filter, final Predicate<ConnectionSnapshot> wanted)
    {
        final List<ConnectionSnapshot> expected = all.stream().filter(wanted).toList();
        assertThat(expected.size()).as(filter.toString()).isBetween(1, all.size() - 1);
        assertThat(keys(list(filter))).as(filter.toString())
            .containsExactlyInAnyOrderElementsOf(keys(expected));
        responses.matched = 0;
        pager.offer(1, 0, 0, filter);
        while (pager.isBusy())
        {
            pager.doWork();
        }
        assertThat(responses.matched).as(filter.toString()).isEqualTo(expected.size());
        assertThat(responses.nextCursor).isZero();
    }

    private List<ConnectionSnapshot> list(final ConnectionFilter filter)
    {
        responses.connections.clear();
        long cursor = 0;
        do
        {
            pager.offer(1, cursor, 1_000, filter);
            while (pager.isBusy())
            {
                pager.doWork();
            }
            cursor = responses.nextCursor;
        }
        while (cursor != 0);
        return List.copyOf(responses.connections);
    }

    private static ConnectionFilter filter(
        final int transport,
        final Endpoint virtual,
        final IpPrefix client,
        final int clientPort,
        final Endpoint server,
        final int states)
    {
        return new ConnectionFilter(
            transport, virtual, client, clientPort, server, states, 0, ConnectionFilter.MAX_IDLE_MS);
    }

    private ConnectionTable table()
    {
        final MemorySegment memory =
            Arena.ofAuto().allocate(ConnectionTableDescriptor.requiredBytes(CAPACITY), 64);
        return ConnectionTable.create(
            memory, CAPACITY, 1, timeouts, (table, index, reason) -> {}, nowMs - 10 * IDLE_STEP_MS);
    }

    /** Both tables: of everything something, with holes. Returns the keys of what is left. */
    private Set<String> fill(final SplittableRandom random)
    {
        final Set<String> keys = new HashSet<>();
        for (final ConnectionTable table : tables)
        {
            for (int i = 0; i < CAPACITY / 2; i++)
            {
                final int index = insert(table, i, random);
                if (random.nextInt(8) == 0)
                {
                    table.remove(index);
                }
                else
                {
                    keys.add(tables.indexOf(table) + "/" + (1_000 + i));
                }
            }
        }
        return keys;
    }

    private int insert(final ConnectionTable table, final int i, final SplittableRandom random)
    {
        final boolean isUdp = random.nextInt(4) == 0;
        final int state = isUdp ? TcpState.UDP :
            random.nextBoolean() ? TcpState.ESTABLISHED : random.nextBoolean() ? TcpState.SYN_RECV : TcpState.FIN_WAIT;
        final NewConnection connection = table.newConnection().protocol(isUdp ? 17 : 6).state(state);
        if (random.nextInt(5) == 0)
        {
            connection.ipv6Client(0xFD00_0001_0000_0000L, 9, 1_000 + i)
                .ipv6Virtual(0xFD00_0099_0000_0000L, 1, 80 + random.nextInt(2))
                .ipv6Server(0xFD00_0002_0000_0000L, 2, 8_080 + random.nextInt(2));
        }
        else
        {
            connection.ipv4Client(0x0A01_0000 + random.nextInt(1 << 14), 1_000 + i)
                .ipv4Virtual(0x0A63_0001, 80 + random.nextInt(2))
                .ipv4Server(0x0A02_0102 + random.nextInt(2), 8_080 + random.nextInt(2));
        }
        return table.insert(connection, nowMs - (long)random.nextInt(4) * IDLE_STEP_MS);
    }

    private static List<String> keys(final List<ConnectionSnapshot> connections)
    {
        return connections.stream().map(c -> c.worker() + "/" + c.client().port()).toList();
    }

    /** Of a worker the pager asks for its connections only. */
    private record Worker(ConnectionTable table) implements WorkerLink
    {
        @Override
        public void offer(final ForwardingTable table)
        {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reserveIpv6()
        {
            // No IPv6 here.
        }

        @Override
        public long generationAcquire()
        {
            throw new UnsupportedOperationException();
        }

        @Override
        public ConnectionTableReader connections()
        {
            return new ConnectionTableReader(table.memory());
        }

        @Override
        public long allocatedBytes()
        {
            throw new UnsupportedOperationException();
        }
    }
}
