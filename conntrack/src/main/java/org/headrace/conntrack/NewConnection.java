package org.headrace.conntrack;

/**
 * What a connection is to be: filled in by fluent setters and given to {@link ConnectionTable#insert}. A table has
 * one and hands it out again and again, cleared; it belongs to the thread that writes the table.
 *
 * <p>Addresses are numbers: 10.0.0.1 is 0x0A000001, and an IPv6 address is two big-endian longs. All ends must be of
 * one family.
 */
public final class NewConnection
{
    private static final int IPV4_END = 1;
    private static final int IPV6_END = 1 << 8;
    private static final int CLIENT = 0;
    private static final int VIRTUAL = 1;
    private static final int SERVER = 2;
    private static final int LOCAL = 3;
    private static final int NEEDED = 1 << CLIENT | 1 << VIRTUAL | 1 << SERVER;

    private final long[] high = new long[4];
    private final long[] low = new long[4];
    private final int[] ports = new int[4];
    private int ends;
    private int protocol;
    private int forwarding;
    private int serverSlot;
    private int clientHop;
    private int profile;
    private int state;
    private boolean isOneWay;

    NewConnection()
    {
    }

    NewConnection clear()
    {
        ends = 0;
        protocol = 0;
        forwarding = 0;
        serverSlot = 0;
        clientHop = 0;
        profile = 0;
        state = TcpState.NONE;
        isOneWay = false;
        return this;
    }

    /** @param value IP protocol number, 1 to 255. @return this. */
    public NewConnection protocol(final int value)
    {
        protocol = checked("protocol", value, 255);
        return this;
    }

    /** @param address of the client. @param port 0 to 65535. @return this. */
    public NewConnection ipv4Client(final int address, final int port)
    {
        return end(CLIENT, IPV4_END, 0, address & 0xFFFF_FFFFL, port);
    }

    /** @param address the client talks to. @param port 0 to 65535. @return this. */
    public NewConnection ipv4Virtual(final int address, final int port)
    {
        return end(VIRTUAL, IPV4_END, 0, address & 0xFFFF_FFFFL, port);
    }

    /** @param address of the server. @param port 0 to 65535. @return this. */
    public NewConnection ipv4Server(final int address, final int port)
    {
        return end(SERVER, IPV4_END, 0, address & 0xFFFF_FFFFL, port);
    }

    /** @param address the server sees in place of the client's (FULLNAT). @param port 0 to 65535. @return this. */
    public NewConnection ipv4Local(final int address, final int port)
    {
        return end(LOCAL, IPV4_END, 0, address & 0xFFFF_FFFFL, port);
    }

    /** @param addressHigh first half. @param addressLow second half. @param port 0 to 65535. @return this. */
    public NewConnection ipv6Client(final long addressHigh, final long addressLow, final int port)
    {
        return end(CLIENT, IPV6_END, addressHigh, addressLow, port);
    }

    /** @param addressHigh first half. @param addressLow second half. @param port 0 to 65535. @return this. */
    public NewConnection ipv6Virtual(final long addressHigh, final long addressLow, final int port)
    {
        return end(VIRTUAL, IPV6_END, addressHigh, addressLow, port);
    }

    /** @param addressHigh first half. @param addressLow second half. @param port 0 to 65535. @return this. */
    public NewConnection ipv6Server(final long addressHigh, final long addressLow, final int port)
    {
        return end(SERVER, IPV6_END, addressHigh, addressLow, port);
    }

    /** @param addressHigh first half. @param addressLow second half. @param port 0 to 65535. @return this. */
    public NewConnection ipv6Local(final long addressHigh, final long addressLow, final int port)
    {
        return end(LOCAL, IPV6_END, addressHigh, addressLow, port);
    }

    /** @param value the owner's number of the forwarding method, 0 to 3. @return this. */
    public NewConnection forwarding(final int value)
    {
        forwarding = checked("forwarding", value, EntryDescriptor.FORWARDING_MASK);
        return this;
    }

    /** @param value the owner's number of the server, 0 to 131071. @return this. */
    public NewConnection serverSlot(final int value)
    {
        serverSlot = checked("serverSlot", value, EntryDescriptor.MAX_SERVER_SLOT);
        return this;
    }

