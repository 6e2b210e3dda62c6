package org.headrace.perf.lab;

import java.util.List;

/**
 * The kernel's own balancer in the middle: destination NAT by nftables, new connections in turn. It is what Headrace's
 * translation is compared with, byte for byte, and what its speed is measured against.
 */
public final class NftablesBalancer implements AutoCloseable
{
    private final Lab lab;

    private NftablesBalancer(final Lab lab)
    {
        this.lab = lab;
    }

    /**
     * @param lab     to balance in.
     * @param servers how many of the servers take part, from the first.
     * @return the balancer, in force.
     */
    public static NftablesBalancer start(final Lab lab, final int servers)
    {
        final StringBuilder rules = new StringBuilder("table inet headrace_lab {\nchain prerouting {\n")
            .append("type nat hook prerouting priority dstnat; policy accept;\n");
        for (final Rule rule : RULES)
        {
            rules.append(rule.text("ip", LabNetwork.VIP, servers)).append(rule.text("ip6", LabNetwork.VIP6, servers));
        }
        Command.check(lab.balancer().enter(List.of("nft", "-f", "-")), rules.append("}\n}\n").toString());
        return new NftablesBalancer(lab);
    }

    @Override
    public void close()
    {
        lab.balancer().check("nft", "delete", "table", "inet", "headrace_lab");
    }

    private static final List<Rule> RULES = List.of(
        new Rule("tcp", 80, LabServers.HTTP_PORT),
        new Rule("tcp", LabServers.IPERF_PORT, LabServers.IPERF_PORT),
        new Rule("udp", LabServers.IPERF_PORT, LabServers.IPERF_PORT),
        new Rule("udp", 53, LabServers.DNS_PORT));

    private record Rule(String protocol, int port, int serverPort)
    {
        String text(final String family, final String virtual, final int servers)
        {
            // iperf3 opens several connections that have to reach the same server.
            final int targets = port == LabServers.IPERF_PORT ? 1 : servers;
            final StringBuilder text = new StringBuilder()
                .append(family).append(" daddr ").append(virtual).append(' ').append(protocol).append(" dport ")
                .append(port).append(" dnat ").append(family).append(" to numgen inc mod ").append(targets)
                .append(" map { ");
            for (int server = 1; server <= targets; server++)
            {
                text.append(server > 1 ? ", " : "").append(server - 1).append(" : ")
                    .append(family.equals("ip") ? LabNetwork.serverAddress(server) : LabNetwork.serverAddress6(server))
                    .append(" . ").append(serverPort);
            }
            return text.append(" }\n").toString();
        }
    }
}
