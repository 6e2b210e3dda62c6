package org.headrace.perf.conntrack;

/**
 * Connections by number: every end follows from the number by arithmetic, so that a benchmark touches no memory but
 * that of the table it measures. (Tuples kept in an array would miss the cache as often as the table does.)
 *
 * <p>Number n is UDP from client 10.0.0.0 + n / 16384, port 1024 + n mod 16384, to 192.0.2.1:443, which is served by
 * one of 64 servers at 172.16.0.0:8443.
 */
final class Tuples
{
    static final int PROTOCOL = 17;
    static final int VIRTUAL_ADDRESS = 0xC000_0201;
    static final int VIRTUAL_PORT = 443;
    static final int SERVER_PORT = 8443;
    /** Numbers from here on are of connections that no benchmark ever makes. */
    static final long ABSENT = 1L << 36;

    private static final int PORT_BITS = 14;
    private static final int SERVERS = 64;

    private Tuples()
    {
    }

    static int clientAddress(final long number)
    {
        return 0x0A00_0000 + (int)(number >>> PORT_BITS);
    }

    static int clientPort(final long number)
    {
        return 1024 + (int)(number & (1 << PORT_BITS) - 1);
    }

    static int server(final long number)
    {
        return (int)number & SERVERS - 1;
    }

    static int serverAddress(final long number)
    {
        return 0xAC10_0000 + server(number);
    }

    static boolean isReply(final long packet)
    {
        return (packet & 1) != 0;
    }

    /** Addresses of a packet's tuple as one number, source in the upper half. */
    static long addresses(final long number, final boolean isReply)
    {
        final long client = clientAddress(number) & 0xFFFF_FFFFL;
        return isReply ?
            (serverAddress(number) & 0xFFFF_FFFFL) << 32 | client : client << 32 | VIRTUAL_ADDRESS & 0xFFFF_FFFFL;
    }

    /** Ports of a packet's tuple as one number, source in the upper half. */
    static int ports(final long number, final boolean isReply)
    {
        return isReply ? SERVER_PORT << 16 | clientPort(number) : clientPort(number) << 16 | VIRTUAL_PORT;
    }
}
