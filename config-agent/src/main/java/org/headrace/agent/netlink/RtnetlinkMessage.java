package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

/** What an rtnetlink message says, reduced to what a balancer needs. */
sealed interface RtnetlinkMessage
{
    /** Sequence number of the request that it answers, 0 for an event. */
    int sequence();

    /**
     * RTM_NEWLINK or RTM_DELLINK.
     *
     * @param sequence       of the request.
     * @param isRemoved      true for RTM_DELLINK.
     * @param interfaceIndex of the link.
     * @param name           of the link, empty if not given.
     * @param isUp           IFF_UP and IFF_RUNNING: switched on, and with a carrier.
     * @param isEthernet     frames have an Ethernet header (ARPHRD_ETHER).
     * @param mtuBytes       0 if not given.
     */
    record Link(int sequence, boolean isRemoved, int interfaceIndex, String name, boolean isUp, boolean isEthernet,
        int mtuBytes) implements RtnetlinkMessage
    {
    }

    /**
     * RTM_NEWADDR or RTM_DELADDR.
     *
     * @param sequence       of the request.
     * @param isRemoved      true for RTM_DELADDR.
     * @param interfaceIndex that has the address.
     * @param address        of this host, never that of a point-to-point peer.
     */
    record Address(int sequence, boolean isRemoved, int interfaceIndex, IpAddress address) implements RtnetlinkMessage
    {
    }

    /**
     * RTM_NEWROUTE or RTM_DELROUTE, as an event or as the answer to RTM_GETROUTE.
     *
     * @param sequence       of the request.
     * @param isRemoved      true for RTM_DELROUTE.
     * @param destination    what the route covers.
     * @param type           RTN_*.
     * @param interfaceIndex to send on, 0 if not given.
     * @param gateway        {@link IpAddress#NONE} if the destination is on the link.
     * @param mtuBytes       of the route's metrics, 0 if not given.
     */
    record Route(int sequence, boolean isRemoved, AddressRange destination, int type, int interfaceIndex,
        IpAddress gateway, int mtuBytes) implements RtnetlinkMessage
    {
    }

    /**
     * RTM_NEWNEIGH or RTM_DELNEIGH.
     *
     * @param sequence       of the request.
     * @param isRemoved      true for RTM_DELNEIGH.
     * @param interfaceIndex that the neighbour is on.
     * @param address        of the neighbour.
     * @param isResolved     its state lets frames be sent: REACHABLE, STALE, DELAY, PROBE or PERMANENT.
     * @param mac            low 48 bits, first byte highest; 0 unless resolved.
     */
    record Neighbour(int sequence, boolean isRemoved, int interfaceIndex, IpAddress address, boolean isResolved,
        long mac) implements RtnetlinkMessage
    {
    }

    /**
     * A policy-routing rule came or went: any destination may be routed differently.
     *
     * @param sequence of the request.
     */
    record Rule(int sequence) implements RtnetlinkMessage
    {
    }

    /**
     * The end of an answer: NLMSG_DONE, or NLMSG_ERROR which with error number 0 is an acknowledgement.
     *
     * @param sequence of the request.
     * @param errno    positive error number, 0 for success.
     * @param text     what the kernel says about it, may be empty.
     */
    record End(int sequence, int errno, String text) implements RtnetlinkMessage
    {
    }
}
