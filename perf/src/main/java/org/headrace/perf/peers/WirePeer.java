package org.headrace.perf.peers;

import org.headrace.perf.bench.Machine;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.NetworkNamespace;

import java.util.List;
import java.util.Optional;

/** Nothing in the middle at all: a link from the client to the first server, which adds no hop. */
final class WirePeer implements Peer
{
    private static final String LINK = "wire";
    private static final String CLIENT_ADDRESS = "10.3.0.1/24";
    private static final String SERVER_ADDRESS = "10.3.0.2/24";

    @Override
    public String name()
    {
        return "no-hop";
    }

    @Override
    public String title()
    {
        return "no hop (one link)";
    }

    @Override
    public String version()
    {
        return Machine.kernel();
    }

    @Override
    public Optional<String> missing()
    {
        return Optional.empty();
    }

    @Override
    public String configuration(final Lab lab)
    {
        return "ip link add " + LINK + " type veth peer name " + LINK + " netns " + lab.server(1).name() + "\n";
    }

    @Override
    public double startSeconds()
    {
        return 0.2;
    }

    @Override
    public RunningPeer start(final Lab lab, final Setting setting)
    {
        lab.client().ip(List.of(
            "link add " + LINK + " type veth peer name " + LINK + " netns " + lab.server(1).name(),
            "address add " + CLIENT_ADDRESS + " dev " + LINK, "link set " + LINK + " up"));
        lab.server(1).ip(List.of(
            "address add " + SERVER_ADDRESS + " dev " + LINK, "link set " + LINK + " up"));
        if (!setting.isOffloading())
        {
            for (final NetworkNamespace end : List.of(lab.client(), lab.server(1)))
            {
                end.check("ethtool", "-K", LINK, "tx", "off", "tso", "off", "gso", "off", "gro", "on");
            }
        }
        return new RunningPeer()
        {
            @Override
            public Target target()
            {
                return Target.NO_HOP;
            }

            @Override
            public void close()
            {
                lab.client().ip(List.of("link del " + LINK));
            }
        };
    }
}
