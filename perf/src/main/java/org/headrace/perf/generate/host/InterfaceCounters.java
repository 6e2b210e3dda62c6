package org.headrace.perf.generate.host;

import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets that interfaces of other namespaces have received, by the kernel's own count, which is exact.
 */
public final class InterfaceCounters
{
    private static final Path DEVICES = Path.of("/proc/thread-self/net/dev");
    private static final int RECEIVED_PACKETS = 1;

    private final List<NetworkNamespace> places = new ArrayList<>();
    private final List<String> interfaces = new ArrayList<>();

    /**
     * @param names {@code NAMESPACE:INTERFACE} of each.
     * @throws IllegalArgumentException when there is no such interface.
     */
    public InterfaceCounters(final List<String> names)
    {
        for (final String name : names)
        {
            final int colon = name.lastIndexOf(':');
            if (colon <= 0 || colon == name.length() - 1)
            {
                throw new IllegalArgumentException("'" + name + "' is not NAMESPACE:INTERFACE");
            }
            places.add(new NetworkNamespace(name.substring(0, colon)));
            interfaces.add(name.substring(colon + 1));
        }
        received();
    }

    /** @return true if none was named. */
    public boolean isEmpty()
    {
        return places.isEmpty();
    }

    /** @return packets that all of them together have received since they are there. */
    public long received()
    {
        long sum = 0;
        for (int i = 0; i < places.size(); i++)
        {
            final String name = interfaces.get(i);
            sum += places.get(i).call(() -> received(name));
        }
        return sum;
    }

    private static long received(final String name) throws IOException
    {
        for (final String line : Files.readAllLines(DEVICES))
        {
            final int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(name))
            {
                return Long.parseLong(line.substring(colon + 1).strip().split("\\s+")[RECEIVED_PACKETS]);
            }
        }
        throw new IllegalArgumentException("interface=" + name + " does not exist in this network namespace");
    }
}