    /** @param value the owner's number of the way back to the client, 0 to 65535. @return this. */
    public NewConnection clientHop(final int value)
    {
        clientHop = checked("clientHop", value, EntryDescriptor.MAX_CLIENT_HOP);
        return this;
    }

    /** @param value number of the profile in {@link IdleTimeouts}, 0 to 255. @return this. */
    public NewConnection timeouts(final int value)
    {
        profile = checked("timeouts", value, IdleTimeouts.PROFILES - 1);
        return this;
    }

    /** @param value one of {@link TcpState}. @return this. */
    public NewConnection state(final int value)
    {
        state = checked("state", value, TcpState.COUNT - 1);
        return this;
    }

    /**
     * The server answers past us (direct return, tunnel): only the client's direction is made findable. Otherwise two
     * connections of one client port to one server through two virtual addresses would get in each other's way.
     *
     * @return this.
     */
    public NewConnection oneWay()
    {
        isOneWay = true;
        return this;
    }

    /** Checks, and lets the client stand for the local end where there is none. */
    void conclude()
    {
        final int given = (ends | ends >>> 8) & 0xFF;
        if ((given & NEEDED) != NEEDED || (ends & 0xFF) != 0 && ends >>> 8 != 0)
        {
            throw new IllegalArgumentException("ends: ipv4=" + Integer.toBinaryString(ends & 0xFF) + " ipv6=" +
                Integer.toBinaryString(ends >>> 8) + " (expected: client, virtual and server of one family)");
        }
        if (!hasLocal())
        {
            high[LOCAL] = high[CLIENT];
            low[LOCAL] = low[CLIENT];
            ports[LOCAL] = ports[CLIENT];
        }
    }

    boolean isIpv6()
    {
        return ends >>> 8 != 0;
    }

    boolean hasLocal()
    {
        return ((ends | ends >>> 8) & 1 << LOCAL) != 0;
    }

    boolean isOneWay()
    {
        return isOneWay;
    }

    /** Both addresses of a direction's tuple: source in the upper half. */
    long ipv4Addresses(final int direction)
    {
        return low[direction << 1] << 32 | low[(direction << 1) + 1];
    }

    /** Both ports of a direction's tuple: source in the upper half. */
    int portsOf(final int direction)
    {
        return ports[direction << 1] << 16 | ports[(direction << 1) + 1];
    }

    long sourceHigh(final int direction)
    {
        return high[direction << 1];
    }

    long sourceLow(final int direction)
    {
        return low[direction << 1];
    }

    long destinationHigh(final int direction)
    {
        return high[(direction << 1) + 1];
    }

    long destinationLow(final int direction)
    {
        return low[(direction << 1) + 1];
    }

    /** Both tuples are one and the same, so no packet could tell its direction. */
    boolean isItsOwnReply()
    {
        return sourceHigh(0) == sourceHigh(1) && sourceLow(0) == sourceLow(1) &&
            destinationHigh(0) == destinationHigh(1) && destinationLow(0) == destinationLow(1) &&
            portsOf(0) == portsOf(1);
    }

    int protocol()
    {
        return protocol;
    }

    int flags()
    {
        return EntryDescriptor.LIVE | (isIpv6() ? EntryDescriptor.IPV6 : 0) | (hasLocal() ? EntryDescriptor.LOCAL : 0) |
            (isOneWay ? EntryDescriptor.ONE_WAY : 0) | forwarding << EntryDescriptor.FORWARDING_SHIFT;
    }

    int serverSlot()
    {
        return serverSlot;
    }

    int clientHop()
    {
        return clientHop;
    }

    int profile()
    {
        return profile;
    }

    int state()
    {
        return state;
    }

    private NewConnection end(
        final int end,
        final int family,
        final long addressHigh,
        final long addressLow,
        final int port)
    {
        high[end] = addressHigh;
        low[end] = addressLow;
        ports[end] = checked("port", port, 0xFFFF);
        ends |= family << end;
        return this;
    }

    private static int checked(final String name, final int value, final int max)
    {
        if (value < 0 || value > max)
        {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + max + ")");
        }
        return value;
    }
}
