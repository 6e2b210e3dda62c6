package org.headrace.agent;

import org.headrace.agent.health.HealthTarget;
import org.headrace.agent.publish.ServerKey;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerSlot;
import org.headrace.protocol.counters.ServiceSlot;
import org.headrace.protocol.counters.SlotState;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What an agent that starts beside a running data plane takes over from its predecessor: the servers that are up.
 * Without
 * it, the restart of an agent would take every server out until its first check.
 */
final class InitialHealth
{
    private static final long MARGIN_NS = TimeUnit.SECONDS.toNanos(2);

    private InitialHealth()
    {
    }

    /** Returns the servers that a living data plane has as up. */
    static Set<ServerKey> serversUp(final Path directory, final long nowMs)
    {
        final Set<ServerKey> up = new HashSet<>();
        try (CountersFile counters = CountersFile.open(directory))
        {
            if (nowMs - counters.heartbeatMs() > ControlChannel.HEARTBEAT_TIMEOUT_MS || counters.generation() == 0)
            {
                return up;
            }
            final ServiceSlot[] services = new ServiceSlot[CountersDescriptor.SERVICE_SLOTS];
            for (int i = 0; i < services.length; i++)
            {
                services[i] = counters.service(i);
            }
            for (int i = 0; i < CountersDescriptor.SERVER_SLOTS; i++)
            {
                final ServerSlot server = counters.server(i);
                if (server != null && server.state() == SlotState.IN_FORCE && server.health() == ServerState.UP &&
                    server.serviceSlot() >= 0 && server.serviceSlot() < services.length &&
                    services[server.serviceSlot()] != null)
                {
                    up.add(new ServerKey(services[server.serviceSlot()].key(), server.server()));
                }
            }
        }
        catch (final IllegalStateException | IllegalArgumentException _)
        {
            // No data plane yet, or one that died while it wrote: there is nothing to take over.
            up.clear();
        }
        return up;
    }

    /** Returns how long it takes at most until every target has been checked through. */
    static long validityNs(final Collection<HealthTarget> targets)
    {
        long longestMs = 0;
        for (final HealthTarget target : targets)
        {
            longestMs = Math.max(
                longestMs, (target.intervalMs() + target.timeoutMs()) * target.unhealthyThreshold());
        }
        return TimeUnit.MILLISECONDS.toNanos(longestMs) + MARGIN_NS;
    }
}
