package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

/**
 * What the driver of a network interface says of itself ({@code SIOCETHTOOL}, {@code linux/ethtool.h}).
 *
 * @param name           of the driver, as {@code veth} or {@code ice}; empty if it does not say.
 * @param isVirtual      true if no device is behind the interface: what is sent into its other end comes unchanged.
 * @param stripsVlanTags true if received frames lose their VLAN tag before anybody sees them.
 * @param mergesPackets  true if received TCP packets are merged by the device (LRO).
 */
public record LinkDriver(String name, boolean isVirtual, boolean stripsVlanTags, boolean mergesPackets)
{
    /** {@code struct ethtool_drvinfo}: cmd, driver, version, fw_version, bus_info (32 bytes each), ... */
    private static final int ETHTOOL_GDRVINFO = 0x03;
    private static final int DRVINFO_BYTES = 196;
    private static final int DRIVER_OFFSET = 4;
    private static final int BUS_INFO_OFFSET = 100;
    /** What virtual interfaces have in place of a device's address on its bus. */
    private static final Set<String> NO_BUS = Set.of("", "N/A", "tap", "tun");
    /** {@code struct ethtool_value}: cmd, data. */
    private static final int ETHTOOL_GFLAGS = 0x25;
    private static final int FLAG_RXVLAN = 1 << 8;
    private static final int FLAG_LRO = 1 << 15;

    /**
     * @param interfaceName of an interface in the caller's network namespace.
     * @return what its driver says; an interface without ethtool operations says nothing.
     */
    public static LinkDriver of(final String interfaceName)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment info = arena.allocate(DRVINFO_BYTES, Integer.BYTES);
            final boolean isKnown = Ethtool.ask(interfaceName, ETHTOOL_GDRVINFO, info) >= 0;
            final MemorySegment flags = arena.allocate(2 * Integer.BYTES, Integer.BYTES);
            final int bits = Ethtool.ask(interfaceName, ETHTOOL_GFLAGS, flags) >= 0 ?
                flags.get(ValueLayout.JAVA_INT, Integer.BYTES) : 0;
            return new LinkDriver(
                info.getString(DRIVER_OFFSET), isKnown && NO_BUS.contains(info.getString(BUS_INFO_OFFSET)),
                (bits & FLAG_RXVLAN) != 0, (bits & FLAG_LRO) != 0);
        }
    }
}
