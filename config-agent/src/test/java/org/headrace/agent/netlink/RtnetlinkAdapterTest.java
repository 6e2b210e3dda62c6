package org.headrace.agent.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.agent.netlink.Rtnetlink.*;

import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

class RtnetlinkAdapterTest implements RtnetlinkListener
{
    private static final int AF_BRIDGE = 7;
    private static final int RTN_BLACKHOLE = 6;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int NUD_FAILED = 0x20;
    private static final int FUZZ_ROUNDS = 200_000;

    private final RtnetlinkAdapter adapter = new RtnetlinkAdapter(this);
    private final List<RtnetlinkMessage> messages = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();
    private final List<Integer> interrupted = new ArrayList<>();

    @Test
    void shouldDecodeLinks()
    {
        adapter.onDatagram(new MessageBuilder()
            .link(RTM_NEWLINK, AF_UNSPEC, ARPHRD_ETHER, 3, IFF_UP | IFF_RUNNING)
            .textAttribute(IFLA_IFNAME, "eth0").intAttribute(IFLA_MTU, 9000)
            .link(RTM_NEWLINK, AF_UNSPEC, 772, 1, IFF_UP).textAttribute(IFLA_IFNAME, "lo")
            .link(RTM_DELLINK, AF_UNSPEC, ARPHRD_ETHER, 3, 0)
            .link(RTM_DELLINK, AF_BRIDGE, ARPHRD_ETHER, 3, 0).build());
        assertThat(messages).containsExactly(
            new RtnetlinkMessage.Link(0, false, 3, "eth0", true, true, 9000),
            new RtnetlinkMessage.Link(0, false, 1, "lo", false, false, 0),
            new RtnetlinkMessage.Link(0, true, 3, "", false, true, 0));
    }

    @Test
    void shouldTakeTheLocalAddressAndNotThatOfThePeer()
    {
        adapter.onDatagram(new MessageBuilder()
            .address(RTM_NEWADDR, Libc.AF_INET, 32, 5)
            .attribute(IFA_ADDRESS, 10, 0, 0, 2).attribute(IFA_LOCAL, 10, 0, 0, 1)
            .address(RTM_DELADDR, Libc.AF_INET6, 64, 5)
            .attribute(IFA_ADDRESS, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)
            .address(RTM_NEWADDR, Libc.AF_INET, 32, 5).build());
        assertThat(messages).containsExactly(
            new RtnetlinkMessage.Address(0, false, 5, IpAddress.parse("10.0.0.1")),
            new RtnetlinkMessage.Address(0, true, 5, IpAddress.parse("fd00::7")));
    }

    @Test
    void shouldDecodeRoutes()
    {
        adapter.onDatagram(new MessageBuilder()
            .route(RTM_NEWROUTE, 0, Libc.AF_INET, 16, RTN_UNICAST, 0)
            .attribute(RTA_DST, 10, 1, 0, 0).attribute(RTA_GATEWAY, 10, 0, 0, 1).intAttribute(RTA_OIF, 4)
            .attribute(RTA_METRICS | NLA_F_NESTED, bytes(8, RTAX_MTU, 1300))
            .route(RTM_NEWROUTE, 9, Libc.AF_INET, 0, RTN_UNICAST, 0)
            .attribute(RTA_VIA, bytesOfVia())
            .route(RTM_DELROUTE, 0, Libc.AF_INET6, 0, RTN_BLACKHOLE, 0)
            .route(RTM_NEWROUTE, 0, Libc.AF_INET, 32, RTN_UNICAST, RTM_F_CLONED)
            .route(RTM_NEWROUTE, 0, AF_BRIDGE, 0, RTN_UNICAST, 0).build());
        assertThat(messages).containsExactly(
            new RtnetlinkMessage.Route(0, false, AddressRange.ofPrefix(IpAddress.parse("10.1.0.0"), 16), RTN_UNICAST,
                4, IpAddress.parse("10.0.0.1"), 1300),
            new RtnetlinkMessage.Route(9, false, AddressRange.ofPrefix(IpAddress.parse("0.0.0.0"), 0), RTN_UNICAST,
                0, IpAddress.parse("fe80::1"), 0),
            new RtnetlinkMessage.Route(0, true, AddressRange.ofPrefix(IpAddress.NONE, 0), RTN_BLACKHOLE,
                0, IpAddress.NONE, 0));
    }

    @Test
    void shouldDecodeNeighboursAndTheirStates()
    {
        adapter.onDatagram(new MessageBuilder()
            .neighbour(RTM_NEWNEIGH, Libc.AF_INET, 4, NUD_STALE, 0)
            .attribute(NDA_DST, 10, 0, 0, 1).attribute(NDA_LLADDR, 0xFE, 1, 2, 3, 4, 5)
            .neighbour(RTM_NEWNEIGH, Libc.AF_INET, 4, NUD_FAILED, 0).attribute(NDA_DST, 10, 0, 0, 1)
            .neighbour(RTM_DELNEIGH, Libc.AF_INET, 4, NUD_STALE, 0)
            .attribute(NDA_DST, 10, 0, 0, 1).attribute(NDA_LLADDR, 0xFE, 1, 2, 3, 4, 5)
            .neighbour(RTM_NEWNEIGH, Libc.AF_INET, 4, NUD_PERMANENT, NTF_PROXY).attribute(NDA_DST, 10, 0, 0, 1)
            .neighbour(RTM_NEWNEIGH, AF_BRIDGE, 4, NUD_REACHABLE, 0).build());
        final IpAddress address = IpAddress.parse("10.0.0.1");
        assertThat(messages).containsExactly(
            new RtnetlinkMessage.Neighbour(0, false, 4, address, true, 0xFE0102030405L),
            new RtnetlinkMessage.Neighbour(0, false, 4, address, false, 0),
            new RtnetlinkMessage.Neighbour(0, true, 4, address, false, 0));
    }

