package org.headrace.perf.stress;

import org.headrace.conntrack.ConnectionRecord;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.NewConnection;

import java.lang.foreign.Arena;

/**
 * A table of one place in which one connection follows the other, IPv4 and IPv6 by turns; every field of a connection
 * follows from its number, so a copy that was made of two of them cannot pass for one.
 *
 * <p>One thread at a time calls {@link #next}, another one {@link #read}.
 */
final class Churn
{
    /** The reader found no connection, or one that changed under its eyes. */
    static final int NOT_NOW = 0;
    /** The reader got a whole connection. */
    static final int WHOLE = 1;
    /** What the reader got was never one connection. */
    static final int MIXED = 2;

    private static final int PLACE = 0;
    private static final int TCP = 6;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    private final ConnectionTable table = ConnectionTable.create(
        Arena.global().allocate(ConnectionTableDescriptor.requiredBytes(1), ConnectionTableDescriptor.ALIGNMENT),
        1, 0x5EED, new IdleTimeouts(), (from, index, reason) ->
        {
        }, 0);
    private final ConnectionTableReader reader = new ConnectionTableReader(table.memory());
    private final ConnectionRecord record = new ConnectionRecord();
    private int number;

    /** Removes what is there and puts the next one in its place. */
    void next()
    {
        if (table.size() != 0)
        {
            table.remove(PLACE);
        }
        final int n = ++number;
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
        if (table.insert(connection, n) != PLACE)
        {
            throw new IllegalStateException("number=" + n + " was not inserted");
        }
    }

    /** @return {@link #NOT_NOW}, {@link #WHOLE} or {@link #MIXED}. */
    int read()
    {
        if (!reader.read(PLACE, record))
        {
            return NOT_NOW;
        }
        return isWhole() ? WHOLE : MIXED;
    }

    private boolean isWhole()
    {
        final boolean isIpv6 = record.isIpv6();
        final int n = isIpv6 ? (int)record.clientLow() : record.clientAddress();
        return isIpv6 == ((n & 1) == 1) && record.protocol() == TCP && record.serverSlot() == (n & 0x1FFFF) &&
            record.clientHop() == (n & 0xFFFF) && record.forwarding() == (n & 3) &&
            record.timeoutsProfile() == (n & 0xFF) && record.clientPort() == (n & 0xFFFF) &&
            record.localPort() == (n & 0xFFFF) && record.virtualPort() == 80 && record.serverPort() == 8080 &&
            (isIpv6 ? hasIpv6Ends(n) :
                record.virtualAddress() == ~n && record.serverAddress() == n * 5 && record.localAddress() == n * 3);
    }

    private boolean hasIpv6Ends(final int n)
    {
        return record.clientHigh() == PREFIX && record.virtualHigh() == PREFIX && record.virtualLow() == ~n &&
            record.serverHigh() == PREFIX && record.serverLow() == n * 5L && record.localHigh() == PREFIX &&
            record.localLow() == n * 3L;
    }
}
