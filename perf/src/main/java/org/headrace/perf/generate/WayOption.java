package org.headrace.perf.generate;

import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.perf.generate.host.NextHop;
import org.headrace.perf.lab.NetworkNamespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.net.InetAddress;

/** Which way frames leave. */
@Command
final class WayOption
{
    @Option(names = "--interface", paramLabel = "NAME", defaultValue = "eth0",
        description = "Interface to send into. Default: ${DEFAULT-VALUE}.")
    private String interfaceName;

    @Option(names = "--next-hop", paramLabel = "MAC",
        description = "Whom the frames are sent to. Default: what the kernel's route and neighbour say.")
    private String nextHop;

    String interfaceName()
    {
        return interfaceName;
    }

    /** Returns what the kernel says of the interface. */
    NetworkLink link(final NetworkNamespace namespace)
    {
        return namespace.call(() -> NetworkLink.find(interfaceName));
    }

    /** Returns the MAC address that leads to the target, in the low 48 bits. */
    long nextHop(final NetworkNamespace namespace, final InetAddress target)
    {
        return nextHop != null ? NextHop.parse(nextHop) : NextHop.find(namespace, interfaceName, target);
    }
}
