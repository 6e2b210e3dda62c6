package org.headrace.conntrack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tables for tests, over memory that is full of rubbish beforehand: a table must not lean on zeroed memory. */
final class TestTables
{
    static final long SEED = Long.getLong("seed", 20_260_101L);
    static final int TCP = 6;
    static final int UDP = 17;
    static final ConnectionListener NOBODY = (table, index, reason) ->
    {
    };

    private TestTables()
    {
    }

    static ConnectionTable table(final int capacity)
    {
        return table(capacity, NOBODY, 0);
    }

    static ConnectionTable table(final int capacity, final ConnectionListener listener, final long nowMs)
    {
        return ConnectionTable.create(memory(capacity), capacity, SEED, new IdleTimeouts(), listener, nowMs);
    }

    static MemorySegment memory(final int capacity)
    {
        return Arena.ofAuto()
            .allocate(ConnectionTableDescriptor.requiredBytes(capacity), ConnectionTableDescriptor.ALIGNMENT)
            .fill((byte)0xA5);
    }

    /** A NAT connection number n: client 10.x.y.z, virtual 192.0.2.1:80, server 172.16.0.1:8080. */
    static NewConnection nat(final ConnectionTable table, final int n, final int protocol, final int state)
    {
        return table.newConnection().protocol(protocol)
            .ipv4Client(clientAddress(n), clientPort(n)).ipv4Virtual(0xC0000201, 80).ipv4Server(0xAC100001, 8080)
            .state(state);
    }

    static int insertNat(final ConnectionTable table, final int n, final int protocol, final int state,
        final long nowMs)
    {
        return table.insert(nat(table, n, protocol, state), nowMs);
    }

    static int findNat(final ConnectionTable table, final int n, final int protocol)
    {
        final long hash = table.hashIpv4(protocol, clientAddress(n), clientPort(n), 0xC0000201, 80);
        return table.findIpv4(hash, protocol, clientAddress(n), clientPort(n), 0xC0000201, 80);
    }

    static int findNatReply(final ConnectionTable table, final int n, final int protocol)
    {
        final long hash = table.hashIpv4(protocol, 0xAC100001, 8080, clientAddress(n), clientPort(n));
        return table.findIpv4(hash, protocol, 0xAC100001, 8080, clientAddress(n), clientPort(n));
    }

    static int clientAddress(final int n)
    {
        return 0x0A000000 + (n >>> 8);
    }

    static int clientPort(final int n)
    {
        return 1024 + (n & 0xFF);
    }

    /** The finaliser that makes secrets of the seed, backwards. */
    static long seedWithSecretOne(final long secret)
    {
        long z = secret ^ secret >>> 31 ^ secret >>> 62;
        z *= inverse(0x94D049BB133111EBL);
        z = z ^ z >>> 27 ^ z >>> 54;
        z *= inverse(0xBF58476D1CE4E5B9L);
        z = z ^ z >>> 30 ^ z >>> 60;
        return z - 0x3C6EF372FE94F82AL;
    }

    /** Modulo 2^64, by Newton's method. */
    private static long inverse(final long odd)
    {
        long inverse = odd;
        for (int i = 0; i < 6; i++)
        {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
