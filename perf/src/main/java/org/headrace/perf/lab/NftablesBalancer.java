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
        // iperf3 opens several connections that have to reach the same server.
        return start(lab, List.of(
            new Rule("tcp", 80, LabServers.HTTP_PORT, servers),
            new Rule("tcp", LabServers.IPERF_PORT, LabServers.IPERF_PORT, 1),
            new Rule("udp", LabServers.IPERF_PORT, LabServers.IPERF_PORT, 1),
            new Rule("udp", 53, LabServers.DNS_PORT, servers)));
    }

    /**
     * @param lab   to balance in.
     * @param rules what is balanced.
     * @return the balancer, in force.
     */
    public static NftablesBalancer start(final Lab lab, final List<Rule> rules)
    {
        Command.check(lab.balancer().enter(List.of("nft", "-f", "-")), ruleSet(rules));
        return new NftablesBalancer(lab);
    }

    /** @param rules what is balanced. @return input for {@code nft -f}. */
    public static String ruleSet(final List<Rule> rules)
    {
        final StringBuilder text = new StringBuilder("table inet headrace_lab {\nchain prerouting {\n")
            .append("type nat hook prerouting priority dstnat; policy accept;\n");
        for (final Rule rule : rules)
        {
            text.append(rule.text("ip", LabNetwork.VIP)).append(rule.text("ip6", LabNetwork.VIP6));
        }
        return text.append("}\n}\n").toString();
    }

    @Override
    public void close()
    {
        lab.balancer().check("nft", "delete", "table", "inet", "headrace_lab");
    }

    /**
     * One port of the virtual addresses.
     *
     * @param protocol   tcp or udp.
     * @param port       of the virtual addresses.
     * @param serverPort of the servers.
     * @param servers    how many of them, from the first.
     */
    public record Rule(String protocol, int port, int serverPort, int servers)
    {
        private String text(final String family, final String virtual)
        {
            final StringBuilder text = new StringBuilder()
                .append(family).append(" daddr ").append(virtual).append(' ').append(protocol).append(" dport ")
                .append(port).append(" dnat ").append(family).append(" to numgen inc mod ").append(servers)
                .append(" map { ");
            for (int server = 1; server <= servers; server++)
            {
                text.append(server > 1 ? ", " : "").append(server - 1).append(" : ")
                    .append(family.equals("ip") ? LabNetwork.serverAddress(server) : LabNetwork.serverAddress6(server))
                    .append(" . ").append(serverPort);
            }
            return text.append(" }\n").toString();
        }
    }
}
