package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlList;
import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.counters.CountersDescriptor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads one item of {@code instances}. */
final class InstanceReader
{
    private static final List<String> PROFILES = List.of("alibaba", "tencent", "huawei", "kingsoft", "none");
    private static final int MAX_ADDRESSES = 256;

    private final Problems problems;
    private final Values values;
    private final Map<String, ServerGroup> groups;
    private final Map<ServiceKey, String> services;
    private final Set<String> instanceNames;

    InstanceReader(
        final Problems problems,
        final Map<String, ServerGroup> groups,
        final Map<ServiceKey, String> services,
        final Set<String> instanceNames)
    {
        this.problems = problems;
        this.values = new Values(problems);
        this.groups = groups;
        this.services = services;
        this.instanceNames = instanceNames;
    }

    /** Returns null, having added a problem, if the instance cannot be used. */
    InstanceConfig read(final YamlNode node)
    {
        final Section section = Section.of(node, "instance", problems,
            List.of("name", "address", "manage-address", "profile", "limits", "spec", "listeners"));
        if (section == null)
        {
            return null;
        }
        final YamlNode nameNode = section.required("name");
        final String name = nameNode == null ? null : values.name(nameNode, "name");
        if (name != null && !instanceNames.add(name))
        {
            problems.error(nameNode, "name=" + Values.quote(name) + " is taken by another instance");
        }
        final List<IpAddress> addresses = readAddresses(section.required("address"));
        final YamlNode manageNode = section.get("manage-address");
        final Boolean isManageAddress =
            manageNode == null ? Boolean.FALSE : values.bool(manageNode, "manage-address");
        final Profile profile = readProfile(section.get("profile"));
        final Limits limits = readLimits(section);
        final List<ListenerConfig> listeners =
            readListeners(section.required("listeners"), name, addresses, profile);
        return name == null || isManageAddress == null || limits == null ? null :
            new InstanceConfig(name, addresses, isManageAddress, limits, listeners);
    }

    private Limits readLimits(final Section section)
    {
        final LimitsReader reader = new LimitsReader(problems);
        final Limits limits = reader.limits(section.get("limits"));
        final Limits spec = reader.spec(section.get("spec"));
        if (section.get("limits") != null && section.get("spec") != null)
        {
            problems.error(section.key("spec"), "instance has both limits and spec (expected one of them)");
        }
        return limits == null || spec == null ? null : spec.isNone() ? limits : spec;
    }

    private List<IpAddress> readAddresses(final YamlNode node)
    {
        final List<IpAddress> addresses = new ArrayList<>();
        if (node == null)
        {
            return addresses;
        }
        final List<YamlNode> items = node instanceof final YamlList sequence ? sequence.items() : List.of(node);
        if (items.isEmpty() || items.size() > MAX_ADDRESSES)
        {
            problems.error(node, "address: " + items.size() + " addresses (allowed 1.." + MAX_ADDRESSES + ")");
            return addresses;
        }
        for (final YamlNode item : items)
        {
            final IpAddress address = values.address(item, "address");
            if (address == null)
            {
                continue;
            }
            if (addresses.contains(address))
            {
                problems.error(item, "address=" + address + " stands twice in this instance");
                continue;
            }
            if (!addresses.isEmpty() && addresses.getFirst().isIpv4() != address.isIpv4())
            {
                problems.error(item, "address=" + address + " is of another family than address=" +
                    addresses.getFirst() + ": one instance with IPv4 and IPv6 addresses is not supported by this " +
                    "version (expected one instance per family)");
                continue;
            }
            addresses.add(address);
        }
        return addresses;
    }

    private Profile readProfile(final YamlNode node)
    {
        final String text = node == null ? "none" : values.oneOf(node, "profile", PROFILES, List.of());
        return text == null ? Profile.NONE : Profile.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private List<ListenerConfig> readListeners(
        final YamlNode node, final String instanceName, final List<IpAddress> addresses, final Profile profile)
    {
        final List<ListenerConfig> listeners = new ArrayList<>();
        final List<YamlNode> items = node == null ? null : values.list(node, "listeners");
        if (items == null)
        {
            return listeners;
        }
        if (items.size() > profile.maxListeners())
        {
            problems.error(node, "listeners=" + items.size() + " > MAX_LISTENERS=" + profile.maxListeners() +
                " of profile=" + profile.name().toLowerCase(Locale.ROOT));
        }
        final Map<String, YamlNode> names = new HashMap<>();
        for (final YamlNode item : items)
        {
            final ListenerReader reader = new ListenerReader(problems, groups, addresses, profile);
            final ListenerConfig listener = reader.read(item);
            final YamlNode first =
                reader.name() == null ? null : names.putIfAbsent(reader.name(), reader.nameNode());
            if (first != null)
            {
                problems.error(reader.nameNode(), "name=" + Values.quote(reader.name()) +
                    " is taken by another listener of this instance (at " + Problems.position(first) + ")");
            }
            if (reader.isPlaceKnown())
            {
                checkUnique(reader, instanceName + "/" + reader.name(), addresses);
            }
            if (listener != null)
            {
                listeners.add(listener);
            }
            if (services.size() > CountersDescriptor.SERVICE_SLOTS)
            {
                break;
            }
        }
        return listeners;
    }

    private void checkUnique(final ListenerReader reader, final String name, final List<IpAddress> addresses)
    {
        for (final IpAddress address : addresses)
        {
            final ServiceKey key = new ServiceKey(reader.transport(), new Endpoint(address, reader.port()));
            final String owner = services.putIfAbsent(key, name);
            if (owner != null)
            {
                problems.error(reader.portNode(), "port=" + reader.port() + " of listener " + Values.quote(name) +
                    ": service=" + key + " is taken by listener " + Values.quote(owner) +
                    " (two listeners may share a port only if exactly one of them is UDP)");
                return;
            }
        }
    }
}
