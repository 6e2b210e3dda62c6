package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.counters.CountersDescriptor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the file's top level, and checks what holds over all instances. */
final class RootReader
{
    private static final int MAX_CPU = 1_023;
    private static final int MAX_BUSY_POLL = 1_024;
    private static final int MAX_INTERFACES = 32;
    private static final int MIN_CONNECTIONS = 1_024;
    private static final int MAX_CONNECTIONS = 67_108_864;
    private static final int MIN_PERSISTENCE_ENTRIES = 1_024;
    private static final int MAX_PERSISTENCE_ENTRIES = 67_108_864;
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/:,=]{1,15}");
    private static final Pattern HOST_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]+):([0-9]{1,5})");

    private final Problems problems;
    private final Values values;

    RootReader(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Returns a model that is complete only if no problem was found. */
    HeadraceConfig read(final YamlNode root)
    {
        final Section section = Section.of(root, "the file", problems,
            List.of("dataplane", "agent", "local-addresses", "server-groups", "instances"));
        if (section == null)
        {
            return null;
        }
        final YamlNode dataPlaneNode = section.required("dataplane");
        final DataPlaneConfig dataPlane = dataPlaneNode == null ? null : readDataPlane(dataPlaneNode);
        final AgentConfig agent = readAgent(section.get("agent"));
        readLocalAddresses(section.get("local-addresses"));
        final Map<String, ServerGroup> groups = new ServerReader(problems).readGroups(section.get("server-groups"));
        final List<InstanceConfig> instances = readInstances(section.required("instances"), groups);
        return new HeadraceConfig(dataPlane, agent, instances);
    }

    private DataPlaneConfig readDataPlane(final YamlNode node)
    {
        final Section section = Section.of(node, "dataplane", problems,
            List.of("directory", "io", "interfaces", "workers", "idle", "connections", "persistence-entries",
                "standby", "busy-poll"));
        if (section == null)
        {
            return null;
        }
        final YamlNode directoryNode = section.get("directory");
        final Path directory =
            directoryNode == null ? DataPlaneConfig.DEFAULT_DIRECTORY : readDirectory(directoryNode, "directory");
        final YamlNode ioNode = section.get("io");
        final String io = ioNode == null ? "io_uring" :
            values.oneOf(ioNode, "io", List.of("io_uring", "af_xdp", "auto"), List.of());
        final YamlNode idleNode = section.get("idle");
        final String idle = idleNode == null ? "backoff" :
            values.oneOf(idleNode, "idle", List.of("backoff", "busy_spin"), List.of());
        final YamlNode connectionsNode = section.get("connections");
        final Integer connections = connectionsNode == null ? (Integer)DataPlaneConfig.DEFAULT_CONNECTIONS :
            values.integer(connectionsNode, "connections", MIN_CONNECTIONS, MAX_CONNECTIONS);
        final YamlNode entriesNode = section.get("persistence-entries");
        final Integer persistenceEntries = entriesNode == null ?
            (Integer)DataPlaneConfig.DEFAULT_PERSISTENCE_ENTRIES : values.integer(
                entriesNode, "persistence-entries", MIN_PERSISTENCE_ENTRIES, MAX_PERSISTENCE_ENTRIES);
        final List<String> interfaces = readInterfaces(section.required("interfaces"));
        final List<Integer> workers = readWorkers(section.get("workers"));
        final YamlNode standbyNode = section.get("standby");
        final Boolean standby = standbyNode == null ? Boolean.TRUE : values.bool(standbyNode, "standby");
        final Integer busyPoll = readBusyPoll(section, io);
        return connections == null || persistenceEntries == null || standby == null || busyPoll == null ? null :
            new DataPlaneConfig(
                directory, io, interfaces, workers, idle, connections, persistenceEntries, standby, busyPoll);
    }

    private Integer readBusyPoll(final Section section, final String io)
    {
        final YamlNode node = section.get("busy-poll");
        if (node == null)
        {
            return 0;
        }
        if (io != null && !"af_xdp".equals(io))
        {
            problems.error(node, "busy-poll goes with io=af_xdp, not with io=" + io);
        }
        return values.integer(node, "busy-poll", 0, MAX_BUSY_POLL);
    }

    private List<String> readInterfaces(final YamlNode node)
    {
        final List<String> interfaces = new ArrayList<>();
        final List<YamlNode> items = node == null ? null : values.list(node, "interfaces");
        if (items == null)
        {
            return interfaces;
        }
        if (items.isEmpty() || items.size() > MAX_INTERFACES)
        {
            problems.error(node, "interfaces: " + items.size() + " names (allowed 1.." + MAX_INTERFACES + ")");
        }
        for (final YamlNode item : items)
        {
            final String name = values.text(item, "interface");
            if (name != null && !INTERFACE.matcher(name).matches())
            {
                problems.error(item, "interface=" + Values.quote(name) +
                    " is not 1..15 characters without white space and / : , =");
            }
            else if (name != null && interfaces.contains(name))
            {
                problems.error(item, "interface=" + name + " stands twice in interfaces");
            }
            else if (name != null)
            {
                interfaces.add(name);
            }
        }
        return interfaces;
    }

    private List<Integer> readWorkers(final YamlNode node)
    {
        final List<Integer> workers = new ArrayList<>();
        final List<YamlNode> items = node == null ? null : values.list(node, "workers");
        if (items == null)
        {
            return workers;
        }
        for (final YamlNode item : items)
        {
            final Integer cpu = values.integer(item, "worker", 0, MAX_CPU);
            if (cpu != null && workers.contains(cpu))
            {
                problems.error(item, "worker=" + cpu + " stands twice in workers");
            }
            else if (cpu != null)
            {
                workers.add(cpu);
            }
        }
        return workers;
    }

    private AgentConfig readAgent(final YamlNode node)
    {
        final AgentConfig defaults = new AgentConfig("127.0.0.1:9480", Path.of("/run/headrace/stats.sock"),
            Path.of("/var/lib/headrace"));
        final Section section = node == null ? null :
            Section.of(node, "agent", problems, List.of("api", "stats-socket", "store"));
        if (section == null)
        {
            return defaults;
        }
        final YamlNode apiNode = section.get("api");
        final String api = apiNode == null ? defaults.api() : values.text(apiNode, "api");
        if (api != null && !isHostAndPort(api))
        {
            problems.error(apiNode, "api=" + Values.quote(api) + " is not HOST:PORT with a port of 1..65535");
        }
        final YamlNode socketNode = section.get("stats-socket");
        final YamlNode storeNode = section.get("store");
        final Path socket = socketNode == null ? defaults.statsSocket() : readDirectory(socketNode, "stats-socket");
        final Path store = storeNode == null ? defaults.store() : readDirectory(storeNode, "store");
        for (final String key : List.of("api", "stats-socket"))
        {
            if (section.key(key) != null)
            {
                problems.warning(section.key(key), "agent." + key + " has no effect in this version");
            }
        }
        return new AgentConfig(api, socket, store);
    }

    private static boolean isHostAndPort(final String text)
    {
        final var matcher = HOST_PORT.matcher(text);
        if (!matcher.matches())
        {
            return false;
        }
        final int port = Integer.parseInt(matcher.group(2));
        return port >= 1 && port <= 65_535;
    }

    private Path readDirectory(final YamlNode node, final String key)
    {
        final String text = values.text(node, key);
        if (text == null)
        {
            return null;
        }
        // A unix domain socket's path is limited to 107 bytes, and sockets stand in the runtime directory.
        if (!text.startsWith("/") || text.length() > 90 || text.chars().anyMatch(c -> c <= ' ' || c == 0x7F))
        {
            problems.error(node, key + "=" + Values.quote(text) +
                " is not an absolute path of at most 90 characters without white space");
            return null;
        }
        return Path.of(text).normalize();
    }

    private void readLocalAddresses(final YamlNode node)
    {
        final List<YamlNode> items = node == null ? null : values.list(node, "local-addresses");
        if (items == null)
        {
            return;
        }
        items.forEach(item -> values.address(item, "local-address"));
        if (!items.isEmpty())
        {
            problems.warning(node,
                "local-addresses has no effect: forwarding=fullnat is not supported by this version");
        }
    }

    private List<InstanceConfig> readInstances(final YamlNode node, final Map<String, ServerGroup> groups)
    {
        final List<InstanceConfig> instances = new ArrayList<>();
        final List<YamlNode> items = node == null ? null : values.list(node, "instances");
        if (items == null)
        {
            return instances;
        }
        final Map<ServiceKey, String> services = new HashMap<>();
        final Set<String> names = new HashSet<>();
        int servers = 0;
        for (final YamlNode item : items)
        {
            final InstanceConfig instance = new InstanceReader(problems, groups, services, names).read(item);
            if (instance != null)
            {
                instances.add(instance);
                servers += instance.services().stream().mapToInt(s -> s.listener().servers().size()).sum();
            }
            if (services.size() > CountersDescriptor.SERVICE_SLOTS || servers > CountersDescriptor.SERVER_SLOTS)
            {
                // Also what stops a file that multiplies itself by aliases.
                problems.error(item, "services=" + services.size() + " servers=" + servers + " > MAX_SERVICES=" +
                    CountersDescriptor.SERVICE_SLOTS + " or MAX_SERVERS=" + CountersDescriptor.SERVER_SLOTS);
                break;
            }
        }
        return instances;
    }
}
