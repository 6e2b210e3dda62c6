package org.headrace.forwarder.io.bpf;

import java.nio.ByteBuffer;

/**
 * Keys of the picker's maps. IPv4 addresses stand as {@code ::ffff:a.b.c.d}.
 * <pre>
 *   0                                16        18         19     20
 *  +----------------------------------+---------+----------+------+
 *  |      address, network order      | port BE | protocol | zero |   services, servers
 *  +----------------------------------+---------+----------+------+
 *  |      address, network order      |                               locals
 *  +----------------------------------+
 * </pre>
 */
final class EndpointKeyDescriptor
{
    static final int ADDRESS_OFFSET = 0;
    static final int ADDRESS_BYTES = 16;
    static final int PORT_OFFSET = 16;
    static final int PROTOCOL_OFFSET = 18;
    static final int PADDING_OFFSET = 19;
    static final int LENGTH_BYTES = 20;

    private EndpointKeyDescriptor()
    {
    }

    static byte[] endpoint(final int protocol, final long addressHigh, final long addressLow, final int port)
    {
        return ByteBuffer.allocate(LENGTH_BYTES)
            .putLong(addressHigh).putLong(addressLow).putShort((short)port).put((byte)protocol).array();
    }

    static byte[] address(final long addressHigh, final long addressLow)
    {
        return ByteBuffer.allocate(ADDRESS_BYTES).putLong(addressHigh).putLong(addressLow).array();
    }
}
