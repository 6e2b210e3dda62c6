package org.headrace.forwarder.io;

import org.headrace.forwarder.linux.NetworkLink;

import java.util.List;

/** What has to be true of the settings of every {@link PacketDriver}; throws what says which is not. */
public final class DriverSettings
{
    private static final int MAX_WORKERS = 256;

    private DriverSettings()
    {
    }

    /**
     * @param links       that frames come by.
     * @param workerCount that share them.
     * @throws IllegalArgumentException if there is no interface, if one is down, or if the number is out of range.
     */
    public static void check(final List<NetworkLink> links, final int workerCount)
    {
        if (links.isEmpty())
        {
            throw new IllegalArgumentException("links is empty (expected: at least one interface)");
        }
        for (final NetworkLink link : links)
        {
            if (!link.isUp())
            {
                throw new IllegalArgumentException(
                    "interface=" + link.name() + " is down: bring it up (ip link set dev " + link.name() + " up)");
            }
        }
        checkRange("workerCount", workerCount, 1, MAX_WORKERS);
    }

    /**
     * @param name  of the setting.
     * @param value of it.
     * @param least that is allowed.
     * @param most  that is allowed.
     * @throws IllegalArgumentException if the value is outside.
     */
    public static void checkRange(final String name, final int value, final int least, final int most)
    {
        if (value < least || value > most)
        {
            throw new IllegalArgumentException(name + "=" + value + " is outside " + least + ".." + most);
        }
    }
}
