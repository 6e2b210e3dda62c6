package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * UDP header (RFC 768).
 *
 * <pre>
 *  0                           16                           31
 *  +---------------------------+-----------------------------+
 *  |        source port        |      destination port       |
 *  +---------------------------+-----------------------------+
 *  |           length          |          checksum           |
 *  +---------------------------+-----------------------------+
 * </pre>
 */
public final class Udp
{
    /** Length in bytes. */
    public static final int HEADER_LENGTH = 8;
    /** Place of the checksum; a checksum of 0 means that the sender made none. */
    public static final int CHECKSUM_OFFSET = 6;

    private static final int LENGTH_OFFSET = 4;

    private Udp()
    {
    }

    /**
     * Writes a header with checksum 0.
     *
     * @param udp             first byte.
     * @param sourcePort      0 to 65535.
     * @param destinationPort 0 to 65535.
     * @param length          header and payload in bytes.
     */
    public static void write(final long udp, final int sourcePort, final int destinationPort, final int length)
    {
        Ports.source(udp, sourcePort);
        Ports.destination(udp, destinationPort);
        putNetworkShort(udp + LENGTH_OFFSET, length);
        putNetworkShort(udp + CHECKSUM_OFFSET, 0);
    }

    /** @param udp first byte. @return header and payload in bytes, as it stands there. */
    public static int length(final long udp)
    {
        return getNetworkShort(udp + LENGTH_OFFSET);
    }
}
