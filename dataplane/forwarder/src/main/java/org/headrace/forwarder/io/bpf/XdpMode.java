package org.headrace.forwarder.io.bpf;

/** Where the kernel runs an XDP program ({@code linux/if_link.h}, {@code XDP_FLAGS_*}). */
enum XdpMode
{
    /** In the interface's driver, before the kernel makes a packet of the frame. */
    NATIVE(1 << 2, "xdp-native-"),
    /** In the kernel's packet path, for drivers that know nothing of XDP. */
    GENERIC(1 << 1, "xdp-generic-");

    private final int flag;
    private final String pinPrefix;

    XdpMode(final int flag, final String pinPrefix)
    {
        this.flag = flag;
        this.pinPrefix = pinPrefix;
    }

    /** For {@code BPF_LINK_CREATE}. */
    int flag()
    {
        return flag;
    }

    /** The mode stands in the name, because a link cannot be asked for it. */
    String pinName(final int ifindex)
    {
        return pinPrefix + ifindex;
    }
}
