package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.DUPLICATE;
import static org.headrace.conntrack.ConnectionTable.FULL;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The table beside two plain maps that do the same: random operations, IPv4 and IPv6, NAT, FULLNAT and one way, in a
 * universe so small that tuples meet, places are used again and the table is full most of the time.
 */
class ModelTest
{
    private static final int OPERATIONS = 150_000;
    private static final int TICK_MS = 256;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    /** Ends as the table is asked for them; the high half of an IPv6 address is always the same. */
    private record Tuple(boolean isIpv6, int protocol, int source, int sourcePort, int destination, int destinationPort)
    {
    }

    /** What the reference knows about a connection. */
    private static final class Model
    {
        private Tuple in;
        private Tuple reply;
        private int state;
        private int profile;
        private int server;
        private long lastSeenMs;
        private long stateSinceMs;
        private final long[] packets = new long[2];
        private final long[] bytes = new long[2];
    }

    private final Map<Tuple, Integer> flows = new HashMap<>();
    private final Map<Integer, Model> connections = new HashMap<>();
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private final List<RemovalReason> reasons = new ArrayList<>();
    private ConnectionTable table;
    private Random random;
    private long nowMs;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40, 500})
    void shouldDoAsTheReferenceDoes(final int capacity)
    {
        System.out.println("ModelTest seed=" + TestTables.SEED + " capacity=" + capacity);
        random = new Random(TestTables.SEED + capacity);
        timeouts.set(1, TcpState.ESTABLISHED, 5_000);
        timeouts.set(2, TcpState.UDP, 2_000_000);
        nowMs = random.nextLong() >> 8;
        table = ConnectionTable.create(TestTables.memory(capacity), capacity, random.nextLong(), timeouts,
            this::onRemoved, nowMs);
        for (int i = 0; i < OPERATIONS; i++)
        {
            operate(capacity);
            if (i % 1_000 == 0)
            {
                checkAll();
            }
        }
        checkAll();
        new ArrayList<>(connections.keySet()).forEach(table::remove);
        assertThat(table.size()).isZero();
        assertThat(table.tupleIndex().countFlows()).isZero();
        assertThat(table.tupleIndex().countPassed()).isZero();
        assertThat(table.created()).isEqualTo(table.expired() + table.evicted() + table.removed());
    }

    private void operate(final int capacity)
    {
        final int dice = random.nextInt(100);
        if (dice < 35)
        {
            insert(capacity);
        }
        else if (dice < 60)
        {
            packet();
        }
        else if (dice < 75)
        {
            changeState();
        }
        else if (dice < 85)
        {
            miss(capacity);
        }
        else if (dice < 90)
        {
            final Integer index = anyIndex();
            if (index != null)
            {
                table.remove(index);
                assertThat(connections).doesNotContainKey(index);
            }
        }
        else
        {
            expire();
        }
    }

    private void insert(final int capacity)
    {
        final Model model = randomModel(capacity);
        final boolean isTwoWay = random.nextInt(4) != 0;
        final boolean isDuplicate = flows.containsKey(model.in) ||
            isTwoWay && (flows.containsKey(model.reply) || model.in.equals(model.reply));
        final boolean isFull = connections.size() == capacity;
        final boolean mayEvict = count(ExpiryWheel.EMBRYONIC) + count(ExpiryWheel.CLOSING) > 0;
        final int evictedClass = count(ExpiryWheel.EMBRYONIC) > 0 ? ExpiryWheel.EMBRYONIC : ExpiryWheel.CLOSING;
        final int before = count(evictedClass);
        reasons.clear();
        final int index = table.insert(describe(model, isTwoWay), nowMs);
        if (isDuplicate)
        {
            assertThat(index).isEqualTo(DUPLICATE);
        }
        else if (isFull && !mayEvict)
        {
            assertThat(index).isEqualTo(FULL);
        }
        else
        {
            assertThat(index).isBetween(0, capacity - 1);
            assertThat(connections).doesNotContainKey(index);
            assertThat(count(evictedClass)).isEqualTo(before - (isFull ? 1 : 0));
            model.lastSeenMs = nowMs;
            model.stateSinceMs = nowMs;
            connections.put(index, model);
            flows.put(model.in, index << 1);
            if (isTwoWay)
            {
                flows.put(model.reply, index << 1 | REPLY);
            }
        }
        assertThat(reasons).hasSize(!isDuplicate && isFull && mayEvict ? 1 : 0);
    }

    private NewConnection describe(final Model model, final boolean isTwoWay)
    {
        final Tuple in = model.in;
        final Tuple reply = model.reply;
        final NewConnection connection = table.newConnection().protocol(in.protocol).state(model.state)
            .timeouts(model.profile).serverSlot(model.server);
        final boolean hasLocal = reply.destination != in.source || reply.destinationPort != in.sourcePort;
        if (in.isIpv6)
        {
            connection.ipv6Client(PREFIX, in.source, in.sourcePort)
                .ipv6Virtual(PREFIX, in.destination, in.destinationPort)
                .ipv6Server(PREFIX, reply.source, reply.sourcePort);
            if (hasLocal)
            {
                connection.ipv6Local(PREFIX, reply.destination, reply.destinationPort);
            }
        }
        else
        {
            connection.ipv4Client(in.source, in.sourcePort).ipv4Virtual(in.destination, in.destinationPort)
                .ipv4Server(reply.source, reply.sourcePort);
            if (hasLocal)
            {
                connection.ipv4Local(reply.destination, reply.destinationPort);
            }
        }
        return isTwoWay ? connection : connection.oneWay();
    }

    private Model randomModel(final int capacity)
    {
        final Model model = new Model();
        final boolean isIpv6 = random.nextInt(3) == 0;
        final int protocol = random.nextBoolean() ? TCP : UDP;
        final int client = random.nextInt(capacity + 2) - 1;
        final int clientPort = random.nextInt(3);
        final boolean isFullNat = random.nextInt(3) == 0;
        model.in = new Tuple(isIpv6, protocol, client, clientPort, random.nextInt(2), 80);
        model.reply = new Tuple(isIpv6, protocol, random.nextInt(3), 80, isFullNat ? 1_000 : client,
            isFullNat ? random.nextInt(2 * capacity) % 65_536 : clientPort);
        model.state = protocol == UDP ? TcpState.UDP : random.nextInt(TcpState.UDP);
        model.profile = random.nextInt(3);
        model.server = random.nextInt(131_072);
        return model;
    }

    private void packet()
    {
        final Integer index = anyIndex();
        if (index != null)
        {
            final int direction = random.nextInt(2);
            final int length = 40 + random.nextInt(65_000);
            final Model model = connections.get(index);
            table.onPacket(index << 1 | direction, length, nowMs);
            model.lastSeenMs = nowMs;
            model.packets[direction]++;
            model.bytes[direction] += length;
        }
    }

    private void changeState()
    {
        final Integer index = anyIndex();
        if (index != null && connections.get(index).in.protocol == TCP)
        {
            final Model model = connections.get(index);
            model.state = random.nextInt(TcpState.UDP);
            model.stateSinceMs = nowMs;
            table.state(index, model.state);
        }
    }

    private void miss(final int capacity)
    {
        final Model model = randomModel(capacity);
        assertThat(find(model.in)).isEqualTo(flows.getOrDefault(model.in, NOT_FOUND));
        assertThat(find(model.reply)).isEqualTo(flows.getOrDefault(model.reply, NOT_FOUND));
    }

    private void expire()
    {
        nowMs += random.nextInt(20) == 0 ? random.nextInt(500_000) : random.nextInt(2_000);
        final int limit = 1 + random.nextInt(20);
        if (table.expire(nowMs, limit) < limit)
        {
            // a new state may have made a connection overdue just now: then it goes with the next tick
            connections.forEach((index, model) -> assertThat(Math.max(deadlineMs(model), model.stateSinceMs))
                .as("index=%d", index).isGreaterThan(nowMs - TICK_MS));
        }
    }

    private void onRemoved(final ConnectionTable source, final int index, final RemovalReason reason)
    {
        final Model model = connections.remove(index);
        assertThat(model).isNotNull();
        reasons.add(reason);
        check(index, model);
        if (reason == RemovalReason.EXPIRED)
        {
            assertThat(deadlineMs(model)).isLessThanOrEqualTo(nowMs);
        }
        if (reason == RemovalReason.EVICTED)
        {
            assertThat(ExpiryWheel.classOf(model.state)).isNotEqualTo(ExpiryWheel.PROTECTED);
        }
        flows.values().removeIf(flow -> flow >>> 1 == index);
    }

    private void checkAll()
    {
        assertThat(table.size()).isEqualTo(connections.size());
        assertThat(table.tupleIndex().countFlows()).isEqualTo(flows.size());
        flows.forEach((tuple, flow) -> assertThat(find(tuple)).isEqualTo(flow));
        connections.forEach(this::check);
        for (int i = 0; i < TcpState.COUNT; i++)
        {
            final int state = i;
            assertThat(table.count(state))
                .isEqualTo((int)connections.values().stream().filter(model -> model.state == state).count());
        }
    }

    private void check(final int index, final Model model)
    {
        assertThat(table.state(index)).isEqualTo(model.state);
        assertThat(table.serverSlot(index)).isEqualTo(model.server);
        assertThat(table.timeoutsProfile(index)).isEqualTo(model.profile);
        assertThat(table.lastSeenMs(index)).isEqualTo(model.lastSeenMs);
        for (int direction = IN; direction <= REPLY; direction++)
        {
            assertThat(table.packets(index, direction)).isEqualTo(model.packets[direction]);
            assertThat(table.bytes(index, direction)).isEqualTo(model.bytes[direction]);
        }
        assertThat(table.clientPort(index)).isEqualTo(model.in.sourcePort);
        assertThat(table.localPort(index)).isEqualTo(model.reply.destinationPort);
        if (model.in.isIpv6)
        {
            assertThat(table.clientLow(index)).isEqualTo(model.in.source);
            assertThat(table.localLow(index)).isEqualTo(model.reply.destination);
        }
        else
        {
            assertThat(table.clientAddress(index)).isEqualTo(model.in.source);
            assertThat(table.localAddress(index)).isEqualTo(model.reply.destination);
        }
    }

    private int find(final Tuple tuple)
    {
        if (tuple.isIpv6)
        {
            final long hash = table.hashIpv6(tuple.protocol, PREFIX, tuple.source, tuple.sourcePort, PREFIX,
                tuple.destination, tuple.destinationPort);
            return table.findIpv6(hash, tuple.protocol, PREFIX, tuple.source, tuple.sourcePort, PREFIX,
                tuple.destination, tuple.destinationPort);
        }
        final long hash = table.hashIpv4(tuple.protocol, tuple.source, tuple.sourcePort, tuple.destination,
            tuple.destinationPort);
        return table.findIpv4(hash, tuple.protocol, tuple.source, tuple.sourcePort, tuple.destination,
            tuple.destinationPort);
    }

    private Integer anyIndex()
    {
        // indexes are dense, so a few throws find one that is in use
        for (int i = 0; i < 4; i++)
        {
            final int index = random.nextInt(table.capacity());
            if (connections.containsKey(index))
            {
                return index;
            }
        }
        return null;
    }

    private int count(final int wheelClass)
    {
        int count = 0;
        for (final Model model : connections.values())
        {
            if (ExpiryWheel.classOf(model.state) == wheelClass)
            {
                count++;
            }
        }
        return count;
    }

    private long deadlineMs(final Model model)
    {
        return model.lastSeenMs + timeouts.timeoutMs(model.profile, model.state);
    }
}
