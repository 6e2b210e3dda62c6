package org.headrace.agent;

import org.headrace.agent.health.HealthChecker;
import org.headrace.agent.health.HealthListener;
import org.headrace.agent.health.HealthTarget;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.agent.netlink.HostNetwork;
import org.headrace.agent.netlink.HostNetworkListener;
import org.headrace.protocol.IpAddress;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A host whose servers are all reachable and, unless told otherwise, all up. */
public final class FakeHost
{
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Network network = new Network();
    private final Checker checker = new Checker();
    private volatile boolean isUpAtOnce = true;

    /** @return addresses added and removed, as text. */
    public List<String> calls()
    {
        return calls;
    }

    /** @return the network. */
    public HostNetwork network()
    {
        return network;
    }

    /** @return the checker. */
    public HealthChecker checker()
    {
        return checker;
    }

    /**
     * @param value whether new targets are reported up.
     */
    public void upAtOnce(final boolean value)
    {
        isUpAtOnce = value;
    }

    /**
     * @param isUp of every target.
     */
    public void reportAll(final boolean isUp)
    {
        checker.targets.forEach(target -> checker.listener.onHealth(target, isUp, isUp ? "connected" : "refused"));
    }

    /** Addresses, next hops. */
    private final class Network implements HostNetwork
    {
        private HostNetworkListener listener;

        @Override
        public void start(final HostNetworkListener value)
        {
            listener = value;
            listener.onLocalAddress(IpAddress.parse("10.0.0.1"), true);
        }

        @Override
        public void watch(final Set<IpAddress> servers)
        {
            servers.forEach(server -> listener.onAdjacency(new Adjacency(server, 2, 0xAABBCCDDEEFFL, 1500)));
        }

        @Override
        public void addAddress(final IpAddress address, final String interfaceName)
        {
            calls.add("add " + address + " " + interfaceName);
        }

        @Override
        public void removeAddress(final IpAddress address, final String interfaceName)
        {
            calls.add("remove " + address + " " + interfaceName);
        }

        @Override
        public void close()
        {
            calls.add("network closed");
        }
    }

    /** Checks that need no server. */
    private final class Checker implements HealthChecker
    {
        private HealthListener listener;
        private Set<HealthTarget> targets = Set.of();

        @Override
        public void start(final HealthListener value)
        {
            listener = value;
        }

        @Override
        public void targets(final Set<HealthTarget> value)
        {
            targets = value;
            if (isUpAtOnce)
            {
                reportAll(true);
            }
        }

        @Override
        public void close()
        {
            calls.add("checker closed");
        }
    }
}
