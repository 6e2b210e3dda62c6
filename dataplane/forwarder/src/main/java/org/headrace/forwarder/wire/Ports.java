package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/** The two ports with which TCP (RFC 9293 section 3.1) and UDP (RFC 768) headers begin. */
public final class Ports
{
    /** Length of both ports, in bytes. */
    public static final int LENGTH = 4;

    private Ports()
    {
    }

    /** @param transport first byte of the TCP or UDP header. @return source port. */
    public static int source(final long transport)
    {
        return getNetworkShort(transport);
    }

    /** @param transport first byte of the TCP or UDP header. @param port source port. */
    public static void source(final long transport, final int port)
    {
        putNetworkShort(transport, port);
    }

    /** @param transport first byte of the TCP or UDP header. @return destination port. */
    public static int destination(final long transport)
    {
        return getNetworkShort(transport + 2);
    }

    /** @param transport first byte of the TCP or UDP header. @param port destination port. */
    public static void destination(final long transport, final int port)
    {
        putNetworkShort(transport + 2, port);
    }

    /** @param transport first byte of the header. @param end 0 for the destination, 1 for the source. @return port. */
    public static int port(final long transport, final int end)
    {
        return getNetworkShort(transport + 2 - (end << 1));
    }

    /**
     * @param transport first byte of the header.
     * @param end       0 for the destination, 1 for the source.
     * @param port      new one.
     */
    public static void port(final long transport, final int end, final int port)
    {
        putNetworkShort(transport + 2 - (end << 1), port);
    }
}
