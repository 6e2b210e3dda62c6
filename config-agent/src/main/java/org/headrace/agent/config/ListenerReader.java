package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.AccessRules;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TimedState;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.Transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one listener; afterwards it also says what it found of a listener that cannot be used. */
final class ListenerReader
{
    private static final List<String> KEYS = List.of("name", "protocol", "port", "scheduler", "forwarding", "timeouts",
        "persistence", "access", "bandwidth", "limits", "health", "group", "servers");
    private static final List<String> TIMEOUT_KEYS =
        Arrays.stream(TimedState.values()).map(TimedState::key).toList();
    private static final List<String> LATER_PROTOCOLS = List.of("tcpssl", "http", "https");
    private static final List<String> LATER_SCHEDULERS =
        List.of("sh", "dh", "sed", "nq", "mh", "fo", "ovf", "twos", "lblc", "lblcr");
    private static final List<String> LATER_FORWARDING = List.of("fullnat", "dr", "tunnel");

    private final Problems problems;
    private final Values values;
    private final Map<String, ServerGroup> groups;
    private final List<IpAddress> addresses;
    private final Profile profile;
    private YamlNode nameNode;
    private YamlNode portNode;
    private String name;
    private Transport transport;
    private Integer port;

    ListenerReader(
        final Problems problems,
        final Map<String, ServerGroup> groups,
        final List<IpAddress> addresses,
        final Profile profile)
    {
        this.problems = problems;
        this.values = new Values(problems);
        this.groups = groups;
        this.addresses = addresses;
        this.profile = profile;
    }

    /** Returns null, having added a problem, if the listener cannot be used. */
    ListenerConfig read(final YamlNode node)
    {
        final Section section = Section.of(node, "listener", problems, KEYS);
        if (section == null)
        {
            return null;
        }
        nameNode = section.required("name");
        portNode = section.required("port");
        name = nameNode == null ? null : values.name(nameNode, "name");
        port = portNode == null ? null : values.integer(portNode, "port", 1, Endpoint.MAX_PORT);
        if (port != null && profile.isReserved(port))
        {
            problems.error(portNode, "port=" + port + " is reserved under profile=" +
                profile.name().toLowerCase(Locale.ROOT));
        }
        transport = readTransport(section.required("protocol"));
        final Scheduler scheduler = readScheduler(section.get("scheduler"));
        final ForwardingMethod forwarding = readForwarding(section.get("forwarding"));
        final StateTimeouts timeouts = readTimeouts(section.get("timeouts"));
        final Persistence persistence = new PersistenceReader(problems, addresses).read(section.get("persistence"));
        final AccessRules access = new AccessReader(problems).read(section.get("access"));
        final NotSupported notSupported = new NotSupported(problems);
        notSupported.bandwidth(section.get("bandwidth"));
        final Limits limits = new LimitsReader(problems).limits(section.get("limits"));
        final ServerGroup group = readGroup(section);
        final HealthConfig health = readHealth(section.get("health"), group);
        final List<ServerConfig> servers = readServers(section, group);
        final boolean isComplete = name != null && port != null && transport != null && scheduler != null &&
            forwarding != null && timeouts != null && persistence != null &&
            access != null && limits != null && health != null;
        return isComplete ?
            new ListenerConfig(name, transport, port, scheduler, forwarding, timeouts, persistence, access, limits,
                health, servers) : null;
    }

    YamlNode nameNode()
    {
        return nameNode;
    }

    YamlNode portNode()
    {
        return portNode;
    }

    String name()
    {
        return name;
    }

    Transport transport()
    {
        return transport;
    }

    int port()
    {
        return port;
    }

    boolean isPlaceKnown()
    {
        return transport != null && port != null;
    }

    private Transport readTransport(final YamlNode node)
    {
        final String text =
            node == null ? null : values.oneOf(node, "protocol", List.of("tcp", "udp"), LATER_PROTOCOLS);
        return text == null ? null : "tcp".equals(text) ? Transport.TCP : Transport.UDP;
    }

