package org.headrace.agent.config;

import org.headrace.protocol.AccessRules;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TimedState;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a reload changes, as lines for people: {@code +} added, {@code -} removed, {@code ~} changed. */
public final class ConfigDiff
{
    private ConfigDiff()
    {
    }

    /**
     * @param before the configuration in force.
     * @param after  the one to put in its place.
     * @return a line for each difference, none if there is none.
     */
    public static List<String> between(final HeadraceConfig before, final HeadraceConfig after)
    {
        final List<String> lines = new ArrayList<>();
        change(lines, "dataplane (takes effect at the next start)", before.dataPlane(), after.dataPlane());
        change(lines, "agent (takes effect at the next start)", before.agent(), after.agent());
        addresses(lines, before, after);
        final Map<ServiceKey, ServiceConfig> old = index(before);
        final Map<ServiceKey, ServiceConfig> now = index(after);
        for (final ServiceConfig service : old.values())
        {
            if (!now.containsKey(service.key()))
            {
                lines.add("- service " + title(service) + " with " + service.listener().servers().size() + " servers");
            }
        }
        for (final ServiceConfig service : now.values())
        {
            final ServiceConfig former = old.get(service.key());
            if (former == null)
            {
                lines.add("+ service " + title(service) + " with " + service.listener().servers().size() + " servers");
            }
            else
            {
                service(lines, former, service);
            }
        }
        return lines;
    }

    private static void service(final List<String> lines, final ServiceConfig before, final ServiceConfig after)
    {
        final String title = "service " + title(after);
        final ListenerConfig old = before.listener();
        final ListenerConfig now = after.listener();
        change(lines, title + " name", before.name(), after.name());
        change(lines, title + " scheduler", lower(old.scheduler()), lower(now.scheduler()));
        change(lines, title + " forwarding", lower(old.forwarding()), lower(now.forwarding()));
        change(lines, title + " persistence", persistence(old), persistence(now));
        access(lines, title, old.access(), now.access());
        change(lines, title + " limits", limits(before), limits(after));
        for (final TimedState state : TimedState.values())
        {
            change(lines, title + " timeouts." + state.key(), timeout(old, state), timeout(now, state));
        }
        change(lines, title + " health", old.health(), now.health());
        final Map<Endpoint, ServerConfig> oldServers = new LinkedHashMap<>();
        old.servers().forEach(server -> oldServers.put(server.endpoint(), server));
        for (final ServerConfig server : now.servers())
        {
            final ServerConfig former = oldServers.remove(server.endpoint());
            final String line = "server " + server.endpoint() + " of " + title;
            if (former == null)
            {
                lines.add("+ " + line + " weight " + server.weight());
            }
            else
            {
                change(lines, line + " weight", former.weight(), server.weight());
            }
        }
        oldServers.values().forEach(server -> lines.add("- server " + server.endpoint() + " of " + title));
    }

    private static void access(
        final List<String> lines, final String title, final AccessRules before, final AccessRules after)
    {
        if (!before.equals(after))
        {
            final Set<IpPrefix> old = Set.copyOf(before.prefixes());
            final Set<IpPrefix> now = Set.copyOf(after.prefixes());
            lines.add("~ " + title + " access: " + before + " -> " + after + " (+" +
                now.stream().filter(prefix -> !old.contains(prefix)).count() + " -" +
                old.stream().filter(prefix -> !now.contains(prefix)).count() + ")");
        }
    }

    private static String limits(final ServiceConfig service)
    {
        final String all = service.limits().stream().map(limit -> limit.name() + " " + limit.limits())
            .collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }

    private static void addresses(final List<String> lines, final HeadraceConfig before, final HeadraceConfig after)
    {
        final var old = ManagedAddresses.of(before);
        final var now = ManagedAddresses.of(after);
        old.stream().filter(address -> !now.contains(address))
            .forEach(address -> lines.add("- managed address " + address));
        now.stream().filter(address -> !old.contains(address))
            .forEach(address -> lines.add("+ managed address " + address));
    }

    private static void change(
        final List<String> lines, final String what, final Object before, final Object after)
    {
        if (!before.equals(after))
        {
            lines.add("~ " + what + ": " + before + " -> " + after);
        }
    }

    private static Map<ServiceKey, ServiceConfig> index(final HeadraceConfig config)
    {
        final Map<ServiceKey, ServiceConfig> index = new LinkedHashMap<>();
        config.services().forEach(service -> index.put(service.key(), service));
        return index;
    }

    private static String title(final ServiceConfig service)
    {
        return service.key() + " (" + service.name() + ")";
    }

    private static String lower(final Enum<?> value)
    {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String persistence(final ListenerConfig listener)
    {
        final Persistence persistence = listener.persistence();
        return !persistence.isOn() ? "none" : Units.formatMs(persistence.timeoutMs()) + " prefix " +
            persistence.prefixLength() + (persistence.expireQuiescent() ? " expire-quiescent" : "");
    }

    private static String timeout(final ListenerConfig listener, final TimedState state)
    {
        final long timeoutMs = listener.timeouts().ms(state);
        return timeoutMs == 0 ? "default" : Units.formatMs(timeoutMs);
    }
}
