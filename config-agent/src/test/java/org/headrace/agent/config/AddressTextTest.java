package org.headrace.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest
{
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.0.0.1", "255.255.255.255", "192.0.2.100", "::", "::1", "fd00::a:1",
        "::ffff:10.0.0.1", "2001:DB8::", "1:2:3:4:5:6:7:8"})
    void shouldReadAddressesAsTheProtocolDoes(final String text)
    {
        assertThat(AddressText.parse(text)).isNotNull().isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "1", "1.2.3", "1.2.3.", "1.2.3.4.", ".1.2.3", "1.2.3.4.5", "1..2.3", "256.1.1.1",
        "1.2.3.0004", "01.2.3.4", "1.2.3.00", "1.2.3.-4", "+1.2.3.4", "1.2.3.4 ", "1.2.3.\u0664", "0x1.2.3.4",
        "a.b.c.d", ":", ":::", "1::2::3", "12345::", "fe80::1%eth0", "[::1]", "::\uFF11", "1:2:3:4:5:6:7", "::1.2.3"})
    void shouldRefuseWhatIsNoAddress(final String text)
    {
        assertThat(AddressText.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, the unspecified address", "0.0.0.1, a reserved address", "1.0.0.0,", "126.255.255.255,",
        "127.0.0.1, a loopback address", "128.0.0.0,", "223.255.255.255,", "224.0.0.0, a multicast address",
        "239.255.255.255, a multicast address", "240.0.0.0, a reserved address", "169.254.0.1,",
        "::, the unspecified address", "::1, a loopback address", "::2,", "fe80::1, a link-local address",
        "febf::1, a link-local address", "fec0::1,", "fe7f::1,", "ff02::1, a multicast address", "fd00::1,",
        "::ffff:127.0.0.1, a loopback address"})
    void shouldSayWhatAnAddressIsUnfitFor(final String text, final String kind)
    {
        assertThat(AddressText.unfitKind(AddressText.parse(text))).isEqualTo(kind);
    }

    @Test
    void shouldReadTheLengthOfAPrefix()
    {
        assertThat(AddressText.parsePrefixLength("0")).isZero();
        assertThat(AddressText.parsePrefixLength("032")).isEqualTo(32);
        assertThat(AddressText.parsePrefixLength("999")).isEqualTo(999);
        for (final String text : new String[]{"", "1000", "-1", "+1", " 1", "1a", "99999999999999999999"})
        {
            assertThat(AddressText.parsePrefixLength(text)).as(text).isEqualTo(-1);
        }
    }
}
