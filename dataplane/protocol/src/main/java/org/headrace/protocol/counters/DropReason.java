package org.headrace.protocol.counters;

/**
 * Why a packet was dropped. Every dropped packet counts under exactly one reason, so that
 * {@code received = forwarded + answered + passed + sum of all reasons}.
 *
 * <p>The ordinal is the counter's place in the file: new reasons go to the end, none is ever removed.
 */
public enum DropReason
{
    /** Frame shorter than its headers say, or than the smallest header. */
    TRUNCATED("frame ends before its headers do"),
    /** Neither IPv4 nor IPv6, or the version field contradicts the EtherType. */
    NOT_IP("EtherType or IP version that is not ours"),
    /** IPv4 header length below 20 bytes or beyond the packet, or a total length beyond the frame. */
    BAD_IP_HEADER("IP header lengths contradict each other"),
    /** IPv4 header checksum does not add up (RFC 791 section 3.1). */
    BAD_IP_CHECKSUM("IPv4 header checksum is wrong"),
    /** TCP data offset, UDP length or ICMP length does not fit the packet. */
    BAD_L4_HEADER("TCP, UDP or ICMP header contradicts the packet"),
    /** TCP flags that no sender uses: none, SYN+FIN, SYN+RST. */
    BAD_TCP_FLAGS("TCP flag combination that no sender uses"),
    /** Source address that cannot be: broadcast, multicast, unspecified, or equal to the destination. */
    BAD_ADDRESS("source address that cannot be"),
    /** Transport protocol that no listener has. */
    PROTOCOL_NOT_SERVED("transport protocol that is not balanced"),
    /** IP fragment that cannot be matched to a connection. */
    FRAGMENT("IP fragment without a known first fragment"),
    /** IPv6 extension headers beyond the parser's limit, or a header that it does not know. */
    IPV6_EXTENSION("too many or unknown IPv6 extension headers"),
    /** Time to live or hop limit is used up. */
    TTL_EXPIRED("time to live used up"),
    /** Belongs to no connection and opens none. */
    NO_CONNECTION("no such connection, and not the start of one"),
    /** Destination is no service. */
    NO_SERVICE("no service at this address and port"),
    /** Every server of the service is down, drained or unreachable. */
    NO_SERVER("no server takes new connections"),
    /** Connection table is full. */
    TABLE_FULL("connection table is full"),
    /** The server's next hop is not resolved. */
    NO_NEXT_HOP("next hop is not resolved"),
    /** Packet is longer than the egress interface's MTU and must not be fragmented. */
    TOO_BIG("longer than the MTU of the way out"),
    /** Transmit queue of the egress interface was full. */
    TX_FULL("transmit queue was full"),
    /** The kernel refused the frame. */
    TX_ERROR("the kernel refused the frame"),
    /** ICMP error that quotes no known connection. */
    ICMP_UNRELATED("ICMP error that quotes no known connection"),
    /** An answer was due but the limit for answers was reached. */
    ANSWER_LIMIT("limit of answers per second reached"),
    /** More different client next hops than the worker can hold. */
    TOO_MANY_NEXT_HOPS("more client next hops than the worker can hold"),
    /** Same client address and port reach the same server through another service already. */
    TUPLE_CONFLICT("client and server already talk through another service"),
    /** TCP reset far from every sequence number that its connection could be at (RFC 5961 section 3). */
    BAD_RST_SEQUENCE("TCP reset with a sequence number that no end would send"),
    /** The service's access list denies the client. */
    ACCESS_DENIED("client is denied by the service's access list"),
    /** The listener or its instance has as many connections as its limit allows. */
    CONNECTION_LIMIT("limit of concurrent connections reached"),
    /** The listener or its instance has opened as many connections as its limit per second allows. */
    RATE_LIMIT("limit of new connections per second reached");

    /** Most reasons that a worker's counter block can hold. */
    public static final int MAX_REASONS = 64;

    private static final DropReason[] VALUES = values();

    private final String explanation;

    DropReason(final String explanation)
    {
        this.explanation = explanation;
    }

    /**
     * @return one line for people: what the packet's fault was.
     */
    public String explanation()
    {
        return explanation;
    }

    /**
     * @param ordinal 0 to {@link #count()} - 1.
     * @return the reason with this ordinal.
     */
    public static DropReason get(final int ordinal)
    {
        return VALUES[ordinal];
    }

    /**
     * @return how many reasons there are.
     */
    public static int count()
    {
        return VALUES.length;
    }
}
