package org.headrace.forwarder.wire;

/** Protocol numbers of the IPv4 protocol and the IPv6 next header field (IANA "Assigned Internet Protocol Numbers"). */
public final class IpProtocol
{
    /** ICMP for IPv4. */
    public static final int ICMP = 1;
    /** TCP. */
    public static final int TCP = 6;
    /** UDP. */
    public static final int UDP = 17;
    /** ICMP for IPv6. */
    public static final int ICMPV6 = 58;

    private IpProtocol()
    {
    }
}
