package org.headrace.agent.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.headrace.agent.netlink.Rtnetlink.*;

import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import java.nio.ByteOrder;

/** Requests byte by byte, as ip(8) sends them on a little-endian host. */
class RtnetlinkProxyTest
{
    private final RtnetlinkProxy proxy = new RtnetlinkProxy(2);

    @BeforeEach
    void assumeLittleEndian()
    {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldAskForARoute()
    {
        proxy.getRoute(IpAddress.parse("10.1.2.3"));
        assertThat(hex()).isEqualTo("24000000 1a000100 01000000 00000000" +
            " 02200000 00000000 00000000 08000100 0a010203");
    }

    @Test
    void shouldPutRequestsBehindEachOtherAndNumberThem()
    {
        assertThat(proxy.getLink("eth")).isEqualTo(1);
        assertThat(proxy.dump(RTM_GETADDR)).isEqualTo(2);
        assertThat(hex()).isEqualTo("28000000 12000100 01000000 00000000" +
            " 00000000 00000000 00000000 00000000 08000300 65746800" +
            " 18000000 16000103 02000000 00000000 00000000 00000000");
    }

    @Test
    void shouldPadAMessageButNotCountThePadding()
    {
        proxy.getLink("lo");
        assertThat(hex()).startsWith("27000000").endsWith("07000300 6c6f0000");
    }

    @Test
    void shouldAskToResolveANeighbour()
    {
        proxy.useNeighbour(new NextHopKey(7, IpAddress.parse("fe80::1")), true);
        assertThat(hex()).isEqualTo("30000000 1c000504 01000000 00000000" +
            " 0a000000 07000000 00000100 14000100 fe800000 00000000 00000000 00000001");
    }

    @Test
    void shouldAddAnIpv6AddressWithoutDuplicateAddressDetection()
    {
        proxy.newAddress(IpAddress.parse("fd00::1"), 3);
        assertThat(hex()).isEqualTo("40000000 14000506 01000000 00000000 0a800200 03000000" +
            " 14000200 fd000000 00000000 00000000 00000001 14000100 fd000000 00000000 00000000 00000001");
        proxy.clear().deleteAddress(IpAddress.parse("10.0.0.1"), 3);
        assertThat(hex()).isEqualTo("28000000 15000500 02000000 00000000 02200000 03000000" +
            " 08000200 0a000001 08000100 0a000001");
    }

    @Test
    void shouldNotWriteBeyondItsBuffer()
    {
        proxy.newAddress(IpAddress.parse("fd00::1"), 3);
        proxy.newAddress(IpAddress.parse("fd00::2"), 3);
        assertThatThrownBy(() -> proxy.getLink("eth0")).isInstanceOf(BufferOverflowException.class);
    }

    private String hex()
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < proxy.lengthBytes(); i++)
        {
            text.append(i > 0 && i % 4 == 0 ? " " : "")
                .append("%02x".formatted(proxy.segment().get(ValueLayout.JAVA_BYTE, i)));
        }
        return text.toString();
    }
}
