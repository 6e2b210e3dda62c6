package org.headrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpPrefixTest
{
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.2.3/16, 10.1.9.9, true",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.2, false",
        "10.1.2.3/31, 10.1.2.2, true",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, fd00::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "fd00:0:0:1::/64, fd00:0:0:1:ffff::, true",
        "fd00:0:0:1::/65, fd00:0:0:1:8000::, false",
        "fd00::1, fd00::1, true",
        "fd00::1, fd00::2, false",
        "::/8, 10.1.2.3, false",
        "::/8, ::2, true",
        "::/0, 10.1.2.3, true",
        "::/0, fd00::1, true"})
    void shouldContainItsAddressesOnly(final String prefix, final String address, final boolean isInside)
    {
        final IpAddress parsed = IpAddress.parse(address);
        assertThat(IpPrefix.parse(prefix).contains(parsed.high(), parsed.low())).isEqualTo(isInside);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3/16, 10.1.0.0/16", "10.1.2.3, 10.1.2.3/32", "fd00::9/8, fd00::/8", "fd00::9, fd00::9/128"})
    void shouldPrintWhatItReads(final String text, final String printed)
    {
        assertThat(IpPrefix.parse(text)).hasToString(printed);
        assertThat(IpPrefix.parse(printed)).isEqualTo(IpPrefix.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.0/33", "10.1.0.0/-1", "10.1.0.0/", "10.1.0.0/8/8", "fd00::/129", "fd00::/9999", "host/8", "/8"})
    void shouldRefuseWhatIsNoPrefix(final String text)
    {
        assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhichLengthsAreAllowed()
    {
        assertThatThrownBy(() -> IpPrefix.parse("10.1.0.0/33"))
            .hasMessage("prefix=10.1.0.0/33 has length=33 (allowed 0..32)");
    }
}
