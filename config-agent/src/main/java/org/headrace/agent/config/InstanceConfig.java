package org.headrace.agent.config;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.ServiceKey;

import java.util.ArrayList;
import java.util.List;

/**
 * Listeners that share addresses.
 *
 * @param name            unique.
 * @param addresses       virtual addresses, all of one family.
 * @param isManageAddress whether the agent puts the addresses on an interface.
 * @param limits          of all listeners together.
 * @param listeners       in the order of the file.
 */
public record InstanceConfig(
    String name, List<IpAddress> addresses, boolean isManageAddress, Limits limits, List<ListenerConfig> listeners)
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
            final List<NamedLimits> both = new ArrayList<>();
            if (!listener.limits().isNone())
            {
                // No name of an instance or a listener has a colon in it.
                both.add(new NamedLimits(name + ":" + listener.name(), listener.limits()));
            }
            if (!limits.isNone())
            {
                both.add(new NamedLimits(name, limits));
            }
            for (final IpAddress address : addresses)
            {
                final ServiceKey key = new ServiceKey(listener.transport(), new Endpoint(address, listener.port()));
                services.add(new ServiceConfig(key, name + "/" + listener.name(), listener, both));
            }
        }
        return services;
    }
}
