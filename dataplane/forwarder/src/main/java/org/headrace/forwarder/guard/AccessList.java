package org.headrace.forwarder.guard;

/**
 * Which clients may use a service: those of a set, or all others. Immutable; made by the conductor, read by every
 * worker through the forwarding table, shared by all services that have the same list.
 */
public final class AccessList
{
    private final boolean isAllow;
    private final int size;
    private final Ipv4Ranges ipv4;
    private final Ipv6Ranges ipv6;

    AccessList(final boolean isAllow, final int size, final Ipv4Ranges ipv4, final Ipv6Ranges ipv6)
    {
        this.isAllow = isAllow;
        this.size = size;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    /** @return true if only the clients of the list get in, false if all but those do. */
    public boolean isAllow()
    {
        return isAllow;
    }

    /** @return prefixes that the list was made of. */
    public int size()
    {
        return size;
    }

    /** @param address of an IPv4 client, first byte highest. @return true if it may use the service. */
    public boolean admitsIpv4(final int address)
    {
        return ipv4.contains(address) == isAllow;
    }

    /** @param high first half of an IPv6 client's address. @param low second half. @return true if it may. */
    public boolean admitsIpv6(final long high, final long low)
    {
        return ipv6.contains(high, low) == isAllow;
    }

    /** @return bytes of memory that the list takes. */
    public long lengthBytes()
    {
        return ipv4.lengthBytes() + ipv6.lengthBytes();
    }
}
