package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabProcess;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * DPDK's testpmd on AF_XDP: what comes in from the client goes out to the first server and back, untouched. It parses
 * nothing and translates nothing, so it is a limit and no balancer; the two ends speak as if on one link.
 */
final class TestpmdPeer implements Peer
{
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final String SERVER_MAC = "02:00:00:00:01:02";
    private static final String CLIENT_MAC = "02:00:00:00:00:02";

    @Override
    public String name()
    {
        return "testpmd";
    }

    @Override
    public String title()
    {
        return "DPDK testpmd io, AF_XDP";
    }

    @Override
    public String version()
    {
        return "DPDK " + Programs.version("dpdk-testpmd", "--no-huge", "--version");
    }

    @Override
    public Optional<String> missing()
    {
        return Programs.missing("dpdk-testpmd", "dpdk-dev, librte-net-af-xdp23");
    }

    @Override
    public String configuration(final Lab lab)
    {
        return String.join(" ", command()) + "\n";
    }

    @Override
    public double startSeconds()
    {
        return 2;
    }

    // --stats-period: without it the program ends as soon as it sees the end of its standard input.
    private static List<String> command()
    {
        final int load = Setting.loadCpu();
        final int forwarding = Setting.balancerCpu();
        return List.of("dpdk-testpmd", "--no-huge", "-m", "512", "--no-shconf", "--no-pci", "--no-telemetry",
            "-l", load + "," + forwarding, "--main-lcore", Integer.toString(load),
            "--vdev", "net_af_xdp0,iface=" + LabNetwork.CLIENT_LINK,
            "--vdev", "net_af_xdp1,iface=" + LabNetwork.serverLink(1),
            "--", "--forward-mode=io", "--nb-cores=1", "--total-num-mbufs=32768", "--stats-period", "1");
    }

    @Override
    public RunningPeer start(final Lab lab, final Setting setting)
    {
        lab.client().ip(List.of("route replace " + LabNetwork.serverAddress(1) + "/32 dev eth0",
            "neigh replace " + LabNetwork.serverAddress(1) + " lladdr " + SERVER_MAC + " dev eth0 nud permanent"));
        lab.server(1).ip(List.of("route replace " + LabNetwork.clientAddress(0) + "/32 dev eth0",
            "neigh replace " + LabNetwork.clientAddress(0) + " lladdr " + CLIENT_MAC + " dev eth0 nud permanent"));
        final LabProcess process = lab.start(name(), lab.balancer(), command());
        final RunningPeer running = new Running(lab, process);
        if (!process.isReadyWithin(START_LIMIT, () -> process.output().contains("RX-packets")))
        {
            running.close();
            throw new LabException("dpdk-testpmd does not forward:\n" + process.output());
        }
        return running;
    }

    /**
     * @param lab     that it runs in.
     * @param process of it.
     */
    private record Running(Lab lab, LabProcess process) implements RunningPeer
    {
        @Override
        public Target target()
        {
            return Target.WIRED;
        }

        @Override
        public void close()
        {
            process.close();
            lab.client().ip(List.of("route del " + LabNetwork.serverAddress(1) + "/32 dev eth0",
                "neigh del " + LabNetwork.serverAddress(1) + " dev eth0"));
            lab.server(1).ip(List.of("route del " + LabNetwork.clientAddress(0) + "/32 dev eth0",
                "neigh del " + LabNetwork.clientAddress(0) + " dev eth0"));
        }
    }
}
