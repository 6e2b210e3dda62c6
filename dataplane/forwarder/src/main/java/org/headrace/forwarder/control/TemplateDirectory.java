package org.headrace.forwarder.control;

import org.headrace.forwarder.affinity.Template;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServiceSlot;
import org.headrace.protocol.counters.SlotState;

/**
 * Translates templates between slots and monotonic time, as the workers have them, and names and the time of day, as
 * everybody else does. Used by the conductor's thread only.
 */
final class TemplateDirectory
{
    private final ConfigurationInForce configuration;
    private final CountersFile counters;
    private final ServerTable servers;

    TemplateDirectory(
        final ConfigurationInForce configuration, final CountersFile counters, final ServerTable servers)
    {
        this.configuration = configuration;
        this.counters = counters;
        this.servers = servers;
    }

    /**
     * @param template as read from the table.
     * @param offsetMs time of day minus monotonic time.
     * @return the same by names, or null if its service or server is not in force any more.
     */
    TemplateSnapshot describe(final Template template, final long offsetMs)
    {
        final ServiceSlot service = counters.service(template.service());
        if (service == null || service.state() != SlotState.IN_FORCE ||
            servers.identityOpaque(template.server()) != template.identity() ||
            !configuration.isServer(template.server()))
        {
            return null;
        }
        return new TemplateSnapshot(service.key(), new IpAddress(template.clientHigh(), template.clientLow()),
            template.prefixLength(), servers.endpoint(template.server()), template.expiresMs() + offsetMs);
    }

    /**
     * Looks up the places that a stored template is about, and sets the key.
     *
     * @param snapshot that was stored.
     * @param template receives the key.
     * @return slot of the server, or -1 if the service or server is not in force, or counts clients otherwise now.
     */
    int resolve(final TemplateSnapshot snapshot, final Template template)
    {
        final ServiceKey service = snapshot.service();
        final Persistence persistence = configuration.persistence(service);
        if (!persistence.isOn() || persistence.prefixLength() != snapshot.prefixLength())
        {
            return ConfigurationInForce.NO_SLOT;
        }
        final int server = configuration.serverSlot(service, snapshot.server());
        if (server != ConfigurationInForce.NO_SLOT)
        {
            template.key(servers.service(server), snapshot.prefixLength(),
                snapshot.client().high(), snapshot.client().low());
        }
        return server;
    }

    /**
     * @param service that is in force.
     * @return for how long it keeps a template at the most, 0 if it keeps none.
     */
    int timeoutMs(final ServiceKey service)
    {
        return configuration.persistence(service).timeoutMs();
    }

    /** @param server slot. @return who it is now. */
    long identity(final int server)
    {
        return servers.identityOpaque(server);
    }
}
