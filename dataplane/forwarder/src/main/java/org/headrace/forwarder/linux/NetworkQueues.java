package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How many queues an interface receives by: {@code struct ethtool_channels} of {@code linux/ethtool.h}. */
public final class NetworkQueues
{
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
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment channels = arena.allocate(CHANNELS_BYTES, Integer.BYTES);
            final long result = Ethtool.ask(name, ETHTOOL_GCHANNELS, channels);
            if (result == -Errno.EOPNOTSUPP.number())
            {
                return 1;
            }
            Syscall.check("ioctl(ETHTOOL_GCHANNELS, " + name + ")", result);
            return Math.max(
                1, channels.get(ValueLayout.JAVA_INT, RX_COUNT) + channels.get(ValueLayout.JAVA_INT, COMBINED_COUNT));
        }
    }
}
