package org.headrace.perf.peers;

import org.headrace.perf.bench.Machine;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.NftablesBalancer;

import java.util.List;
import java.util.Optional;

/** The kernel in the middle: with destination NAT by nftables, or as a mere router. */
final class KernelPeer implements Peer
{
    private static final List<NftablesBalancer.Rule> RULES = List.of(
        new NftablesBalancer.Rule("tcp", Target.BALANCED.http(), LabServers.HTTP_PORT, LabNetwork.SERVERS),
        new NftablesBalancer.Rule("tcp", Target.BALANCED.httpOne(), LabServers.HTTP_PORT, 1),
        new NftablesBalancer.Rule("tcp", Target.BALANCED.bulk(), LabServers.IPERF_PORT, 1),
        new NftablesBalancer.Rule("udp", Target.BALANCED.dns(), LabServers.DNS_PORT, LabNetwork.SERVERS),
        new NftablesBalancer.Rule("udp", Target.BALANCED.dnsOne(), LabServers.DNS_PORT, 1));

    private final String name;
    private final String title;
    private final boolean isTranslating;
    private final boolean isSpreading;

    private KernelPeer(
        final String name, final String title, final boolean isTranslating, final boolean isSpreading)
    {
        this.name = name;
        this.title = title;
        this.isTranslating = isTranslating;
        this.isSpreading = isSpreading;
    }

    /** Destination NAT; counting packets, on the balancer's CPU. */
    static KernelPeer nftables()
    {
        return new KernelPeer("nftables", "nftables DNAT", true, true);
    }

    /** Destination NAT; counting packets, on the CPU that the packets were made on. */
    static KernelPeer nftablesOnSenderCpu()
    {
        return new KernelPeer("nftables-same-cpu", "nftables DNAT, sender's CPU", true, false);
    }

    /** No balancer: routed to the first server. */
    static KernelPeer direct()
    {
        return new KernelPeer("direct", "direct (routed)", false, true);
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public String title()
    {
        return title;
    }

    @Override
    public String version()
    {
        final String kernel = Machine.kernel();
        return isTranslating ? "nft " + Programs.version("nft", "--version") + ", kernel " + kernel : kernel;
    }

    @Override
    public Optional<String> missing()
    {
        return isTranslating ? Programs.missing("nft", "nftables") : Optional.empty();
    }

    @Override
    public String configuration(final Lab lab)
    {
        final String rules = isTranslating ? NftablesBalancer.ruleSet(RULES) : "forwarding by the kernel, no rules\n";
        return rules + (isSpreading ? "# where only packets are counted: rps_cpus=" + mask() + " of the link to the " +
            "client\n" : "# no receive packet steering\n");
    }

    @Override
    public double startSeconds()
    {
        return 0.2;
    }

    @Override
    public RunningPeer start(final Lab lab, final Setting setting)
    {
        spread(lab, setting.isSilent() && isSpreading ? mask() : "0");
        final NftablesBalancer balancer = isTranslating ? NftablesBalancer.start(lab, RULES) : null;
        return new RunningPeer()
        {
            @Override
            public Target target()
            {
                return isTranslating ? Target.BALANCED : Target.ROUTED;
            }

            @Override
            public void close()
            {
                if (balancer != null)
                {
                    balancer.close();
                }
                spread(lab, "0");
            }
        };
    }

    private static String mask()
    {
        return Integer.toHexString(1 << Setting.balancerCpu());
    }

    /** The only command here that needs a mount of its own: /sys shows the interfaces of whoever mounted it. */
    private static void spread(final Lab lab, final String mask)
    {
        lab.balancer().check("unshare", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && echo " + mask +
            " > /sys/class/net/" + LabNetwork.CLIENT_LINK + "/queues/rx-0/rps_cpus");
    }
}
