package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.counters.CountersDescriptor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads lists of servers and the section {@code server-groups}. */
final class ServerReader
{
    private static final List<String> KEYS = List.of("address", "port", "weight");

    private final Problems problems;
    private final Values values;

    ServerReader(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    Map<String, ServerGroup> readGroups(final YamlNode node)
    {
        final Map<String, ServerGroup> groups = new HashMap<>();
        final List<YamlNode> items = node == null ? null : values.list(node, "server-groups");
        if (items == null)
        {
            return groups;
        }
        for (final YamlNode item : items)
        {
            final Section section =
                Section.of(item, "server group", problems, List.of("name", "servers", "health"));
            final YamlNode nameNode = section == null ? null : section.required("name");
            final String name = nameNode == null ? null : values.name(nameNode, "name");
            final YamlNode serversNode = section == null ? null : section.required("servers");
            final List<ServerGroup.Item> servers = serversNode == null ? List.of() : readServers(serversNode);
            if (section != null && section.get("health") != null)
            {
                // Read once here, so that a group that nobody uses is checked too.
                new HealthReader(problems).read(section.get("health"));
            }
            if (name != null && groups.put(name, new ServerGroup(servers, section.get("health"))) != null)
            {
                problems.error(nameNode, "name=" + Values.quote(name) + " is taken by another server group");
            }
        }
        return groups;
    }

    List<ServerGroup.Item> readServers(final YamlNode node)
    {
        final List<ServerGroup.Item> servers = new ArrayList<>();
        final List<YamlNode> items = values.list(node, "servers");
        if (items == null)
        {
            return servers;
        }
        final Map<Endpoint, YamlNode> seen = new HashMap<>();
        for (final YamlNode item : items)
        {
            final ServerGroup.Item server = readServer(item);
            if (server == null)
            {
                continue;
            }
            final YamlNode first = seen.putIfAbsent(server.endpoint(), item);
            if (first != null)
            {
                problems.error(item, "server=" + server.endpoint() + " stands twice in servers (first at " +
                    Problems.position(first) + ")");
                continue;
            }
            servers.add(server);
            if (servers.size() > CountersDescriptor.SERVER_SLOTS)
            {
                problems.error(node, "servers=" + items.size() + " > MAX_SERVERS=" + CountersDescriptor.SERVER_SLOTS);
                break;
            }
        }
        return servers;
    }

    private ServerGroup.Item readServer(final YamlNode node)
    {
        final Section section = Section.of(node, "server", problems, KEYS);
        if (section == null)
        {
            return null;
        }
        final YamlNode addressNode = section.required("address");
        final YamlNode portNode = section.required("port");
        final YamlNode weightNode = section.get("weight");
        final IpAddress address = addressNode == null ? null : values.address(addressNode, "address");
        final Integer port = portNode == null ? null : values.integer(portNode, "port", 1, Endpoint.MAX_PORT);
        final Integer weight =
            weightNode == null ? null : values.integer(weightNode, "weight", 0, ServerConfig.MAX_WEIGHT);
        final boolean isComplete = address != null && port != null && (weightNode == null || weight != null);
        return isComplete ? new ServerGroup.Item(new Endpoint(address, port), weight, node, weightNode) : null;
    }
}
