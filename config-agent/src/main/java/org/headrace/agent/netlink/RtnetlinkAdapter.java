package org.headrace.agent.netlink;

import static org.headrace.agent.netlink.Rtnetlink.*;

import org.headrace.protocol.IpAddress;

import java.nio.ByteBuffer;

/**
 * Decodes datagrams of the kernel and dispatches their messages. Every length is checked before it is used; a message
 * that breaks the format is reported, never thrown.
 *
 * <pre>
 * struct nlmsghdr (linux/netlink.h), 16 bytes
 *   0 nlmsg_len   4   header and body, without padding
 *   4 nlmsg_type  2   RTM_* or NLMSG_*
 *   6 nlmsg_flags 2
 *   8 nlmsg_seq   4   that of the request, 0 for events
 *  12 nlmsg_pid   4
 * </pre>
 */
final class RtnetlinkAdapter
{
    private static final int ERROR_LENGTH = Integer.BYTES;

    private final RtnetlinkListener listener;

    RtnetlinkAdapter(final RtnetlinkListener listener)
    {
        this.listener = listener;
    }

    /**
     * @param datagram in host byte order; its position is not used, its limit is the end.
     * @return number of messages in it, those without interest included.
     */
    int onDatagram(final ByteBuffer datagram)
    {
        int offset = 0;
        int count = 0;
        while (offset <= datagram.limit() - NLMSG_HDRLEN)
        {
            final int lengthBytes = datagram.getInt(offset);
            if (lengthBytes < NLMSG_HDRLEN || lengthBytes > datagram.limit() - offset)
            {
                listener.onMalformed("nlmsg_len=" + lengthBytes + " at offset=" + offset + " is outside " +
                    NLMSG_HDRLEN + ".." + (datagram.limit() - offset));
                return count;
            }
            onMessage(datagram, offset, lengthBytes);
            offset += align(lengthBytes);
            count++;
        }
        return count;
    }

    private void onMessage(final ByteBuffer buffer, final int offset, final int lengthBytes)
    {
        final int type = buffer.getShort(offset + 4) & 0xFFFF;
        final int flags = buffer.getShort(offset + 6) & 0xFFFF;
        final int sequence = buffer.getInt(offset + 8);
        final int body = offset + NLMSG_HDRLEN;
        final int end = offset + lengthBytes;
        if ((flags & NLM_F_DUMP_INTR) != 0 && type != NLMSG_ERROR)
        {
            listener.onDumpInterrupted(sequence);
        }
        if (end - body < minimumLength(type))
        {
            listener.onMalformed("nlmsg_len=" + lengthBytes + " < " + (NLMSG_HDRLEN + minimumLength(type)) +
                " of nlmsg_type=" + type);
            return;
        }
        final RtnetlinkMessage message = switch (type)
        {
            case RTM_NEWLINK, RTM_DELLINK -> link(buffer, body, end, sequence, type == RTM_DELLINK);
            case RTM_NEWADDR, RTM_DELADDR -> address(buffer, body, end, sequence, type == RTM_DELADDR);
            case RTM_NEWROUTE, RTM_DELROUTE -> route(buffer, body, end, sequence, type == RTM_DELROUTE);
            case RTM_NEWNEIGH, RTM_DELNEIGH -> neighbour(buffer, body, end, sequence, type == RTM_DELNEIGH);
            case RTM_NEWRULE, RTM_DELRULE -> new RtnetlinkMessage.Rule(sequence);
            case NLMSG_ERROR -> error(buffer, body, end, sequence, flags);
            case NLMSG_DONE -> new RtnetlinkMessage.End(sequence, doneErrno(buffer, body, end), "");
            default -> null;
        };
        if (message != null)
        {
            listener.onMessage(message);
        }
    }

    private static int minimumLength(final int type)
    {
        return switch (type)
        {
            case RTM_NEWLINK, RTM_DELLINK -> IFINFOMSG_LENGTH;
            case RTM_NEWADDR, RTM_DELADDR -> IFADDRMSG_LENGTH;
            case RTM_NEWROUTE, RTM_DELROUTE -> RTMSG_LENGTH;
            case RTM_NEWNEIGH, RTM_DELNEIGH -> NDMSG_LENGTH;
            case NLMSG_ERROR -> ERROR_LENGTH;
            default -> 0;
        };
    }

    /** struct ifinfomsg: family (1), pad (1), ARPHRD type (2), index (4), IFF flags (4), change mask (4). */
    private static RtnetlinkMessage link(
        final ByteBuffer buffer, final int body, final int end, final int sequence, final boolean isRemoved)
    {
        if (buffer.get(body) != AF_UNSPEC)
        {
            // AF_BRIDGE: a port of a bridge came or went, the link itself did not.
            return null;
        }
        final int type = buffer.getShort(body + 2) & 0xFFFF;
        final int flags = buffer.getInt(body + 8);
        String name = "";
        int mtuBytes = 0;
        final AttributeReader attributes = new AttributeReader(buffer, body + IFINFOMSG_LENGTH, end);
        while (attributes.next())
        {
            switch (attributes.type())
            {
                case IFLA_IFNAME -> name = attributes.text();
                case IFLA_MTU -> mtuBytes = attributes.intValue();
                default ->
                {
                }
            }
        }
        final boolean isUp = (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) != 0;
        return new RtnetlinkMessage.Link(
            sequence, isRemoved, buffer.getInt(body + 4), name, isUp, type == ARPHRD_ETHER, mtuBytes);
    }

