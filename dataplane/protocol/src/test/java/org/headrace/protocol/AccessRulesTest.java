package org.headrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.codec.AccessMode;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

class AccessRulesTest
{
    @Test
    void shouldSortPrefixesAndLeaveOutWhatLiesWithinAnother()
    {
        assertThat(of("fd00::/8", "10.1.0.0/16", "192.0.2.7", "10.0.0.0/8", "192.0.2.7/32", "fd00::1", "9.0.0.0/8"))
            .containsExactly("9.0.0.0/8", "10.0.0.0/8", "192.0.2.7/32", "fd00::/8");
    }

    @Test
    void shouldTakeAllOfIpv6AsNoIpv4()
    {
        assertThat(of("::/0", "10.0.0.0/8", "fd00::/8")).containsExactly("10.0.0.0/8", "::/1", "8000::/1");
        assertThat(of("0.0.0.0/0", "10.0.0.0/8", "fd00::/8")).containsExactly("0.0.0.0/0", "fd00::/8");
    }

    @Test
    void shouldBeOpenOnlyIfNobodyIsDenied()
    {
        assertThat(new AccessRules(AccessMode.ALLOW, List.of()).isOpen()).isFalse();
        assertThat(AccessRules.NONE.isOpen()).isTrue();
        assertThat(AccessRules.NONE).hasToString("open");
        assertThat(new AccessRules(AccessMode.ALLOW, List.of())).hasToString("allow 0 prefixes");
        assertThat(AccessRules.of(AccessMode.DENY, List.of(IpPrefix.parse("10.0.0.0/8")))).hasToString(
            "deny 1 prefixes");
    }

    private static List<String> of(final String... prefixes)
    {
        return AccessRules.of(AccessMode.ALLOW, Stream.of(prefixes).map(IpPrefix::parse).toList())
            .prefixes().stream().map(IpPrefix::toString).toList();
    }
}
