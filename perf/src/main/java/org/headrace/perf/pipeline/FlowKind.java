package org.headrace.perf.pipeline;

import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Transport;

/** One service with its servers, and the flows to it. The ordinal is the service's slot. */
enum FlowKind
{
    /** TCP over IPv4. */
    TCP4(Transport.TCP, false),
    /** UDP over IPv4. */
    UDP4(Transport.UDP, false),
    /** TCP over IPv6. */
    TCP6(Transport.TCP, true);

    /** Flows of each client. */
    static final int FLOWS_OF_CLIENT = 64;
    /** Servers of each service. */
    static final int SERVERS = 64;

    private static final int VIRTUAL = 0xC000_0201;
    private static final int VIRTUAL_PORT = 443;
    private static final int FIRST_SERVER = 0xAC10_0000;
    private static final int SERVER_PORT = 8_443;
    private static final int FIRST_CLIENT = 0x0A00_0000;
    private static final int FIRST_CLIENT_PORT = 1_024;
    private static final int NETWORK_MASK = 0xFF_FFFF;
    /** Odd: scatters the clients over their network, no two in one place. */
    private static final int SCATTER = 0x9E_3779;
    /** Unique local addresses (RFC 4193) whose low half is one of the above. */
    private static final long IPV6_HIGH = 0xFD00_0000_0000_0000L;

    private final Transport transport;
    private final boolean isIpv6;

    FlowKind(final Transport transport, final boolean isIpv6)
    {
        this.transport = transport;
        this.isIpv6 = isIpv6;
    }

    boolean isIpv6()
    {
        return isIpv6;
    }

    int protocol()
    {
        return transport == Transport.TCP ? IpProtocol.TCP : IpProtocol.UDP;
    }

    boolean isTcp()
    {
        return transport == Transport.TCP;
    }

    ServiceKey service()
    {
        return new ServiceKey(transport, new Endpoint(address(VIRTUAL), VIRTUAL_PORT));
    }

    Endpoint server(final int number)
    {
        return new Endpoint(address(FIRST_SERVER + number), SERVER_PORT);
    }

    /** @param number of the server. @return its slot. */
    int slot(final int number)
    {
        return ordinal() * SERVERS + number;
    }

    static long ipv6High()
    {
        return IPV6_HIGH;
    }

    /** Address of a flow's client: one of the 16 million of 10.0.0.0/8, each of which has 64 flows. */
    static int client(final long flow)
    {
        return FIRST_CLIENT | (int)(flow / FLOWS_OF_CLIENT) * SCATTER & NETWORK_MASK;
    }

    static int clientPort(final long flow)
    {
        return FIRST_CLIENT_PORT + (int)(flow % FLOWS_OF_CLIENT);
    }

    static int virtual()
    {
        return VIRTUAL;
    }

    static int virtualPort()
    {
        return VIRTUAL_PORT;
    }

    static int serverAddress(final int number)
    {
        return FIRST_SERVER + number;
    }

    static int serverPort()
    {
        return SERVER_PORT;
    }

    private IpAddress address(final int low)
    {
        return isIpv6 ? new IpAddress(IPV6_HIGH, low & 0xFFFF_FFFFL) : IpAddress.ofIpv4(low);
    }
}
