package org.headrace.perf.generate.host;

import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Keeps the load inside: nothing is sent into the host's own network by mistake. */
public final class HostGuard
{
    private static final Path FIRST_PROCESS = Path.of("/proc/1/ns/net");
    private static final Path THIS_PROCESS = Path.of("/proc/self/ns/net");
    private static final Path THIS_THREAD = Path.of("/proc/thread-self/ns/net");

    private HostGuard()
    {
    }

    /**
     * The host's network is that of the first process; where that may not be known, as in a container, that of this
     * process before it entered any other.
     *
     * @param place to send from.
     * @return true if it is a network namespace of its own; false if it is the host's.
     */
    public static boolean isOwnNamespace(final NetworkNamespace place)
    {
        return place.call(() -> !Files.readSymbolicLink(THIS_THREAD).equals(hostNamespace()));
    }

    private static Path hostNamespace() throws IOException
    {
        try
        {
            return Files.readSymbolicLink(FIRST_PROCESS);
        }
        catch (final AccessDeniedException | NoSuchFileException e)
        {
            return Files.readSymbolicLink(THIS_PROCESS);
        }
    }

    /**
     * @param place         to send from.
     * @param interfaceName to send into, or null when the kernel's routes decide.
     * @param target        to send to.
     * @throws IllegalArgumentException when that could leave the machine.
     */
    public static void check(final NetworkNamespace place, final String interfaceName, final InetAddress target)
    {
        final boolean isLoopback = interfaceName == null ? target.isLoopbackAddress() : "lo".equals(interfaceName);
        if (!isLoopback && !isOwnNamespace(place))
        {
            throw new IllegalArgumentException("target=" + target.getHostAddress() +
                (interfaceName == null ? "" : ", interface=" + interfaceName) +
                " is reached through the host's own network: give --netns NAME, or --allow-host-network if that is" +
                " what you want");
        }
    }
}