    private Scheduler readScheduler(final YamlNode node)
    {
        final String text = node == null ? "wrr" :
            values.oneOf(node, "scheduler", List.of("rr", "wrr", "lc", "wlc"), LATER_SCHEDULERS);
        return text == null ? null : Scheduler.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private ForwardingMethod readForwarding(final YamlNode node)
    {
        final String text =
            node == null ? "nat" : values.oneOf(node, "forwarding", List.of("nat"), LATER_FORWARDING);
        return text == null ? null : ForwardingMethod.NAT;
    }

    private StateTimeouts readTimeouts(final YamlNode node)
    {
        final Section section = node == null ? null : Section.of(node, "timeouts", problems, TIMEOUT_KEYS);
        StateTimeouts timeouts = section == null && node != null ? null : StateTimeouts.DEFAULT;
        for (final TimedState state : TimedState.values())
        {
            final YamlNode value = section == null ? null : section.get(state.key());
            if (value != null)
            {
                final Long timeoutMs = values.duration(value, state.key(), TimedState.MIN_MS, state.maxMs());
                if (transport == Transport.UDP && state != TimedState.ESTABLISHED)
                {
                    problems.error(section.key(state.key()),
                        state.key() + " is a state of TCP (expected for a udp listener: established)");
                }
                timeouts = timeouts == null || timeoutMs == null ? null : timeouts.with(state, timeoutMs);
            }
        }
        return timeouts;
    }

    private ServerGroup readGroup(final Section section)
    {
        final YamlNode groupNode = section.get("group");
        if (groupNode == null)
        {
            return null;
        }
        if (section.get("servers") != null)
        {
            problems.error(section.key("group"), "listener has both group and servers (expected one of them)");
        }
        final String groupName = values.text(groupNode, "group");
        final ServerGroup group = groupName == null ? null : groups.get(groupName);
        if (groupName != null && group == null)
        {
            problems.error(groupNode, "group=" + Values.quote(groupName) + " is not one of the server-groups");
        }
        return group;
    }

    private HealthConfig readHealth(final YamlNode node, final ServerGroup group)
    {
        if (node != null)
        {
            return new HealthReader(problems).read(node);
        }
        if (group != null && group.health() != null)
        {
            // Its problems were found, and told, when the group was read.
            return new HealthReader(new Problems("")).read(group.health());
        }
        return transport == Transport.UDP ? HealthConfig.NONE : HealthConfig.TCP;
    }

    private List<ServerConfig> readServers(final Section section, final ServerGroup group)
    {
        final YamlNode serversNode = section.get("servers");
        if (serversNode == null && section.get("group") == null)
        {
            problems.error(section.node(), "listener has neither servers nor group");
            return List.of();
        }
        final List<ServerGroup.Item> items = serversNode != null ? new ServerReader(problems).readServers(serversNode) :
            group != null ? group.servers() : List.of();
        if (!problems.take(section.node(), items.size()))
        {
            return List.of();
        }
        final List<ServerConfig> servers = new ArrayList<>(items.size());
        for (final ServerGroup.Item item : items)
        {
            // A group is shared: what does not fit this listener is told at the place where it is used.
            final YamlNode place = serversNode != null ? item.node() : section.get("group");
            final int weight = item.weight() == null ? profile.defaultWeight() : item.weight();
            checkServer(item, place, weight);
            servers.add(new ServerConfig(item.endpoint(), weight));
        }
        return servers;
    }

    private void checkServer(final ServerGroup.Item item, final YamlNode place, final int weight)
    {
        final IpAddress address = item.endpoint().address();
        if (!addresses.isEmpty() && address.isIpv4() != addresses.getFirst().isIpv4())
        {
            problems.error(place, "server=" + item.endpoint() + " is of another family than address=" +
                addresses.getFirst() + ", which is not supported by this version");
        }
        if (addresses.contains(address))
        {
            problems.error(place, "server=" + item.endpoint() + " has an address of its own instance");
        }
        if (weight < profile.minWeight() || weight > profile.maxWeight())
        {
            problems.error(item.weightNode() == null ? place : item.weightNode(), "weight=" + weight +
                (weight < profile.minWeight() ? " < MIN_WEIGHT=" + profile.minWeight() :
                " > MAX_WEIGHT=" + profile.maxWeight()) + " of profile=" +
                profile.name().toLowerCase(Locale.ROOT));
        }
    }
}
