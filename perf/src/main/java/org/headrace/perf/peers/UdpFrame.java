package org.headrace.perf.peers;

import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.wire.FrameBuilder;

/** The 64-byte frame whose copies the packet generator sends. */
final class UdpFrame
{
    private static final int FRAME_LENGTH = 64;
    private static final int HEADERS_LENGTH = FrameBuilder.ETHERNET_LENGTH + FrameBuilder.IPV4_LENGTH + 8;

    private UdpFrame()
    {
    }

    /** @param target of the client. @param port UDP port there. @return the frame. */
    static byte[] to(final Target target, final int port)
    {
        return new FrameBuilder("02:00:00:00:00:02", target.mac(), LabNetwork.clientAddress(0), target.address())
            .udp(1024, port, new byte[FRAME_LENGTH - HEADERS_LENGTH]).withoutChecksum().build();
    }
}
