package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

import java.util.List;

/** What a table must hold after a number of operations of a {@link KillWorkload}: plain objects, by key. */
final class KillModel
{
    /** What can change about a connection; its ends follow from its key. */
    record Connection(int state, long lastSeenMs, long packetsIn, long packetsReply, long bytesIn, long bytesReply)
    {
        Connection withState(final int newState)
        {
            return new Connection(newState, lastSeenMs, packetsIn, packetsReply, bytesIn, bytesReply);
        }

        Connection withPacket(final int direction, final int lengthBytes, final long nowMs)
        {
            return direction == IN ?
                new Connection(state, nowMs, packetsIn + 1, packetsReply, bytesIn + lengthBytes, bytesReply) :
                new Connection(state, nowMs, packetsIn, packetsReply + 1, bytesIn, bytesReply + lengthBytes);
        }

        static Connection read(final ConnectionTable table, final int index)
        {
            return new Connection(table.state(index), table.lastSeenMs(index), table.packets(index, IN),
                table.packets(index, REPLY), table.bytes(index, IN), table.bytes(index, REPLY));
        }
    }

    private final IdleTimeouts timeouts = KillWorkload.timeouts();
    private final int capacity;
    private final Connection[] connections;
    private final int[] byClass = new int[ExpiryWheel.CLASSES];
    private int size;
    private int indexFull;

    KillModel(final int capacity, final int keys)
    {
        this.capacity = capacity;
        this.connections = new Connection[keys];
    }

    KillModel(final KillModel other)
    {
        this(other.capacity, other.connections.length);
        for (int key = 0; key < connections.length; key++)
        {
            set(key, other.connections[key]);
        }
    }

    int size()
    {
        return size;
    }

    /** Inserts refused because too many hashes were equal. */
    int indexFull()
    {
        return indexFull;
    }

    Connection get(final int key)
    {
        return connections[key];
    }

    void set(final int key, final Connection connection)
    {
        count(connections[key], -1);
        connections[key] = connection;
        count(connection, 1);
    }

    /** Carries out one operation, of which these events were reported, and judges the events. */
    void apply(final KillWorkload operation, final List<Long> events)
    {
        final int key = operation.key();
        switch (operation.kind())
        {
            case INSERT -> insert(operation, events);
            case EXPIRE ->
            {
                assertThat(events.size()).isLessThanOrEqualTo(KillWorkload.EXPIRE_LIMIT);
                events.forEach(event -> remove(operation, event, RemovalReason.EXPIRED));
            }
            case REMOVE ->
            {
                assertThat(events).hasSize(connections[key] == null ? 0 : 1);
                events.forEach(event -> remove(operation, event, RemovalReason.REMOVED));
            }
            default -> set(key, changed(operation));
        }
    }

    /** The connection of a packet or a change of state afterwards. */
    Connection changed(final KillWorkload operation)
    {
        final Connection connection = connections[operation.key()];
        if (connection == null)
        {
            return null;
        }
        return operation.kind() == KillWorkload.Kind.STATE ? connection.withState(operation.state()) :
            connection.withPacket(operation.direction(), operation.lengthBytes(), operation.nowMs());
    }

    /** The connection that an insert makes. */
    static Connection inserted(final KillWorkload operation)
    {
        return new Connection(operation.state(), operation.nowMs(), 0, 0, 0, 0);
    }

    private void insert(final KillWorkload operation, final List<Long> events)
    {
        final int key = operation.key();
        final int what = KillProgress.what(events.getLast());
        final boolean isFull = size == capacity;
        final boolean mayEvict = byClass[ExpiryWheel.EMBRYONIC] + byClass[ExpiryWheel.CLOSING] > 0;
        if (connections[key] != null)
        {
            assertThat(what).isEqualTo(KillProgress.DUPLICATE);
        }
        else if (isFull && !mayEvict)
        {
            assertThat(what).isEqualTo(KillProgress.FULL);
        }
        else
        {
            assertThat(events).hasSize(isFull ? 2 : 1);
            if (isFull)
            {
                remove(operation, events.getFirst(), RemovalReason.EVICTED);
            }
            if (what == KillProgress.INDEX_FULL && operation.isEveryHashEqual())
            {
                indexFull++;
            }
            else
            {
                assertThat(what).isEqualTo(KillProgress.INSERTED);
                set(key, inserted(operation));
            }
        }
    }

    /** Judges a removal, and carries it out. */
    void remove(final KillWorkload operation, final long event, final RemovalReason reason)
    {
        final int key = KillProgress.key(event);
        assertThat(KillProgress.what(event)).isEqualTo(KillProgress.LEAVING + reason.ordinal());
        final Connection connection = connections[key];
        assertThat(connection).as("leaving %d", key).isNotNull();
        switch (reason)
        {
            case EXPIRED -> assertThat(connection.lastSeenMs +
                timeouts.timeoutMs(operation.profile(key), connection.state)).isLessThanOrEqualTo(operation.nowMs());
            case EVICTED -> assertThat(ExpiryWheel.classOf(connection.state)).isEqualTo(
                byClass[ExpiryWheel.EMBRYONIC] > 0 ? ExpiryWheel.EMBRYONIC : ExpiryWheel.CLOSING);
            default -> assertThat(key).isEqualTo(operation.key());
        }
        set(key, null);
    }

    private void count(final Connection connection, final int change)
    {
        if (connection != null)
        {
            size += change;
            byClass[ExpiryWheel.classOf(connection.state)] += change;
        }
    }
}
