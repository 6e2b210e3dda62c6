package org.headrace.agent.config;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;

import java.util.ArrayList;
import java.util.List;

/**
 * Listeners that share addresses.
 *
 * @param name            unique.
 * @param addresses       virtual addresses, all of one family.
 * @param isManageAddress whether the agent puts the addresses on an interface.
 * @param listeners       in the order of the file.
 */
public record InstanceConfig(
    String name, List<IpAddress> addresses, boolean isManageAddress, List<ListenerConfig> listeners)
{
    public InstanceConfig
    {
        addresses = List.copyOf(addresses);
        listeners = List.copyOf(listeners);
    }

    /** @return one service for each address and listener. */
    public List<ServiceConfig> services()
    {
        final List<ServiceConfig> services = new ArrayList<>();
        for (final ListenerConfig listener : listeners)
        {
            for (final IpAddress address : addresses)
            {
                final ServiceKey key = new ServiceKey(listener.transport(), new Endpoint(address, listener.port()));
                services.add(new ServiceConfig(key, name + "/" + listener.name(), listener));
            }
        }
        return services;
    }
}
