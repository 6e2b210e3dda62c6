package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;
import static org.headrace.forwarder.linux.NativeMemory.putByte;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * Header of ICMP errors, the same shape in both versions (RFC 792; RFC 4443 section 2.1). The packet that caused the
 * error follows it.
 *
 * <pre>
 *  0             8             16                           31
 *  +-------------+-------------+-----------------------------+
 *  |    type     |    code     |          checksum           |
 *  +-------------+-------------+-----------------------------+
 *  |          depends on the type: next-hop MTU, ...         |
 *  +---------------------------------------------------------+
 * </pre>
 */
public final class Icmp
{
    /** Length in bytes. */
    public static final int HEADER_LENGTH = 8;
    /** Place of the checksum. */
    public static final int CHECKSUM_OFFSET = 2;

    private static final int CODE_OFFSET = 1;
    private static final int REST_OFFSET = 4;
    private static final int V4_UNREACHABLE = 3;
    private static final int V4_SOURCE_QUENCH = 4;
    private static final int V4_TIME_EXCEEDED = 11;
    private static final int V4_PARAMETER_PROBLEM = 12;
    private static final int V6_FIRST_ERROR = 1;
    private static final int V6_LAST_ERROR = 127;

    private Icmp()
    {
    }

    /** @param icmp first byte. @return type. */
    public static int type(final long icmp)
    {
        return getUnsignedByte(icmp);
    }

    /** @param type of an ICMP message. @return true if it is an error and quotes a packet. */
    public static boolean isIpv4Error(final int type)
    {
        return type == V4_UNREACHABLE || type == V4_SOURCE_QUENCH || type == V4_TIME_EXCEEDED ||
            type == V4_PARAMETER_PROBLEM;
    }

    /** @param type of an ICMPv6 message. @return true if it is an error and quotes a packet. */
    public static boolean isIpv6Error(final int type)
    {
        return type >= V6_FIRST_ERROR && type <= V6_LAST_ERROR;
    }

    /**
     * Writes the header with checksum 0.
     *
     * @param icmp first byte.
     * @param type of the message.
     * @param code of the message.
     * @param rest the second word.
     */
    public static void write(final long icmp, final int type, final int code, final int rest)
    {
        putByte(icmp, type);
        putByte(icmp + CODE_OFFSET, code);
        putNetworkShort(icmp + CHECKSUM_OFFSET, 0);
        putNetworkInt(icmp + REST_OFFSET, rest);
    }

    /** @param icmp first byte. @param checksum to store. */
    public static void checksum(final long icmp, final int checksum)
    {
        putNetworkShort(icmp + CHECKSUM_OFFSET, checksum);
    }
}
