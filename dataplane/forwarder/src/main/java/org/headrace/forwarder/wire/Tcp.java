package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * TCP header (RFC 9293 section 3.1).
 *
 * <pre>
 *  0             8             16                           31
 *  +---------------------------+-----------------------------+
 *  |        source port        |      destination port       |
 *  +---------------------------+-----------------------------+
 *  |                    sequence number                      |
 *  +---------------------------------------------------------+
 *  |                 acknowledgement number                  |
 *  +------+------+-------------+-----------------------------+
 *  |offset| rsvd |    flags    |           window            |
 *  +------+------+-------------+-----------------------------+
 *  |          checksum         |       urgent pointer        |
 *  +---------------------------+-----------------------------+
 * </pre>
 */
public final class Tcp
{
    /** Length without options, in bytes. */
    public static final int MIN_HEADER_LENGTH = 20;
    /** No more data from the sender. */
    public static final int FIN = 0x01;
    /** Synchronise sequence numbers. */
    public static final int SYN = 0x02;
    /** Reset the connection. */
    public static final int RST = 0x04;
    /** The acknowledgement number counts. */
    public static final int ACK = 0x10;
    /** Place of the checksum. */
    public static final int CHECKSUM_OFFSET = 16;

    private static final int SEQUENCE_OFFSET = 4;
    private static final int ACKNOWLEDGEMENT_OFFSET = 8;
    private static final int DATA_OFFSET_OFFSET = 12;
    private static final int FLAGS_OFFSET = 13;

    private Tcp()
    {
    }

    /** @param tcp first byte. @return header length in bytes as it stands there, 0 to 60. */
    public static int headerLength(final long tcp)
    {
        return getUnsignedByte(tcp + DATA_OFFSET_OFFSET) >>> 4 << 2;
    }

    /** @param tcp first byte. @return the eight flags. */
    public static int flags(final long tcp)
    {
        return getUnsignedByte(tcp + FLAGS_OFFSET);
    }

    /** @param tcp first byte. @return sequence number. */
    public static int sequence(final long tcp)
    {
        return getNetworkInt(tcp + SEQUENCE_OFFSET);
    }

    /** @param tcp first byte. @return acknowledgement number. */
    public static int acknowledgement(final long tcp)
    {
        return getNetworkInt(tcp + ACKNOWLEDGEMENT_OFFSET);
    }

    /**
     * Writes a header without options, window and checksum 0; used for packets of our own.
     *
     * @param tcp             first byte.
     * @param sourcePort      0 to 65535.
     * @param destinationPort 0 to 65535.
     * @param sequence        sequence number.
     * @param acknowledgement acknowledgement number.
     * @param flags           of the eight.
     */
    public static void write(
        final long tcp,
        final int sourcePort,
        final int destinationPort,
        final int sequence,
        final int acknowledgement,
        final int flags)
    {
        Ports.source(tcp, sourcePort);
        Ports.destination(tcp, destinationPort);
        putNetworkInt(tcp + SEQUENCE_OFFSET, sequence);
        putNetworkInt(tcp + ACKNOWLEDGEMENT_OFFSET, acknowledgement);
        putNetworkShort(tcp + DATA_OFFSET_OFFSET, MIN_HEADER_LENGTH << 10 | flags);
        putNetworkInt(tcp + FLAGS_OFFSET + 1, 0);
        putNetworkShort(tcp + CHECKSUM_OFFSET + 2, 0);
    }

    /** @param tcp first byte. @param checksum to store. */
    public static void checksum(final long tcp, final int checksum)
    {
        putNetworkShort(tcp + CHECKSUM_OFFSET, checksum);
    }
}
