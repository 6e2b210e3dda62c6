package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTable.IN;

/**
 * An endless row of operations that follows from its seed alone, so that the process that is stopped and the process
 * that judges what it left both know them. Connections are named by a key; a key has the same ends every time.
 */
final class KillWorkload implements Cloneable
{
    enum Kind
    {
        INSERT, PACKET, STATE, REMOVE, EXPIRE
    }

    static final int EXPIRE_LIMIT = 8;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    private final long seed;
    private final int keys;
    private final boolean isEveryHashEqual;
    private long number;
    private long nowMs = 1_000_000;
    private Kind kind;
    private int key;
    private int direction;
    private int state;
    private int lengthBytes;

    /**
     * @param keys             how many connections there can be.
     * @param isEveryHashEqual IPv4 only, one client port, which the table's seed makes the only thing that counts.
     */
    KillWorkload(final long seed, final int keys, final boolean isEveryHashEqual)
    {
        this.seed = seed;
        this.keys = keys;
        this.isEveryHashEqual = isEveryHashEqual;
    }

    static IdleTimeouts timeouts()
    {
        return new IdleTimeouts().set(1, TcpState.ESTABLISHED, 5_000).set(2, TcpState.UDP, 2_000_000);
    }

    /** Goes on to the next operation. */
    KillWorkload next()
    {
        number++;
        long dice = mix(seed + number * 0x9E37_79B9_7F4A_7C15L);
        kind = kind((int)(dice >>> 33) % 100);
        dice = mix(dice);
        key = (int)((dice >>> 32) % keys);
        direction = (int)dice & 1;
        state = isUdp(key) ? TcpState.UDP : (int)(dice >>> 1 & 0xFFFF) % TcpState.UDP;
        lengthBytes = 40 + (int)(dice >>> 17 & 0xFFF);
        if (kind == Kind.EXPIRE)
        {
            // slow where connections are to stay until too many hashes are equal
            nowMs += dice >>> 20 & (isEveryHashEqual ? 0x1F : 0x7FF);
        }
        return this;
    }

    long number()
    {
        return number;
    }

    long nowMs()
    {
        return nowMs;
    }

    Kind kind()
    {
        return kind;
    }

    int key()
    {
        return key;
    }

    int direction()
    {
        return isOneWay(key) ? IN : direction;
    }

    int state()
    {
        return state;
    }

    int lengthBytes()
    {
        return lengthBytes;
    }

    boolean isEveryHashEqual()
    {
        return isEveryHashEqual;
    }

    int profile(final int ofKey)
    {
        return ofKey % 3;
    }

    boolean isOneWay(final int ofKey)
    {
        return ofKey % 4 == 3;
    }

    /** Does this operation. @return what an insert said, otherwise 0. */
    int perform(final ConnectionTable table)
    {
        if (kind == Kind.INSERT)
        {
            return table.insert(describe(table), nowMs);
        }
        if (kind == Kind.EXPIRE)
        {
            table.expire(nowMs, EXPIRE_LIMIT);
            return 0;
        }
        final int flow = find(table, key, direction());
        if (flow != ConnectionTable.NOT_FOUND)
        {
            switch (kind)
            {
                case PACKET -> table.onPacket(flow, lengthBytes, nowMs);
                case STATE -> table.state(flow >>> 1, state);
                default -> table.remove(flow >>> 1);
            }
        }
        return 0;
    }

    /** The flow of a key, looked up as a packet's would be. */
    int find(final ConnectionTable table, final int ofKey, final int inDirection)
    {
        final boolean isIn = inDirection == IN;
        final int protocol = isUdp(ofKey) ? TestTables.UDP : TestTables.TCP;
        final int source = isIn ? client(ofKey) : server(ofKey);
        final int destination = isIn ? 0xC0000201 : local(ofKey);
        final int sourcePort = isIn ? clientPort(ofKey) : 8080;
        final int destinationPort = isIn ? 80 : localPort(ofKey);
        if (isIpv6(ofKey))
        {
            final long hash = table.hashIpv6(protocol, PREFIX, source, sourcePort, PREFIX, destination,
                destinationPort);
            return table.findIpv6(hash, protocol, PREFIX, source, sourcePort, PREFIX, destination, destinationPort);
        }
        final long hash = table.hashIpv4(protocol, source, sourcePort, destination, destinationPort);
        return table.findIpv4(hash, protocol, source, sourcePort, destination, destinationPort);
    }

