package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.nio.charset.StandardCharsets;

/**
 * Puts virtual addresses on interfaces and takes them off.
 *
 * <p>Assumptions and guarantees: any thread may call; calls are serialised by a lock on this object, and each returns
 * when the kernel has done its work, within microseconds. No other lock is taken inside.
 */
final class AddressConfigurator implements AutoCloseable
{
    /** IFNAMSIZ of linux/if.h without the closing zero. */
    private static final int INTERFACE_NAME_LENGTH_LIMIT = 15;

    private final NetlinkSession session = new NetlinkSession();
    private boolean isClosed;

    synchronized void add(final IpAddress address, final String interfaceName)
    {
        final int index = interfaceIndex(interfaceName);
        final RtnetlinkMessage.End end = request(session.requests().clear().newAddress(address, index));
        check(end, "RTM_NEWADDR", address, interfaceName, Errno.EEXIST);
    }

    synchronized void remove(final IpAddress address, final String interfaceName)
    {
        final int index = interfaceIndex(interfaceName);
        final RtnetlinkMessage.End end = request(session.requests().clear().deleteAddress(address, index));
        check(end, "RTM_DELADDR", address, interfaceName, Errno.EADDRNOTAVAIL);
    }

    @Override
    public synchronized void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            session.close();
        }
    }

    /** Asked of the socket: if_nametoindex(3) would look into the network namespace of the calling thread. */
    private int interfaceIndex(final String name)
    {
        if (isClosed)
        {
            throw new IllegalStateException("closed, interface=" + name);
        }
        final int lengthBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes == 0 || lengthBytes > INTERFACE_NAME_LENGTH_LIMIT)
        {
            throw new IllegalArgumentException("interface=" + name + " has a name of " + lengthBytes +
                " bytes, outside 1.." + INTERFACE_NAME_LENGTH_LIMIT);
        }
        final int[] index = new int[1];
        final int sequence = session.requests().clear().getLink(name);
        session.exchange(sequence, message ->
        {
            switch (message)
            {
                case RtnetlinkMessage.Link link when link.sequence() == sequence -> index[0] = link.interfaceIndex();
                case RtnetlinkMessage.End end when end.sequence() == sequence ->
                    throw new NetlinkException("RTM_GETLINK(interface=" + name + ")", end.errno(), end.text());
                default ->
                {
                }
            }
        });
        return index[0];
    }

    private RtnetlinkMessage.End request(final int sequence)
    {
        final RtnetlinkMessage.End[] answer = new RtnetlinkMessage.End[1];
        session.exchange(sequence, message ->
        {
            if (message instanceof final RtnetlinkMessage.End end && end.sequence() == sequence)
            {
                answer[0] = end;
            }
        });
        return answer[0];
    }

    private static void check(final RtnetlinkMessage.End end, final String call, final IpAddress address,
        final String interfaceName, final Errno alreadyDone)
    {
        if (end.errno() != 0 && end.errno() != alreadyDone.number())
        {
            throw new NetlinkException(
                call + "(address=" + address + ", interface=" + interfaceName + ")", end.errno(), end.text());
        }
    }
}
