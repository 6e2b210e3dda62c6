package org.headrace.forwarder.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.AccessRules;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.codec.AccessMode;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class AccessListTest
{
    private static final int ROUNDS = 400;
    private static final int MILLION = 1_000_000;

    @Test
    void shouldLetNobodyInByAnEmptyAllowList()
    {
        final AccessList list = list(new AccessRules(AccessMode.ALLOW, List.of()));
        assertThat(list.admitsIpv4(0)).isFalse();
        assertThat(list.admitsIpv4(-1)).isFalse();
        assertThat(list.admitsIpv6(0, 1)).isFalse();
        assertThat(list.admitsIpv6(-1, -1)).isFalse();
    }

    @Test
    void shouldLetEverybodyInByAnEmptyDenyList()
    {
        final AccessList list = list(new AccessRules(AccessMode.DENY, List.of()));
        assertThat(list.admitsIpv4(0)).isTrue();
        assertThat(list.admitsIpv4(-1)).isTrue();
        assertThat(list.admitsIpv6(-1, -1)).isTrue();
    }

    @Test
    void shouldJudgeTheEndsOfAllAddresses()
    {
        final AccessList all = list(rules("0.0.0.0/0", "::/0"));
        assertThat(all.admitsIpv4(0)).isTrue();
        assertThat(all.admitsIpv4(-1)).isTrue();
        assertThat(all.admitsIpv6(0, 1)).isTrue();
        assertThat(all.admitsIpv6(-1, -1)).isTrue();
        final AccessList ends = list(rules("0.0.0.0", "255.255.255.255", "::1", "ffff::/16"));
        assertThat(ends.admitsIpv4(0)).isTrue();
        assertThat(ends.admitsIpv4(1)).isFalse();
        assertThat(ends.admitsIpv4(Integer.MIN_VALUE)).isFalse();
        assertThat(ends.admitsIpv4(-2)).isFalse();
        assertThat(ends.admitsIpv4(-1)).isTrue();
        assertThat(ends.admitsIpv6(0, 1)).isTrue();
        assertThat(ends.admitsIpv6(0, 2)).isFalse();
        assertThat(ends.admitsIpv6(0xFFFE_FFFF_FFFF_FFFFL, -1)).isFalse();
        assertThat(ends.admitsIpv6(-1, -1)).isTrue();
        assertThat(list(rules("::/0")).admitsIpv4(1)).as("IPv6 has no IPv4 address in it").isFalse();
    }

    @Test
    void shouldAgreeWithAListThatIsSearchedInOrder()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<IpPrefix> prefixes = randomPrefixes(random);
            final AccessMode mode = random.nextBoolean() ? AccessMode.ALLOW : AccessMode.DENY;
            final AccessList list = list(AccessRules.of(mode, prefixes));
            for (final IpPrefix prefix : prefixes)
            {
                final long high = prefix.address().high();
                final long low = prefix.address().low();
                final long lastHigh = high | ~IpAddress.maskHigh(prefix.lengthBits());
                final long lastLow = low | ~IpAddress.maskLow(prefix.lengthBits());
                check(list, mode, prefixes, high, low, seed);
                check(list, mode, prefixes, low == 0 ? high - 1 : high, low - 1, seed);
                check(list, mode, prefixes, lastHigh, lastLow, seed);
                check(list, mode, prefixes, lastLow == -1 ? lastHigh + 1 : lastHigh, lastLow + 1, seed);
                check(list, mode, prefixes, 0, IpAddress.mappedLow(random.nextInt()), seed);
                check(list, mode, prefixes, random.nextLong(), random.nextLong(), seed);
            }
        }
    }

    @Test
    void shouldHoldAMillionPrefixesInFewBytes()
    {
        final AccessListBuilder builder = new AccessListBuilder(true);
        for (int i = 0; i < MILLION; i++)
        {
            // Every second network of 4 addresses, from 16.0.0.0 on.
            assertThat(builder.add(0, IpAddress.mappedLow((16 << 24) + (i << 3)), 126)).isNull();
        }
        final AccessList list = builder.build();
        assertThat(list.size()).isEqualTo(MILLION);
        assertThat(list.lengthBytes()).isLessThan(13L * MILLION);
        for (int i = 0; i < MILLION; i++)
        {
            final int address = (16 << 24) + (i << 3);
            if (!list.admitsIpv4(address) || list.admitsIpv4(address + 4) || !list.admitsIpv4(address + 3))
            {
                throw new AssertionError("address=" + IpAddress.ofIpv4(address));
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNotAscendingOrNoPrefix()
    {
        final AccessListBuilder builder = new AccessListBuilder(true);
        assertThat(builder.add(0, IpAddress.mappedLow(0x0A00_0000), 104)).isNull();
        assertThat(builder.add(0, IpAddress.mappedLow(0x0A00_0000), 104)).contains("not above");
        assertThat(builder.add(0, IpAddress.mappedLow(0x0AFF_FFFF), 128)).contains("not above");
        assertThat(builder.add(0, IpAddress.mappedLow(0x0900_0000), 128)).contains("not above");
        assertThat(builder.add(0, IpAddress.mappedLow(0x0B00_0001), 104)).contains("bits behind length=104");
        assertThat(builder.add(0, IpAddress.mappedLow(0x0B00_0000), 95)).contains("length=95 is outside 96..128");
        assertThat(builder.add(1, 0, 0)).contains("length=0 is outside 1..128");
        assertThat(builder.add(1, 0, 129)).contains("length=129 is outside 1..128");
        assertThat(builder.add(1, 0, 64)).isNull();
        assertThat(builder.add(1, 5, 128)).contains("not above");
        assertThat(builder.add(1, -1, 128)).contains("not above");
        assertThat(builder.add(2, 0, 63)).isNull();
        assertThat(builder.size()).isEqualTo(3);
    }

    private static void check(
        final AccessList list,
        final AccessMode mode,
        final List<IpPrefix> prefixes,
        final long high,
        final long low,
        final long seed)
    {
        boolean isNamed = false;
        for (final IpPrefix prefix : prefixes)
        {
            isNamed |= prefix.contains(high, low);
        }
        final boolean isAdmitted =
            IpAddress.isIpv4(high, low) ? list.admitsIpv4((int)low) : list.admitsIpv6(high, low);
        assertThat(isAdmitted).as("headrace.test.seed=" + seed + " " + new IpAddress(high, low) + " " + mode + " " +
            prefixes).isEqualTo(isNamed == (mode == AccessMode.ALLOW));
    }

    /** Some in clusters, so that ranges touch and lie in each other; sizes from none to some hundred. */
    private static List<IpPrefix> randomPrefixes(final Random random)
    {
        final List<IpPrefix> prefixes = new ArrayList<>();
        final int cluster = random.nextInt();
        final long cluster6 = random.nextLong();
        final int spread = random.nextInt(32);
        for (int i = random.nextInt(1 << random.nextInt(9)); i > 0; i--)
        {
            final boolean isIpv4 = random.nextBoolean();
            final long low = isIpv4 ? IpAddress.mappedLow(cluster ^ random.nextInt() >>> spread) :
                random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong();
            final long high = isIpv4 ? 0 : cluster6 ^ random.nextLong() >>> 2 * spread;
            final int length = isIpv4 ? 96 + random.nextInt(33) : 1 + random.nextInt(128);
            final IpAddress address = new IpAddress(high, low).masked(length);
            // A short prefix of IPv6 may begin with what looks like an IPv4 address.
            if (address.isIpv4() == isIpv4)
            {
                prefixes.add(new IpPrefix(address, length));
            }
        }
        return prefixes;
    }

    private static AccessRules rules(final String... prefixes)
    {
        return AccessRules.of(AccessMode.ALLOW, List.of(prefixes).stream().map(IpPrefix::parse).toList());
    }

    private static AccessList list(final AccessRules rules)
    {
        final AccessListBuilder builder = new AccessListBuilder(rules.mode() == AccessMode.ALLOW);
        for (final IpPrefix prefix : rules.prefixes())
        {
            assertThat(builder.add(prefix.address().high(), prefix.address().low(), prefix.lengthBits())).isNull();
        }
        return builder.build();
    }
}
