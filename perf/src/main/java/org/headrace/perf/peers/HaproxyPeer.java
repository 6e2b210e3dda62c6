package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** HAProxy in TCP mode, one thread. */
final class HaproxyPeer extends ProxyPeer
{
    HaproxyPeer()
    {
        super("haproxy", "HAProxy, TCP mode");
    }

    @Override
    public String version()
    {
        return Programs.version("haproxy", "-v");
    }

    @Override
    public Optional<String> missing()
    {
        return Programs.missing("haproxy", "haproxy");
    }

    @Override
    List<String> command(final Lab lab, final Path configuration)
    {
        return List.of("haproxy", "-db", "-f", configuration.toString());
    }

    @Override
    public String configuration(final Lab lab)
    {
        return """
            global
                maxconn 8000
                nbthread 1
            defaults
                mode tcp
                balance roundrobin
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            """ +
            listen("http", Target.BALANCED.http(), LabServers.HTTP_PORT, LabNetwork.SERVERS) +
            listen("http-one", Target.BALANCED.httpOne(), LabServers.HTTP_PORT, 1) +
            listen("bulk", Target.BALANCED.bulk(), LabServers.IPERF_PORT, 1);
    }

    private static String listen(final String name, final int port, final int serverPort, final int servers)
    {
        final StringBuilder text = new StringBuilder("listen ").append(name).append("\n    bind ")
            .append(LabNetwork.VIP).append(':').append(port).append(" backlog 4096\n");
        for (int server = 1; server <= servers; server++)
        {
            text.append("    server s").append(server).append(' ').append(LabNetwork.serverAddress(server)).append(':')
                .append(serverPort).append('\n');
        }
        return text.toString();
    }
}