    /** Whether the ends of a connection that was found are those of its key. */
    boolean hasEndsOf(final ConnectionTable table, final int index, final int ofKey)
    {
        final boolean isIpv6 = isIpv6(ofKey);
        return table.isIpv6(index) == isIpv6 && table.serverSlot(index) == ofKey &&
            table.isOneWay(index) == isOneWay(ofKey) && table.hasLocal(index) == isFullNat(ofKey) &&
            (isIpv6 ? (int)table.clientLow(index) : table.clientAddress(index)) == client(ofKey) &&
            (isIpv6 ? (int)table.serverLow(index) : table.serverAddress(index)) == server(ofKey) &&
            (isIpv6 ? (int)table.localLow(index) : table.localAddress(index)) == local(ofKey) &&
            table.clientPort(index) == clientPort(ofKey) && table.localPort(index) == localPort(ofKey);
    }

    @Override
    public KillWorkload clone()
    {
        try
        {
            return (KillWorkload)super.clone();
        }
        catch (final CloneNotSupportedException e)
        {
            throw new AssertionError(e);
        }
    }

    private NewConnection describe(final ConnectionTable table)
    {
        final NewConnection connection = table.newConnection().protocol(isUdp(key) ? TestTables.UDP : TestTables.TCP)
            .state(state).timeouts(profile(key)).serverSlot(key).clientHop(key & 0xFFFF).forwarding(key & 3);
        if (isIpv6(key))
        {
            connection.ipv6Client(PREFIX, client(key), clientPort(key)).ipv6Virtual(PREFIX, 0xC0000201, 80)
                .ipv6Server(PREFIX, server(key), 8080);
            if (isFullNat(key))
            {
                connection.ipv6Local(PREFIX, local(key), localPort(key));
            }
        }
        else
        {
            connection.ipv4Client(client(key), clientPort(key)).ipv4Virtual(0xC0000201, 80)
                .ipv4Server(server(key), 8080);
            if (isFullNat(key))
            {
                connection.ipv4Local(local(key), localPort(key));
            }
        }
        return isOneWay(key) ? connection.oneWay() : connection;
    }

    private boolean isUdp(final int ofKey)
    {
        return !isEveryHashEqual && ofKey % 7 == 0;
    }

    private boolean isIpv6(final int ofKey)
    {
        return !isEveryHashEqual && ofKey % 3 == 0;
    }

    private boolean isFullNat(final int ofKey)
    {
        return ofKey % 5 == 1;
    }

    private int client(final int ofKey)
    {
        return 0x0A000000 + ofKey;
    }

    private int clientPort(final int ofKey)
    {
        return isEveryHashEqual ? 1234 : 1024 + ofKey;
    }

    private int server(final int ofKey)
    {
        return 0x2C100000 + ofKey % 5;
    }

    private int local(final int ofKey)
    {
        return isFullNat(ofKey) ? 0x0B000000 + ofKey : client(ofKey);
    }

    private int localPort(final int ofKey)
    {
        return isFullNat(ofKey) ? 2_000 + ofKey : clientPort(ofKey);
    }

    private static Kind kind(final int dice)
    {
        if (dice < 40)
        {
            return Kind.INSERT;
        }
        if (dice < 48)
        {
            return Kind.PACKET;
        }
        if (dice < 82)
        {
            return Kind.STATE;
        }
        return dice < 93 ? Kind.REMOVE : Kind.EXPIRE;
    }

    private static long mix(final long value)
    {
        long z = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
