package org.headrace.agent.config;

import org.headrace.protocol.ServiceKey;

import java.util.List;

/**
 * A listener at one of its instance's addresses: what the data plane calls a service.
 *
 * @param key      transport, virtual address and port.
 * @param name     {@code instance/listener}.
 * @param listener that it comes from.
 * @param limits   that it is subject to, together with others.
 */
public record ServiceConfig(ServiceKey key, String name, ListenerConfig listener, List<NamedLimits> limits)
{
    public ServiceConfig
    {
        limits = List.copyOf(limits);
    }
}
