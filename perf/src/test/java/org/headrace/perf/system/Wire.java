package org.headrace.perf.system;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.wire.FrameBuilder;
import org.headrace.perf.wire.PacketSocket;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Packet sockets at the client and at the first server: frames go in at one end and are awaited at the other.
 */
final class Wire implements AutoCloseable
{
    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final int TRIES = 25;
    private static final String CLIENT_MAC = "02:00:00:00:00:02";
    private static final String CLIENT_GATEWAY_MAC = "02:00:00:00:00:01";
    private static final String SERVER_MAC = "02:00:00:00:01:02";
    private static final String SERVER_GATEWAY_MAC = "02:00:00:00:01:01";

    private final PacketSocket client;
    private final PacketSocket server;

    Wire(final Lab lab)
    {
        client = PacketSocket.open(lab.client(), LabNetwork.HOST_LINK, TIMEOUT);
        server = PacketSocket.open(lab.server(1), LabNetwork.HOST_LINK, TIMEOUT);
    }

    static FrameBuilder request(final boolean isIpv6)
    {
        return isIpv6 ?
            new FrameBuilder(CLIENT_MAC, CLIENT_GATEWAY_MAC, LabNetwork.clientAddress6(0), LabNetwork.VIP6) :
            new FrameBuilder(CLIENT_MAC, CLIENT_GATEWAY_MAC, LabNetwork.clientAddress(0), LabNetwork.VIP);
    }

    static FrameBuilder requestFrom(final String source)
    {
        return new FrameBuilder(CLIENT_MAC, CLIENT_GATEWAY_MAC, source,
            source.contains(":") ? LabNetwork.VIP6 : LabNetwork.VIP);
    }

    /** What arrives at the server for {@link #request}. */
    static FrameBuilder translatedRequest(final boolean isIpv6)
    {
        return isIpv6 ?
            new FrameBuilder(
                SERVER_GATEWAY_MAC, SERVER_MAC, LabNetwork.clientAddress6(0), LabNetwork.serverAddress6(1)) :
            new FrameBuilder(
                SERVER_GATEWAY_MAC, SERVER_MAC, LabNetwork.clientAddress(0), LabNetwork.serverAddress(1));
    }

    static FrameBuilder reply(final boolean isIpv6)
    {
        return isIpv6 ?
            new FrameBuilder(
                SERVER_MAC, SERVER_GATEWAY_MAC, LabNetwork.serverAddress6(1), LabNetwork.clientAddress6(0)) :
            new FrameBuilder(
                SERVER_MAC, SERVER_GATEWAY_MAC, LabNetwork.serverAddress(1), LabNetwork.clientAddress(0));
    }

    /** What arrives at the client for {@link #reply}. */
    static FrameBuilder translatedReply(final boolean isIpv6)
    {
        return isIpv6 ?
            new FrameBuilder(CLIENT_GATEWAY_MAC, CLIENT_MAC, LabNetwork.VIP6, LabNetwork.clientAddress6(0)) :
            new FrameBuilder(CLIENT_GATEWAY_MAC, CLIENT_MAC, LabNetwork.VIP, LabNetwork.clientAddress(0));
    }

    static int serverPort(final int port)
    {
        return port == 80 ? LabServers.HTTP_PORT : LabServers.DNS_PORT;
    }

    void fromClient(final byte[] frame)
    {
        client.send(frame);
    }

    /** Sends from the client. @return the IP packet that reaches the server, in hexadecimal. */
    String toServer(final byte[] frame, final int clientPort)
    {
        client.send(frame);
        return await(server, clientPort, 0);
    }

    /** Sends from the server. @return the IP packet that reaches the client, in hexadecimal. */
    String toClient(final byte[] frame, final int clientPort)
    {
        server.send(frame);
        return await(client, clientPort, 2);
    }

    private static String await(final PacketSocket socket, final int clientPort, final int portOffset)
    {
        for (int i = 0; i < TRIES; i++)
        {
            byte[] frame = socket.receive();
            while (frame != null)
            {
                final int transport = transportOffset(frame);
                if (transport > 0 && frame.length >= transport + 4 &&
                    (ByteBuffer.wrap(frame).getShort(transport + portOffset) & 0xFFFF) == clientPort)
                {
                    return HexFormat.of().formatHex(FrameBuilder.packetOf(frame));
                }
                frame = socket.receive();
            }
        }
        throw new LabException("no packet with the client's port " + clientPort + " has arrived");
    }

    private static int transportOffset(final byte[] frame)
    {
        final int type = frame.length < 34 ? 0 : ByteBuffer.wrap(frame).getShort(12) & 0xFFFF;
        return switch (type)
        {
            case 0x0800 -> FrameBuilder.ETHERNET_LENGTH + (frame[FrameBuilder.ETHERNET_LENGTH] & 0xF) * 4;
            case 0x86DD -> FrameBuilder.ETHERNET_LENGTH + FrameBuilder.IPV6_LENGTH;
            default -> -1;
        };
    }

    @Override
    public void close()
    {
        client.close();
        server.close();
    }
}
