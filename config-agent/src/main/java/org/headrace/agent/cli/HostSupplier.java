package org.headrace.agent.cli;

import org.headrace.agent.health.HealthChecker;
import org.headrace.agent.netlink.HostNetwork;

/** Makes the parts of the agent that touch the host. */
final class HostSupplier
{
    private HostSupplier()
    {
    }

    static HostNetwork hostNetwork()
    {
        return make(HostNetwork.class, "org.headrace.agent.netlink.RtnetlinkHostNetwork");
    }

    static HealthChecker healthChecker()
    {
        return make(HealthChecker.class, "org.headrace.agent.health.TcpHealthChecker");
    }

    private static <T> T make(final Class<T> type, final String name)
    {
        try
        {
            return type.cast(Class.forName(name).getConstructor().newInstance());
        }
        catch (final ReflectiveOperationException ex)
        {
            final Throwable cause = ex.getCause() == null ? ex : ex.getCause();
            throw CommandException.startFailed(type.getSimpleName() + " is not available: " + cause);
        }
    }
}
