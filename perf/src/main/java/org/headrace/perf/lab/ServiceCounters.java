package org.headrace.perf.lab;

import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.ServerSlot;
import org.headrace.protocol.counters.ServiceSlot;
import org.headrace.protocol.counters.SlotState;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the counters of one service stand in the data plane's file, found once and then read as often as wanted.
 */
public final class ServiceCounters
{
    private final CountersFile counters;
    private final int serviceSlot;
    private final List<ServerSlot> servers = new ArrayList<>();

    private ServiceCounters(final CountersFile counters, final int serviceSlot)
    {
        this.counters = counters;
        this.serviceSlot = serviceSlot;
        for (int slot = 0; slot < CountersDescriptor.SERVER_SLOTS; slot++)
        {
            final ServerSlot server = counters.server(slot);
            if (server != null && server.state() == SlotState.IN_FORCE && server.serviceSlot() == serviceSlot)
            {
                servers.add(server);
            }
        }
        servers.sort(Comparator.comparing(server -> server.server().toString()));
    }

    /**
     * @param counters of a running data plane.
     * @param service  {@code tcp/10.99.0.1:80}.
     * @return its counters.
     */
    public static ServiceCounters find(final CountersFile counters, final String service)
    {
        final ServiceKey key = ServiceKey.parse(service);
        for (int slot = 0; slot < CountersDescriptor.SERVICE_SLOTS; slot++)
        {
            final ServiceSlot candidate = counters.service(slot);
            if (candidate != null && candidate.state() == SlotState.IN_FORCE && candidate.key().equals(key))
            {
                return new ServiceCounters(counters, slot);
            }
        }
        throw new LabException("the data plane has no service " + service);
    }

    /** @return how many servers the service has. */
    public int size()
    {
        return servers.size();
    }

    /** @param server 0 to size - 1, in the order of their addresses. @return {@code 10.2.1.2:8080}. */
    public String name(final int server)
    {
        return servers.get(server).server().toString();
    }

    /** @param server 0 to size - 1. @return its weight now. */
    public int weight(final int server)
    {
        final ServerSlot slot = counters.server(servers.get(server).slot());
        return slot == null || slot.serviceSlot() != serviceSlot ? 0 : slot.weight();
    }

    /** @param server 0 to size - 1. @param counter to read. @return its value over all workers. */
    public long get(final int server, final ServerCounter counter)
    {
        return counters.get(servers.get(server).slot(), counter);
    }

    /** @param counter to read. @return its values, server by server. */
    public long[] all(final ServerCounter counter)
    {
        final long[] values = new long[servers.size()];
        for (int server = 0; server < values.length; server++)
        {
            values[server] = get(server, counter);
        }
        return values;
    }
}
