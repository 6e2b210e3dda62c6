package org.headrace.agent.netlink;

/**
 * Numbers of {@code linux/netlink.h}, {@code rtnetlink.h}, {@code if_link.h}, {@code if_addr.h}, {@code neighbour.h}
 * and {@code if_arp.h}, under the kernel's names.
 */
final class Rtnetlink
{
    static final int NLMSG_HDRLEN = 16;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_CAPPED = 0x100;
    static final int NLM_F_ACK_TLVS = 0x200;
    static final int NLMSGERR_ATTR_MSG = 1;

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;
    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;

    static final int RTMGRP_LINK = 0x1;
    static final int RTMGRP_NEIGH = 0x4;
    static final int RTMGRP_IPV4_IFADDR = 0x10;
    static final int RTMGRP_IPV4_ROUTE = 0x40;
    static final int RTMGRP_IPV4_RULE = 0x80;
    static final int RTMGRP_IPV6_IFADDR = 0x100;
    static final int RTMGRP_IPV6_ROUTE = 0x400;
    /** RTNLGRP_IPV6_RULE = 19 as a bit; the header has no RTMGRP name for it. */
    static final int RTMGRP_IPV6_RULE = 1 << 18;

    static final int AF_UNSPEC = 0;

    static final int IFINFOMSG_LENGTH = 16;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFF_UP = 0x1;
    static final int IFF_RUNNING = 0x40;
    static final int ARPHRD_ETHER = 1;

    static final int IFADDRMSG_LENGTH = 8;
    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_F_NODAD = 0x2;

    static final int RTMSG_LENGTH = 12;
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;
    static final int RTA_METRICS = 8;
    static final int RTA_VIA = 18;
    static final int RTAX_MTU = 2;
    static final int RTM_F_CLONED = 0x200;
    static final int RTN_UNICAST = 1;
    static final int RTN_LOCAL = 2;

    static final int NDMSG_LENGTH = 12;
    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;
    static final int NTF_USE = 0x1;
    static final int NTF_PROXY = 0x8;
    static final int NUD_REACHABLE = 0x2;
    static final int NUD_STALE = 0x4;
    static final int NUD_DELAY = 0x8;
    static final int NUD_PROBE = 0x10;
    static final int NUD_PERMANENT = 0x80;

    private Rtnetlink()
    {
    }

    /** Messages and attributes begin at multiples of 4 bytes; NLMSG_ALIGN and RTA_ALIGN. */
    static int align(final int lengthBytes)
    {
        return (lengthBytes + 3) & ~3;
    }
}
