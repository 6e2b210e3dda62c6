package org.headrace.agent.publish;

import org.headrace.agent.config.HeadraceConfig;
import org.headrace.agent.config.HealthConfig;
import org.headrace.agent.config.ServerConfig;
import org.headrace.agent.config.ServiceConfig;
import org.headrace.agent.health.HealthTarget;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ServerState;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the data plane is to do: configuration, run-time weights, health, next hops and local addresses. Not thread
 * safe.
 */
public final class DesiredState
{
    private final Map<ServerKey, WeightOverride> overrides = new HashMap<>();
    private final Map<HealthTarget, HealthStatus> health = new HashMap<>();
    private final Map<HealthTarget, Set<ServerKey>> users = new HashMap<>();
    private final Map<IpAddress, Adjacency> adjacencies = new LinkedHashMap<>();
    private final Set<IpAddress> localAddresses = new LinkedHashSet<>();
    private final Set<ServerKey> assumedUp = new HashSet<>();
    private final Map<ServiceKey, ServiceConfig> services = new LinkedHashMap<>();
    private final Map<ServerKey, ServerConfig> servers = new HashMap<>();
    private final Set<IpAddress> serverAddresses = new HashSet<>();
    private final HeadraceConfig config;

    /**
     * @param config a valid configuration.
     */
    public DesiredState(final HeadraceConfig config)
    {
        this.config = config;
        for (final ServiceConfig service : config.services())
        {
            services.put(service.key(), service);
            final HealthConfig check = service.listener().health();
            for (final ServerConfig server : service.listener().servers())
            {
                final ServerKey key = new ServerKey(service.key(), server.endpoint());
                servers.put(key, server);
                serverAddresses.add(server.endpoint().address());
                if (check.isChecked())
                {
                    users.computeIfAbsent(check.target(server.endpoint()), _ -> new LinkedHashSet<>()).add(key);
                }
            }
        }
    }

    /**
     * Makes the state that another configuration would lead to; this one stays as it is. Overrides of servers whose
     * weight the other file changes, or that it does not have, are not carried over.
     *
     * @param next a valid configuration.
     * @return the new state.
     */
    public DesiredState with(final HeadraceConfig next)
    {
        final DesiredState state = new DesiredState(next);
        health.forEach(state::health);
        adjacencies.values().forEach(state::adjacency);
        state.localAddresses.addAll(localAddresses);
        state.assumedUp.addAll(assumedUp);
        overrides.forEach(state::restoreOverride);
        return state;
    }

    /** @return the configuration in force. */
    public HeadraceConfig config()
    {
        return config;
    }

    /** @return services of the configuration, in the order of the file. */
    public Collection<ServiceConfig> services()
    {
        return services.values();
    }

    /**
     * @param key of a service.
     * @return the service, or null.
     */
    public ServiceConfig service(final ServiceKey key)
    {
        return services.get(key);
    }

    /**
     * @param key of a server.
     * @return what the file says of it, or null.
     */
    public ServerConfig server(final ServerKey key)
    {
        return servers.get(key);
    }

    /** @return what is to be checked. */
    public Set<HealthTarget> healthTargets()
    {
        return Set.copyOf(users.keySet());
    }

    /** @return addresses of all servers. */
    public Set<IpAddress> serverAddresses()
    {
        return Set.copyOf(serverAddresses);
    }

    /** @return overrides in force, by server. */
    public Map<ServerKey, WeightOverride> overrides()
    {
        return Map.copyOf(overrides);
    }

    /**
     * @param key      of a server of the configuration.
     * @param override to put in force, or null for the file's weight.
     */
    public void override(final ServerKey key, final WeightOverride override)
    {
        if (override == null || override.weight() == null && !override.isDrained())
        {
            overrides.remove(key);
        }
        else
        {
            overrides.put(key, override);
        }
    }

    /**
     * Puts an override of former times in force, if the file still says of the server what it said then.
     *
     * @param key      of a server.
     * @param override to put in force.
     */
    public void restoreOverride(final ServerKey key, final WeightOverride override)
    {
        final ServerConfig server = servers.get(key);
        if (server != null && server.weight() == override.fileWeight())
        {
            override(key, override);
        }
    }

