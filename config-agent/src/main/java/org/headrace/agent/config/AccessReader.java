package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.AccessRules;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.codec.AccessMode;

import java.util.ArrayList;
import java.util.List;

/** Reads a listener's section {@code access}. */
final class AccessReader
{
    private static final String ALLOW = "allow";
    private static final int IPV4_BITS = 32;

    private final Problems problems;
    private final Values values;

    AccessReader(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Returns null, having added a problem, if the section cannot be used. */
    AccessRules read(final YamlNode node)
    {
        if (node == null)
        {
            return AccessRules.NONE;
        }
        final Section section = Section.of(node, "access", problems, List.of("mode", "ranges"));
        if (section == null)
        {
            return null;
        }
        final YamlNode modeNode = section.required("mode");
        final String mode =
            modeNode == null ? null : values.oneOf(modeNode, "mode", List.of(ALLOW, "deny"), List.of());
        final YamlNode rangesNode = section.get("ranges");
        final List<YamlNode> ranges = rangesNode == null ? List.of() : values.list(rangesNode, "ranges");
        if (mode == null || ranges == null)
        {
            return null;
        }
        if (ranges.isEmpty())
        {
            problems.warning(node, ALLOW.equals(mode) ?
                "access allows nobody: ranges is empty" : "access denies nobody: ranges is empty");
        }
        final List<IpPrefix> prefixes = new ArrayList<>(ranges.size());
        for (final YamlNode range : ranges)
        {
            final IpPrefix prefix = readRange(range);
            if (prefix != null)
            {
                prefixes.add(prefix);
            }
        }
        return AccessRules.of(ALLOW.equals(mode) ? AccessMode.ALLOW : AccessMode.DENY, prefixes);
    }

    private IpPrefix readRange(final YamlNode node)
    {
        final String text = values.text(node, "range");
        if (text == null)
        {
            return null;
        }
        final int slash = text.indexOf('/');
        final IpAddress address = AddressText.parse(slash < 0 ? text : text.substring(0, slash));
        final int bits = address != null && address.isIpv4() ? IPV4_BITS : IpAddress.MAX_PREFIX;
        final int length = slash < 0 ? bits : AddressText.parsePrefixLength(text.substring(slash + 1));
        if (address == null || length < 0 || length > bits)
        {
            problems.error(node, "range=" + Values.quote(text) + " is neither an address nor ADDRESS/PREFIX");
            return null;
        }
        final IpPrefix range = IpPrefix.of(address, length + IpAddress.MAX_PREFIX - bits);
        if (!range.address().equals(address))
        {
            problems.warning(node, "range=" + text + " has bits behind its prefix (taken as " + range + ")");
        }
        return range;
    }
}
