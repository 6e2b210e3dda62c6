package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
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
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int SIOCETHTOOL = 0x8946;
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
        final int fd = (int)Syscall.check(
            "socket(AF_INET)", Syscall.socket(Socket.AF_INET, Socket.SOCK_DGRAM | Socket.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment info = arena.allocate(DRVINFO_BYTES, Integer.BYTES);
            final boolean isKnown = ask(arena, fd, interfaceName, ETHTOOL_GDRVINFO, info);
            final MemorySegment flags = arena.allocate(2 * Integer.BYTES, Integer.BYTES);
            final int bits = ask(arena, fd, interfaceName, ETHTOOL_GFLAGS, flags) ?
                flags.get(ValueLayout.JAVA_INT, Integer.BYTES) : 0;
            return new LinkDriver(
                info.getString(DRIVER_OFFSET), isKnown && NO_BUS.contains(info.getString(BUS_INFO_OFFSET)),
                (bits & FLAG_RXVLAN) != 0, (bits & FLAG_LRO) != 0);
        }
        finally
        {
            Syscall.close(fd);
        }
    }

    private static boolean ask(
        final Arena arena, final int fd, final String interfaceName, final int what, final MemorySegment answer)
    {
        final MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
        MemorySegment.copy(
            MemorySegment.ofArray(interfaceName.getBytes(StandardCharsets.UTF_8)), 0, request, 0,
            Math.min(interfaceName.getBytes(StandardCharsets.UTF_8).length, IFNAMSIZ - 1));
        request.set(ValueLayout.JAVA_LONG, IFNAMSIZ, answer.address());
        answer.set(ValueLayout.JAVA_INT, 0, what);
        return Syscall.ioctl(fd, SIOCETHTOOL, request.address()) >= 0;
    }
}
