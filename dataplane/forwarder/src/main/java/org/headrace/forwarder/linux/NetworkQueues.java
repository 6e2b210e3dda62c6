package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** How many queues an interface receives by: {@code struct ethtool_channels} of {@code linux/ethtool.h}. */
public final class NetworkQueues
{
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GCHANNELS = 0x3C;
    private static final int CHANNELS_BYTES = 36;
    private static final int RX_COUNT = 20;
    private static final int COMBINED_COUNT = 32;

    private NetworkQueues()
    {
    }

    /**
     * @param name of an interface in the caller's network namespace.
     * @return its receive queues, at least 1; an interface that cannot tell has one.
     */
    public static int count(final String name)
    {
        final int fd = (int)Syscall.check(
            "socket(AF_INET)", Syscall.socket(Socket.AF_INET, Socket.SOCK_DGRAM | Socket.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined())
        {
            final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
            final MemorySegment channels = arena.allocate(CHANNELS_BYTES, Integer.BYTES);
            channels.set(ValueLayout.JAVA_INT, 0, ETHTOOL_GCHANNELS);
            final MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            MemorySegment.copy(
                nameBytes, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(nameBytes.length, IFNAMSIZ - 1));
            request.set(ValueLayout.JAVA_LONG, IFNAMSIZ, channels.address());
            final long result = Syscall.ioctl(fd, SIOCETHTOOL, request.address());
            if (result == -Errno.EOPNOTSUPP.number())
            {
                return 1;
            }
            Syscall.check("ioctl(ETHTOOL_GCHANNELS, " + name + ")", result);
            return Math.max(
                1, channels.get(ValueLayout.JAVA_INT, RX_COUNT) + channels.get(ValueLayout.JAVA_INT, COMBINED_COUNT));
        }
        finally
        {
            Syscall.close(fd);
        }
    }
}
