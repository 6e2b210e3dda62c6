package org.headrace.protocol;

import org.headrace.protocol.codec.AccessMode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Which clients may use a service, as the configuration says it and the control protocol sends it.
 *
 * @param mode     whom the prefixes name.
 * @param prefixes ascending in each family, IPv4 first, none within another.
 */
public record AccessRules(AccessMode mode, List<IpPrefix> prefixes)
{
    /** Denies nobody. */
    public static final AccessRules NONE = new AccessRules(AccessMode.DENY, List.of());

    /** Most access lists of a generation; lists that are equal count once. */
    public static final int MAX_LISTS = 8_192;
    /** Most prefixes over all access lists of a generation. */
    public static final int MAX_PREFIXES = 2_000_000;

    private static final Comparator<IpPrefix> ORDER = Comparator
        .comparing((IpPrefix prefix) -> !prefix.address().isIpv4())
        .thenComparing(prefix -> prefix.address().high(), Long::compareUnsigned)
        .thenComparing(prefix -> prefix.address().low(), Long::compareUnsigned)
        .thenComparingInt(IpPrefix::lengthBits);

    public AccessRules
    {
        prefixes = List.copyOf(prefixes);
    }

    /**
     * @param mode     whom the prefixes name.
     * @param prefixes in any order; what lies within another of them is left out. {@code ::/0} is all of IPv6, and no
     *                 IPv4 address.
     * @return rules of the same meaning.
     */
    public static AccessRules of(final AccessMode mode, final List<IpPrefix> prefixes)
    {
        final List<IpPrefix> sorted = new ArrayList<>(prefixes.size());
        for (final IpPrefix prefix : prefixes)
        {
            if (prefix.lengthBits() == 0)
            {
                sorted.add(new IpPrefix(IpAddress.NONE, 1));
                sorted.add(new IpPrefix(new IpAddress(Long.MIN_VALUE, 0), 1));
            }
            else
            {
                sorted.add(prefix);
            }
        }
        sorted.sort(ORDER);
        final List<IpPrefix> disjoint = new ArrayList<>(sorted.size());
        for (final IpPrefix prefix : sorted)
        {
            final IpAddress first = prefix.address();
            if (disjoint.isEmpty() || !disjoint.getLast().contains(first.high(), first.low()))
            {
                disjoint.add(prefix);
            }
        }
        return new AccessRules(mode, disjoint);
    }

    /** Of the first and the last prefix only: a list may be long, and is asked for its hash for each service. */
    @Override
    public int hashCode()
    {
        return prefixes.isEmpty() ? mode.hashCode() :
            Objects.hash(mode, prefixes.size(), prefixes.getFirst(), prefixes.getLast());
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof final AccessRules that && mode == that.mode && prefixes.equals(that.prefixes);
    }

    /** @return true if everybody gets in. */
    public boolean isOpen()
    {
        return mode == AccessMode.DENY && prefixes.isEmpty();
    }

    /** @return {@code allow 3 prefixes}, or {@code open}. */
    @Override
    public String toString()
    {
        return isOpen() ? "open" : (mode == AccessMode.ALLOW ? "allow " : "deny ") + prefixes.size() + " prefixes";
    }
}
