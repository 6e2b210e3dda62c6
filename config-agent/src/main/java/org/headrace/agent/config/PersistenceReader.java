package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;

import java.util.List;

/** Reads a listener's section {@code persistence}. */
final class PersistenceReader
{
    /** What {@code ipvsadm -p} takes if no timeout is named. */
    private static final long DEFAULT_TIMEOUT_MS = 300_000;
    private static final int IPV4_BITS = 32;

    private final Problems problems;
    private final Values values;
    private final List<IpAddress> addresses;

    /** @param addresses of the listener's instance, of one family; empty if none of them could be read. */
    PersistenceReader(final Problems problems, final List<IpAddress> addresses)
    {
        this.problems = problems;
        this.values = new Values(problems);
        this.addresses = addresses;
    }

    /** Returns null, having added a problem, if the section cannot be used. */
    Persistence read(final YamlNode node)
    {
        if (node == null)
        {
            return Persistence.NONE;
        }
        final Section section =
            Section.of(node, "persistence", problems, List.of("timeout", "mask", "expire-quiescent"));
        if (section == null)
        {
            return null;
        }
        final boolean isIpv4 = !addresses.isEmpty() && addresses.getFirst().isIpv4();
        final int bits = isIpv4 ? IPV4_BITS : IpAddress.MAX_PREFIX;
        final YamlNode timeoutNode = section.get("timeout");
        final Long timeoutMs = timeoutNode == null ? (Long)DEFAULT_TIMEOUT_MS :
            values.duration(timeoutNode, "timeout", Persistence.MIN_TIMEOUT_MS, Persistence.MAX_TIMEOUT_MS);
        final YamlNode maskNode = section.get("mask");
        final Integer mask = maskNode == null ? (Integer)bits : values.integer(maskNode, "mask", 1, bits);
        final YamlNode quiescentNode = section.get("expire-quiescent");
        final Boolean expireQuiescent =
            quiescentNode == null ? Boolean.FALSE : values.bool(quiescentNode, "expire-quiescent");
        if (timeoutMs == null || mask == null || expireQuiescent == null)
        {
            return null;
        }
        return new Persistence(
            timeoutMs.intValue(), mask + (isIpv4 ? IpAddress.IPV4_PREFIX_OFFSET : 0), expireQuiescent);
    }
}
