package org.headrace.agent.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.SystemNanoClock;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Against the real kernel: a balancer and a router with servers, each in a namespace of its own. */
class RtnetlinkHostNetworkTest
{
    private static final long SERVER_MAC = 0x02_00_00_00_00_02L;
    private static final long NEW_MAC = 0x02_00_00_00_00_77L;

    private final RecordingListener listener = new RecordingListener();
    private final RtnetlinkHostNetwork network = new RtnetlinkHostNetwork();
    private NetworkNamespace balancer;
    private NetworkNamespace peer;

    @BeforeEach
    void lay() throws Exception
    {
        NetworkNamespace.assumePossible();
        balancer = new NetworkNamespace("balancer");
        peer = new NetworkNamespace("peer");
        balancer.ip("link add hr0 type veth peer name hr1 netns " + peer.name());
        peer.ip("link set hr1 address 02:00:00:00:00:02 up");
        peer.ip("addr add 10.77.0.2/24 dev hr1");
        peer.ip("addr add fd77::2/64 dev hr1 nodad");
        balancer.ip("link set hr0 mtu 1400 up");
        balancer.ip("addr add 10.77.0.1/24 dev hr0");
        balancer.ip("addr add fd77::1/64 dev hr0 nodad");
        balancer.call(() ->
        {
            network.start(listener);
            return null;
        });
    }

    @AfterEach
    void clear()
    {
        network.close();
        Stream.of(balancer, peer).filter(namespace -> namespace != null).forEach(NetworkNamespace::close);
    }

    @Test
    void shouldDeliverLocalAddressesBeforeStartReturns()
    {
        assertThat(listener.localAddresses).containsEntry(IpAddress.parse("10.77.0.1"), true)
            .containsEntry(IpAddress.parse("fd77::1"), true).containsEntry(IpAddress.parse("127.0.0.1"), true);
    }

    @Test
    void shouldResolveServersOfBothFamiliesOnTheLink()
    {
        watch("10.77.0.2", "fd77::2");
        await(() -> listener.isResolved("10.77.0.2") && listener.isResolved("fd77::2"));
        final int index = Integer.parseInt(balancer.ip("link show hr0").split(":", 2)[0]);
        assertThat(listener.reports).containsExactlyInAnyOrder(
            new Adjacency(IpAddress.parse("10.77.0.2"), index, SERVER_MAC, 1400),
            new Adjacency(IpAddress.parse("fd77::2"), index, SERVER_MAC, 1400));
    }

    @Test
    void shouldReportTheNewHardwareAddressOfAServer()
    {
        watch("10.77.0.2");
        await(() -> listener.isMac("10.77.0.2", SERVER_MAC));
        balancer.ip("neigh replace 10.77.0.2 lladdr 02:00:00:00:00:77 dev hr0 nud permanent");
        await(() -> listener.isMac("10.77.0.2", NEW_MAC));
    }

    @Test
    void shouldNoticeThatAServerAnnouncesAnotherHardwareAddress()
    {
        watch("10.77.0.2");
        await(() -> listener.isMac("10.77.0.2", SERVER_MAC));
        peer.ip("link set hr1 down");
        await(() -> !listener.isResolved("10.77.0.2"));
        peer.ip("link set hr1 address 02:00:00:00:00:77");
        peer.ip("link set hr1 up");
        await(() -> listener.isMac("10.77.0.2", NEW_MAC));
    }

    @Test
    void shouldLoseServersBehindALinkThatGoesDownAndFindThemAgain()
    {
        watch("10.77.0.2");
        await(() -> listener.isResolved("10.77.0.2"));
        balancer.ip("link set hr0 down");
        await(() -> !listener.isResolved("10.77.0.2"));
        balancer.ip("link set hr0 up");
        await(() -> listener.isResolved("10.77.0.2"));
    }

    @Test
    void shouldLoseServersBehindALinkThatIsDeleted()
    {
        watch("10.77.0.2", "fd77::2");
        await(() -> listener.isResolved("10.77.0.2") && listener.isResolved("fd77::2"));
        balancer.ip("link del hr0");
        await(() -> !listener.isResolved("10.77.0.2") && !listener.isResolved("fd77::2"));
        await(() -> !listener.isLocal("10.77.0.1") && !listener.isLocal("fd77::1"));
    }

    @Test
    void shouldFollowRoutesThroughGateways()
    {
        watch("10.88.0.9", "fd88::9");
        balancer.ip("route add default via 10.77.0.2");
        balancer.ip("route add fd88::/64 via fd77::2 mtu 1300");
        await(() -> listener.isMac("10.88.0.9", SERVER_MAC) && listener.isMac("fd88::9", SERVER_MAC));
        assertThat(listener.adjacencies.get(IpAddress.parse("10.88.0.9")).mtuBytes()).isEqualTo(1400);
        assertThat(listener.adjacencies.get(IpAddress.parse("fd88::9")).mtuBytes()).isEqualTo(1300);
        balancer.ip("route del default");
        balancer.ip("route del fd88::/64");
        await(() -> !listener.isResolved("10.88.0.9") && !listener.isResolved("fd88::9"));
    }

    @Test
    void shouldFollowAnIpv4RouteThroughAnIpv6Gateway()
    {
        watch("10.99.0.9");
        balancer.ip("route add 10.99.0.0/16 via inet6 fd77::2");
        await(() -> listener.isMac("10.99.0.9", SERVER_MAC));
    }