    /**
     * @param key    of a server.
     * @param server what the file says of it.
     * @return the weight in force.
     */
    public int weight(final ServerKey key, final ServerConfig server)
    {
        final WeightOverride override = overrides.get(key);
        return override == null ? server.weight() : override.effectiveWeight();
    }

    /**
     * @param target whose state changed.
     * @param status its state now.
     * @return the servers of services that this is about; none if the target is not wanted any more.
     */
    public Set<ServerKey> health(final HealthTarget target, final HealthStatus status)
    {
        final Set<ServerKey> keys = users.get(target);
        if (keys == null)
        {
            return Set.of();
        }
        health.put(target, status);
        return keys;
    }

    /**
     * @param target of a check.
     * @return what it last said, or null.
     */
    public HealthStatus health(final HealthTarget target)
    {
        return health.get(target);
    }

    /**
     * Counts servers as up until their first check, because a former agent had found them up: the restart of an agent
     * must not disturb forwarding.
     *
     * @param servers that the data plane has as up.
     */
    public void assumeUp(final Set<ServerKey> servers)
    {
        assumedUp.addAll(servers);
    }

    /** @return servers that counted as up without a check of ours; from now on they are down. */
    public Set<ServerKey> endAssumptions()
    {
        final Set<ServerKey> unchecked = new HashSet<>();
        users.forEach((target, keys) ->
        {
            if (!health.containsKey(target))
            {
                keys.stream().filter(assumedUp::contains).forEach(unchecked::add);
            }
        });
        assumedUp.clear();
        return unchecked;
    }

    /**
     * @param service that has the server.
     * @param server  who it is.
     * @return its state for the data plane.
     */
    public ServerState state(final ServiceConfig service, final Endpoint server)
    {
        final HealthConfig check = service.listener().health();
        if (!check.isChecked())
        {
            return ServerState.UNKNOWN;
        }
        final HealthStatus status = health.get(check.target(server));
        final boolean isUp =
            status == null ? assumedUp.contains(new ServerKey(service.key(), server)) : status.isUp();
        return isUp ? ServerState.UP : ServerState.DOWN;
    }

    /** @return true if every checked server has been heard of. */
    public boolean isHealthKnown()
    {
        return health.size() == users.size();
    }

    /** @return true if the next hop of every server has been heard of, resolved or not. */
    public boolean isNetworkKnown()
    {
        return adjacencies.keySet().containsAll(serverAddresses);
    }

    /**
     * @param adjacency that changed.
     * @return false if the server is not wanted any more.
     */
    public boolean adjacency(final Adjacency adjacency)
    {
        if (!serverAddresses.contains(adjacency.server()))
        {
            return false;
        }
        adjacencies.put(adjacency.server(), adjacency);
        return true;
    }

    /**
     * @param address   of this host.
     * @param isPresent whether it is there now.
     */
    public void localAddress(final IpAddress address, final boolean isPresent)
    {
        if (isPresent)
        {
            localAddresses.add(address);
        }
        else
        {
            localAddresses.remove(address);
        }
    }

    /**
     * @param address that may be one of this host.
     * @return whether it is.
     */
    public boolean hasLocalAddress(final IpAddress address)
    {
        return localAddresses.contains(address);
    }

    /** @return whether any service is persistent. */
    public boolean hasPersistence()
    {
        return services.values().stream().anyMatch(service -> service.listener().persistence().isOn());
    }

    /** @return everything, as entries of a generation. */
    public GenerationContent content()
    {
        final List<GenerationContent.Service> entries = new ArrayList<>(services.size());
        for (final ServiceConfig service : services.values())
        {
            final List<GenerationContent.Server> entry = new ArrayList<>();
            for (final ServerConfig server : service.listener().servers())
            {
                final ServerKey key = new ServerKey(service.key(), server.endpoint());
                entry.add(new GenerationContent.Server(
                    server.endpoint(), weight(key, server), state(service, server.endpoint())));
            }
            entries.add(new GenerationContent.Service(service.key(), service.listener().scheduler(),
                service.listener().forwarding(), service.listener().timeouts(),
                service.listener().persistence(), service.name(), service.listener().access(), service.limits(),
                entry));
        }
        return new GenerationContent(
            entries, List.copyOf(adjacencies.values()), List.copyOf(localAddresses));
    }
}
