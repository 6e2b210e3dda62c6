package org.headrace.agent.netlink;

import static org.headrace.agent.netlink.Rtnetlink.*;

import org.headrace.protocol.IpAddress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Encodes requests to the kernel, one behind the other, so that a single send carries many. Every method that appends
 * a request returns its sequence number (never 0, which marks events). Used by one thread at a time.
 */
final class RtnetlinkProxy
{
    /** No request of this class is longer than this. */
    static final int REQUEST_LENGTH_LIMIT_BYTES = 64;

    private final MemorySegment segment;
    private final ByteBuffer buffer;
    private int sequence;
    private int requestOffset;

    /**
     * @param requestLimit most requests in one batch.
     */
    RtnetlinkProxy(final int requestLimit)
    {
        segment = Arena.ofAuto().allocate((long)requestLimit * REQUEST_LENGTH_LIMIT_BYTES, 8);
        buffer = segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The requests appended since {@link #clear()}, up to {@link #lengthBytes()}. */
    MemorySegment segment()
    {
        return segment;
    }

    int lengthBytes()
    {
        return buffer.position();
    }

    RtnetlinkProxy clear()
    {
        buffer.clear();
        return this;
    }

    /** Asks for all links, addresses or neighbours of both families. */
    int dump(final int type)
    {
        begin(type, NLM_F_DUMP);
        // The header must have the length of its kind, or the kernel warns about left-over bytes in its log.
        zero(switch (type)
        {
            case RTM_GETLINK -> IFINFOMSG_LENGTH;
            case RTM_GETADDR -> IFADDRMSG_LENGTH;
            case RTM_GETNEIGH -> NDMSG_LENGTH;
            default -> throw new IllegalArgumentException("type=" + type + " is not one that is dumped");
        });
        return end();
    }

    /** Asks for the link with this name. */
    int getLink(final String name)
    {
        begin(RTM_GETLINK, 0);
        zero(IFINFOMSG_LENGTH);
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        attributeHeader(IFLA_IFNAME, bytes.length + 1);
        buffer.put(bytes).put((byte)0);
        return end();
    }

    /** Asks which way a packet to this destination would leave. */
    int getRoute(final IpAddress destination)
    {
        begin(RTM_GETROUTE, 0);
        buffer.put(family(destination)).put((byte)lengthBits(destination));
        zero(RTMSG_LENGTH - 2);
        address(RTA_DST, destination);
        return end();
    }

    /**
     * Has the kernel resolve a neighbour, or confirm it if it has not been heard of for a while, as if a packet were to
     * be sent; net/core/neighbour.c, neigh_add() with NTF_USE.
     *
     * @param isLast asks for an acknowledgement, which ends a batch of requests that have no answer.
     */
    int useNeighbour(final NextHopKey nextHop, final boolean isLast)
    {
        begin(RTM_NEWNEIGH, NLM_F_CREATE | (isLast ? NLM_F_ACK : 0));
        buffer.put(family(nextHop.address()));
        zero(3);
        buffer.putInt(nextHop.interfaceIndex()).putShort((short)0).put((byte)NTF_USE).put((byte)0);
        address(NDA_DST, nextHop.address());
        return end();
    }

    /** Puts an address on an interface; EEXIST if it is there. */
    int newAddress(final IpAddress address, final int interfaceIndex)
    {
        return changeAddress(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address, interfaceIndex);
    }

    /** Takes an address off an interface; EADDRNOTAVAIL if it is not there. */
    int deleteAddress(final IpAddress address, final int interfaceIndex)
    {
        return changeAddress(RTM_DELADDR, 0, address, interfaceIndex);
    }

    private int changeAddress(final int type, final int flags, final IpAddress address, final int interfaceIndex)
    {
        begin(type, flags | NLM_F_ACK);
        // Without NODAD an IPv6 address is tentative for a second or two and cannot be bound.
        final int addressFlags = address.isIpv4() ? 0 : IFA_F_NODAD;
        buffer.put(family(address)).put((byte)lengthBits(address)).put((byte)addressFlags).put((byte)0);
        buffer.putInt(interfaceIndex);
        address(IFA_LOCAL, address);
        address(IFA_ADDRESS, address);
        return end();
    }

    private void begin(final int type, final int flags)
    {
        requestOffset = buffer.position();
        sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
        buffer.putInt(0).putShort((short)type).putShort((short)(flags | NLM_F_REQUEST)).putInt(sequence).putInt(0);
    }

    private int end()
    {
        buffer.putInt(requestOffset, buffer.position() - requestOffset);
        zero(align(buffer.position()) - buffer.position());
        return sequence;
    }

    private void address(final int type, final IpAddress address)
    {
        attributeHeader(type, address.isIpv4() ? Integer.BYTES : 2 * Long.BYTES);
        buffer.order(ByteOrder.BIG_ENDIAN);
        if (address.isIpv4())
        {
            buffer.putInt(address.ipv4());
        }
        else
        {
            buffer.putLong(address.high()).putLong(address.low());
        }
        buffer.order(ByteOrder.nativeOrder());
    }

    private void attributeHeader(final int type, final int dataLengthBytes)
    {
        buffer.putShort((short)(2 * Short.BYTES + dataLengthBytes)).putShort((short)type);
    }

    private void zero(final int lengthBytes)
    {
        for (int i = 0; i < lengthBytes; i++)
        {
            buffer.put((byte)0);
        }
    }

    private static byte family(final IpAddress address)
    {
        return (byte)(address.isIpv4() ? Libc.AF_INET : Libc.AF_INET6);
    }

    private static int lengthBits(final IpAddress address)
    {
        return address.isIpv4() ? 32 : 128;
    }
}