    @Test
    void shouldNotResolveAnAddressOfThisHost()
    {
        peer.ip("addr add 10.77.0.3/24 dev hr1");
        watch("10.77.0.3");
        await(() -> listener.isResolved("10.77.0.3"));
        network.addAddress(IpAddress.parse("10.77.0.3"), "lo");
        await(() -> !listener.isResolved("10.77.0.3") && listener.isLocal("10.77.0.3"));
        network.removeAddress(IpAddress.parse("10.77.0.3"), "lo");
        await(() -> listener.isResolved("10.77.0.3") && !listener.isLocal("10.77.0.3"));
    }

    @Test
    void shouldAddAndRemoveVirtualAddressesAnyNumberOfTimes()
    {
        for (final String vip : new String[]{"10.78.0.1", "fd78::1"})
        {
            final IpAddress address = IpAddress.parse(vip);
            network.addAddress(address, "hr0");
            network.addAddress(address, "hr0");
            final String shown = balancer.ip("-j addr show dev hr0");
            assertThat(shown).contains("\"local\":\"" + vip + "\",\"prefixlen\":" + (address.isIpv4() ? 32 : 128))
                .doesNotContain("tentative\":true,\"local\":\"" + vip);
            await(() -> listener.isLocal(vip));
            network.removeAddress(address, "hr0");
            network.removeAddress(address, "hr0");
            assertThat(balancer.ip("-j addr show dev hr0")).doesNotContain("\"local\":\"" + vip + "\"");
            await(() -> !listener.isLocal(vip));
        }
    }

    @Test
    void shouldNameTheErrorOfAnAddressThatCannotBeAdded()
    {
        assertThatThrownBy(() -> network.addAddress(IpAddress.parse("10.78.0.1"), "hr-none"))
            .hasMessageContaining("hr-none").hasMessageContaining("ENODEV");
        assertThatThrownBy(() -> network.addAddress(IpAddress.parse("10.78.0.1"), "a-name-that-is-too-long"))
            .hasMessageContaining("a-name-that-is-too-long").hasMessageContaining("1..15");
    }

    @Test
    void shouldReportNothingForAServerThatIsNoLongerWatched()
    {
        watch("10.77.0.2");
        await(() -> listener.isResolved("10.77.0.2"));
        watch("fd77::2");
        await(() -> listener.isResolved("fd77::2"));
        final int count = listener.reports.size();
        balancer.ip("neigh replace 10.77.0.2 lladdr 02:00:00:00:00:77 dev hr0 nud permanent");
        balancer.ip("neigh replace fd77::2 lladdr 02:00:00:00:00:77 dev hr0 nud permanent");
        await(() -> listener.isMac("fd77::2", NEW_MAC));
        assertThat(listener.reports.subList(count, listener.reports.size()))
            .allMatch(report -> report.server().equals(IpAddress.parse("fd77::2")));
    }

    @Test
    void shouldResolveThousandsOfServersBehindAGateway()
    {
        balancer.ip("route add default via 10.77.0.2");
        final Set<IpAddress> servers = Stream.iterate(0, i -> i < 10_000, i -> i + 1)
            .map(i -> IpAddress.ofIpv4(0x0AC8_0000 + i)).collect(Collectors.toSet());
        network.watch(servers);
        await(() -> listener.adjacencies.size() == servers.size());
        assertThat(listener.adjacencies.values()).allMatch(adjacency -> adjacency.destinationMac() == SERVER_MAC);
    }

    @Test
    void shouldReadEverythingAnewAfterEventsWereLost() throws Exception
    {
        network.close();
        final RecordingListener driven = new RecordingListener();
        final HostNetworkAgent agent =
            balancer.call(() -> new HostNetworkAgent(driven, SystemNanoClock.INSTANCE));
        try
        {
            agent.onStart();
            agent.watch(Set.of(IpAddress.parse("10.77.0.2")));
            drive(agent, driven, () -> driven.isResolved("10.77.0.2"));
            // Far more events than the receive buffer holds, while nobody reads; the last ones are lost.
            final StringBuilder batch = new StringBuilder();
            for (int i = 0; i < 40_000; i++)
            {
                batch.append("route ").append(i % 2 == 0 ? "add" : "del").append(" 10.66.0.0/16 dev hr0\n");
            }
            balancer.ipBatch(batch.toString());
            balancer.ip("neigh replace 10.77.0.2 lladdr 02:00:00:00:00:77 dev hr0 nud permanent");
            balancer.ip("addr add 10.77.0.9/32 dev hr0");
            balancer.ip("addr del 10.77.0.1/24 dev hr0");
            drive(agent, driven, () -> driven.isLocal("10.77.0.9") && !driven.isLocal("10.77.0.1"));
            assertThat(agent.overrunCount()).isPositive();
        }
        finally
        {
            agent.onClose();
        }
    }

    private void watch(final String... servers)
    {
        network.watch(Stream.of(servers).map(IpAddress::parse).collect(Collectors.toSet()));
    }

    private void await(final BooleanSupplier condition)
    {
        Await.until(listener::toString, condition);
    }

    private static void drive(
        final HostNetworkAgent agent, final RecordingListener listener, final BooleanSupplier condition)
    {
        Await.until(listener::toString, () ->
        {
            agent.doWork();
            return condition.getAsBoolean();
        });
    }
}
