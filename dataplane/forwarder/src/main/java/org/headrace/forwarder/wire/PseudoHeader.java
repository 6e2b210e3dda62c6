package org.headrace.forwarder.wire;

/** Checksums that cover the addresses as well (RFC 9293 section 3.1 for IPv4, RFC 8200 section 8.1 for IPv6). */
public final class PseudoHeader
{
    private static final int IPV4_ADDRESSES_OFFSET = 12;
    private static final int IPV4_ADDRESSES_LENGTH = 8;
    private static final int IPV6_ADDRESSES_OFFSET = 8;
    private static final int IPV6_ADDRESSES_LENGTH = 32;

    private PseudoHeader()
    {
    }

    /**
     * @param ip          IPv4 header.
     * @param protocol    see {@link IpProtocol}.
     * @param transport   first byte to sum.
     * @param lengthBytes of the transport header and its payload.
     * @return checksum over pseudo-header and transport.
     */
    public static int ipv4Checksum(final long ip, final int protocol, final long transport, final int lengthBytes)
    {
        return checksum(ip + IPV4_ADDRESSES_OFFSET, IPV4_ADDRESSES_LENGTH, protocol, transport, lengthBytes);
    }

    /**
     * @param ip          IPv6 header.
     * @param protocol    see {@link IpProtocol}.
     * @param transport   first byte to sum.
     * @param lengthBytes of the transport header and its payload.
     * @return checksum over pseudo-header and transport.
     */
    public static int ipv6Checksum(final long ip, final int protocol, final long transport, final int lengthBytes)
    {
        return checksum(ip + IPV6_ADDRESSES_OFFSET, IPV6_ADDRESSES_LENGTH, protocol, transport, lengthBytes);
    }

    /**
     * @param ip          IPv4 header.
     * @param protocol    see {@link IpProtocol}.
     * @param lengthBytes of the transport header and its payload.
     * @return what stands in the checksum field of a packet whose checksum the hardware is to finish.
     */
    public static int ipv4Sum(final long ip, final int protocol, final int lengthBytes)
    {
        return InternetChecksum.fold(
            InternetChecksum.sum(ip + IPV4_ADDRESSES_OFFSET, IPV4_ADDRESSES_LENGTH) + protocol + lengthBytes);
    }

    /**
     * @param ip          IPv6 header.
     * @param protocol    see {@link IpProtocol}.
     * @param lengthBytes of the transport header and its payload.
     * @return what stands in the checksum field of a packet whose checksum the hardware is to finish.
     */
    public static int ipv6Sum(final long ip, final int protocol, final int lengthBytes)
    {
        return InternetChecksum.fold(
            InternetChecksum.sum(ip + IPV6_ADDRESSES_OFFSET, IPV6_ADDRESSES_LENGTH) + protocol + lengthBytes);
    }

    private static int checksum(
        final long addresses, final int addressesLength, final int protocol, final long transport, final int length)
    {
        final long sum = InternetChecksum.sum(addresses, addressesLength) + protocol + length +
            InternetChecksum.sum(transport, length);
        return ~InternetChecksum.fold(sum) & 0xFFFF;
    }
}
