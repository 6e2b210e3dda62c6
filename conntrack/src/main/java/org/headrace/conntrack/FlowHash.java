package org.headrace.conntrack;

/**
 * Seeded hash of a tuple, 64 bits: folded 64 by 64 bit multiplications as in wyhash (Wang Yi, public domain), with
 * every operand masked by a secret made from the seed, so that an attacker who does not know the seed cannot choose
 * tuples that meet in one bucket.
 */
final class FlowHash
{
    private static final long MULTIPLIER = 0xA0761D6478BD642FL;

    private final long secret0;
    private final long secret1;
    private final long secret2;
    private final long secret3;

    FlowHash(final long seed)
    {
        secret0 = splitMix(seed + 0x9E3779B97F4A7C15L);
        secret1 = splitMix(seed + 0x3C6EF372FE94F82AL);
        secret2 = splitMix(seed + 0xDAA66D2C7DDF743FL);
        secret3 = splitMix(seed + 0x78DDE6E5FD29F054L);
    }

    long ipv4(final int protocol, final long addresses, final int ports)
    {
        final long rest = (ports & 0xFFFF_FFFFL) << 8 | protocol;
        return fold(fold(addresses ^ secret0, rest ^ secret1) ^ secret2, MULTIPLIER);
    }

    long ipv6(
        final int protocol,
        final long sourceHigh,
        final long sourceLow,
        final long destinationHigh,
        final long destinationLow,
        final int ports)
    {
        final long rest = (ports & 0xFFFF_FFFFL) << 8 | protocol;
        final long source = fold(sourceHigh ^ secret0, sourceLow ^ secret1);
        final long destination = fold(destinationHigh ^ secret2, destinationLow ^ secret3);
        return fold(fold(source ^ rest, destination ^ secret1) ^ secret2, MULTIPLIER);
    }

    private static long fold(final long a, final long b)
    {
        return Math.multiplyHigh(a, b) ^ a * b;
    }

    /** Sebastiano Vigna's finaliser: makes four unrelated secrets of one seed. */
    private static long splitMix(final long seed)
    {
        long z = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