    /** struct ifaddrmsg: family (1), prefix length (1), flags (1), scope (1), index (4). */
    private static RtnetlinkMessage address(
        final ByteBuffer buffer, final int body, final int end, final int sequence, final boolean isRemoved)
    {
        IpAddress local = IpAddress.NONE;
        IpAddress other = IpAddress.NONE;
        final AttributeReader attributes = new AttributeReader(buffer, body + IFADDRMSG_LENGTH, end);
        while (attributes.next())
        {
            switch (attributes.type())
            {
                case IFA_LOCAL -> local = attributes.address();
                case IFA_ADDRESS -> other = attributes.address();
                default ->
                {
                }
            }
        }
        // On a point-to-point link IFA_ADDRESS is the peer's and IFA_LOCAL ours; IPv6 gives IFA_LOCAL only there.
        final IpAddress address = local.isNone() ? other : local;
        return address.isNone() ? null :
            new RtnetlinkMessage.Address(sequence, isRemoved, buffer.getInt(body + 4), address);
    }

    /** struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type (1 each), RTM_F flags (4). */
    private static RtnetlinkMessage route(
        final ByteBuffer buffer, final int body, final int end, final int sequence, final boolean isRemoved)
    {
        final int family = buffer.get(body);
        if (family != Libc.AF_INET && family != Libc.AF_INET6)
        {
            return null;
        }
        IpAddress destination = family == Libc.AF_INET ? IpAddress.ofIpv4(0) : IpAddress.NONE;
        IpAddress gateway = IpAddress.NONE;
        int interfaceIndex = 0;
        int mtuBytes = 0;
        final AttributeReader attributes = new AttributeReader(buffer, body + RTMSG_LENGTH, end);
        while (attributes.next())
        {
            switch (attributes.type())
            {
                case RTA_DST -> destination = attributes.address();
                case RTA_OIF -> interfaceIndex = attributes.intValue();
                case RTA_GATEWAY -> gateway = attributes.address();
                case RTA_VIA -> gateway = attributes.viaAddress();
                case RTA_METRICS -> mtuBytes = mtu(attributes.nested());
                default ->
                {
                }
            }
        }
        if (sequence == 0 && (buffer.getInt(body + 8) & RTM_F_CLONED) != 0)
        {
            // A cached copy of a route, not a change of the routes.
            return null;
        }
        return new RtnetlinkMessage.Route(
            sequence, isRemoved, AddressRange.ofPrefix(destination, buffer.get(body + 1) & 0xFF),
            buffer.get(body + 7) & 0xFF, interfaceIndex, gateway, mtuBytes);
    }

    private static int mtu(final AttributeReader metrics)
    {
        int mtuBytes = 0;
        while (metrics.next())
        {
            if (metrics.type() == RTAX_MTU)
            {
                mtuBytes = metrics.intValue();
            }
        }
        return mtuBytes;
    }

    /** struct ndmsg: family (1), pad (3), index (4), NUD state (2), NTF flags (1), type (1). */
    private static RtnetlinkMessage neighbour(
        final ByteBuffer buffer, final int body, final int end, final int sequence, final boolean isRemoved)
    {
        final int family = buffer.get(body);
        final boolean isProxy = (buffer.get(body + 10) & NTF_PROXY) != 0;
        if (family != Libc.AF_INET && family != Libc.AF_INET6 || isProxy)
        {
            return null;
        }
        IpAddress address = IpAddress.NONE;
        long mac = 0;
        final AttributeReader attributes = new AttributeReader(buffer, body + NDMSG_LENGTH, end);
        while (attributes.next())
        {
            switch (attributes.type())
            {
                case NDA_DST -> address = attributes.address();
                case NDA_LLADDR -> mac = attributes.mac();
                default ->
                {
                }
            }
        }
        final int usable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
        final boolean isResolved = !isRemoved && mac != 0 && (buffer.getShort(body + 8) & usable) != 0;
        return address.isNone() ? null : new RtnetlinkMessage.Neighbour(
            sequence, isRemoved, buffer.getInt(body + 4), address, isResolved, isResolved ? mac : 0);
    }

    /** struct nlmsgerr: negated error number (4), header of the request (16), its body unless capped, attributes. */
    private static RtnetlinkMessage error(
        final ByteBuffer buffer, final int body, final int end, final int sequence, final int flags)
    {
        final int errno = -buffer.getInt(body);
        String text = "";
        if ((flags & NLM_F_ACK_TLVS) != 0 && end - body >= ERROR_LENGTH + NLMSG_HDRLEN)
        {
            final int requestLengthBytes = (flags & NLM_F_CAPPED) != 0 ? NLMSG_HDRLEN :
                Math.clamp(buffer.getInt(body + ERROR_LENGTH), NLMSG_HDRLEN, end - body);
            final AttributeReader attributes =
                new AttributeReader(buffer, body + ERROR_LENGTH + align(requestLengthBytes), end);
            while (attributes.next())
            {
                text = attributes.type() == NLMSGERR_ATTR_MSG ? attributes.text() : text;
            }
        }
        return new RtnetlinkMessage.End(sequence, errno, text);
    }

    /** A dump that failed half-way says so in its NLMSG_DONE. */
    private static int doneErrno(final ByteBuffer buffer, final int body, final int end)
    {
        return end - body < ERROR_LENGTH ? 0 : Math.max(0, -buffer.getInt(body));
    }
}
