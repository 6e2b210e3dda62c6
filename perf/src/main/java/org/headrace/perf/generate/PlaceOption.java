package org.headrace.perf.generate;

import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.perf.generate.host.HostGuard;
import org.headrace.perf.lab.NetworkNamespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a command sends from. */
@Command
final class PlaceOption
{
    @Option(names = "--netns", paramLabel = "NAME", defaultValue = "",
        description = "Network namespace to send from, as 'ip netns' lists it. Default: the one that this runs in.")
    private String name;

    @Option(names = "--allow-host-network",
        description = "Send into the host's own network, too. Without it, only namespaces and loopback are allowed.")
    private boolean isHostAllowed;

    @Option(names = "--cpu", paramLabel = "N", description = "CPU to send from. Default: any.")
    private Integer cpu;

    NetworkNamespace namespace()
    {
        final NetworkNamespace namespace = new NetworkNamespace(name);
        if (!Files.exists(Path.of(namespace.path())))
        {
            throw new IllegalArgumentException("netns=" + name + " does not exist");
        }
        return namespace;
    }

    /** Refuses what could leave the machine; with a null interface the kernel's routes decide. */
    void guard(final String interfaceName, final InetAddress target)
    {
        if (!isHostAllowed)
        {
            HostGuard.check(namespace(), interfaceName, target);
        }
    }

    /** Returns the CPU to use, or the given one. */
    int cpuOr(final int other)
    {
        return cpu == null ? other : cpu;
    }

    /** Binds the calling thread if a CPU is given. */
    void pin()
    {
        if (cpu != null)
        {
            ThreadAffinity.pinCurrentThread(cpu);
        }
    }
}
