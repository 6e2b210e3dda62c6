package org.headrace.agent.cli;

import org.headrace.agent.health.HealthChecker;
import org.headrace.agent.health.TcpHealthChecker;
import org.headrace.agent.netlink.HostNetwork;
import org.headrace.agent.netlink.RtnetlinkHostNetwork;

/** Makes the parts of the agent that touch the host. */
final class HostSupplier
{
    private HostSupplier()
    {
    }

    static HostNetwork hostNetwork()
    {
        return new RtnetlinkHostNetwork();
    }

    static HealthChecker healthChecker()
    {
        return new TcpHealthChecker();
    }
}