    @Test
    void shouldDecodeErrorsWithTheTextOfTheKernel()
    {
        adapter.onDatagram(new MessageBuilder()
            .message(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, 7).ints(-22, 40, 0, 7, 0)
            .textAttribute(NLMSGERR_ATTR_MSG, "no")
            .message(NLMSG_ERROR, NLM_F_ACK_TLVS, 8).ints(-1, 24, 0, 8, 0, 0, 0)
            .textAttribute(NLMSGERR_ATTR_MSG, "not you")
            .message(NLMSG_ERROR, 0, 9).ints(0, 24, 0, 9, 0)
            .message(NLMSG_DONE, NLM_F_DUMP_INTR, 10).ints(-4).build());
        assertThat(messages).containsExactly(
            new RtnetlinkMessage.End(7, 22, "no"), new RtnetlinkMessage.End(8, 1, "not you"),
            new RtnetlinkMessage.End(9, 0, ""), new RtnetlinkMessage.End(10, 4, ""));
        assertThat(interrupted).containsExactly(10);
    }

    @Test
    void shouldReportLengthsThatBreakTheFormat()
    {
        adapter.onDatagram(new MessageBuilder().message(RTM_NEWADDR, 0, 0).ints(0).build());
        final ByteBuffer tooLong = new MessageBuilder().message(NLMSG_DONE, 0, 0).build();
        tooLong.putInt(0, 17);
        adapter.onDatagram(tooLong);
        assertThat(malformed).containsExactly("nlmsg_len=20 < 24 of nlmsg_type=20",
            "nlmsg_len=17 at offset=0 is outside 16..16");
        assertThat(messages).isEmpty();
    }

    @Test
    void shouldSurviveAnyBytes()
    {
        final long seed = Long.getLong("headrace.seed", System.nanoTime());
        final SplittableRandom random = new SplittableRandom(seed);
        final ByteBuffer valid = new MessageBuilder()
            .link(RTM_NEWLINK, AF_UNSPEC, ARPHRD_ETHER, 3, IFF_UP).textAttribute(IFLA_IFNAME, "eth0")
            .address(RTM_NEWADDR, Libc.AF_INET, 24, 3).attribute(IFA_LOCAL, 10, 0, 0, 1)
            .route(RTM_NEWROUTE, 1, Libc.AF_INET, 16, RTN_UNICAST, 0).attribute(RTA_VIA, bytesOfVia())
            .attribute(RTA_METRICS | NLA_F_NESTED, bytes(8, RTAX_MTU, 1300))
            .neighbour(RTM_NEWNEIGH, Libc.AF_INET, 4, NUD_STALE, 0).attribute(NDA_LLADDR, 1, 2, 3, 4, 5, 6)
            .message(NLMSG_ERROR, NLM_F_ACK_TLVS, 8).ints(-1, 24, 0, 8, 0, 0, 0)
            .textAttribute(NLMSGERR_ATTR_MSG, "not you").build();
        for (int round = 0; round < FUZZ_ROUNDS; round++)
        {
            final byte[] bytes = new byte[random.nextInt(valid.limit() + 1)];
            valid.get(0, bytes);
            for (int i = random.nextInt(8); i > 0 && bytes.length > 0; i--)
            {
                bytes[random.nextInt(bytes.length)] = (byte)random.nextInt(random.nextBoolean() ? 8 : 256);
            }
            // Bounds are those of the buffer: a read beyond them throws.
            assertThat(decodes(bytes)).as("seed=%d round=%d", seed, round).isTrue();
            messages.clear();
            malformed.clear();
        }
    }

    @Override
    public void onMessage(final RtnetlinkMessage message)
    {
        messages.add(message);
    }

    @Override
    public void onDumpInterrupted(final int sequence)
    {
        interrupted.add(sequence);
    }

    @Override
    public void onMalformed(final String reason)
    {
        malformed.add(reason);
    }

    private boolean decodes(final byte[] bytes)
    {
        try
        {
            adapter.onDatagram(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
            return true;
        }
        catch (final IndexOutOfBoundsException ex)
        {
            return false;
        }
    }

    /** struct rtvia: AF_INET6 in host order, then the address fe80::1. */
    private static int[] bytesOfVia()
    {
        final int[] via = new int[18];
        via[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1] = Libc.AF_INET6;
        via[2] = 0xFE;
        via[3] = 0x80;
        via[17] = 1;
        return via;
    }

    /** One attribute that holds an int. */
    private static int[] bytes(final int lengthBytes, final int type, final int value)
    {
        final byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putShort((short)lengthBytes)
            .putShort((short)type).putInt(value).array();
        final int[] unsigned = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++)
        {
            unsigned[i] = bytes[i] & 0xFF;
        }
        return unsigned;
    }
}
