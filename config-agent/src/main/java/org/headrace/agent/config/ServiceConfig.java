package org.headrace.agent.config;

import org.headrace.protocol.ServiceKey;

/**
 * A listener at one of its instance's addresses: what the data plane calls a service.
 *
 * @param key      transport, virtual address and port.
 * @param name     {@code instance/listener}.
 * @param listener that it comes from.
 */
public record ServiceConfig(ServiceKey key, String name, ListenerConfig listener)
{
}
