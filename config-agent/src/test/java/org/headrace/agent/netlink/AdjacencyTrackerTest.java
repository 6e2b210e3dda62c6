package org.headrace.agent.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.netlink.WatchedServer.Obstacle;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

class AdjacencyTrackerTest
{
    private static final IpAddress SERVER = IpAddress.parse("10.1.0.1");
    private static final IpAddress OTHER = IpAddress.parse("10.2.0.1");
    private static final IpAddress GATEWAY = IpAddress.parse("10.0.0.1");
    private static final long MAC = 0x020000000001L;
    private static final int ETHERNET = 2;
    private static final int TUNNEL = 3;

    private final RecordingListener listener = new RecordingListener();
    private final AdjacencyTracker tracker = new AdjacencyTracker(listener);
    private long nowNs = 5;

    @BeforeEach
    void dump()
    {
        tracker.onDumpBegin();
        link(ETHERNET, true, true, 1500);
        link(TUNNEL, true, false, 1400);
        tracker.onDumpEnd(nowNs);
    }

    @Test
    void shouldShareTheNextHopOfServersBehindOneGateway()
    {
        watch(SERVER, OTHER);
        answerLookups(GATEWAY, ETHERNET);
        assertThat(resolutions()).containsExactly(new NextHopKey(ETHERNET, GATEWAY));
        neighbour(GATEWAY, true);
        assertThat(listener.reports).containsExactlyInAnyOrder(
            new Adjacency(SERVER, ETHERNET, MAC, 1500), new Adjacency(OTHER, ETHERNET, MAC, 1500));
    }

    @Test
    void shouldConfirmAResolvedNeighbourAboutEveryTenSeconds()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, ETHERNET);
        neighbour(SERVER, true);
        resolutions();
        nowNs += TimeUnit.SECONDS.toNanos(7);
        assertThat(resolutions()).isEmpty();
        nowNs += TimeUnit.SECONDS.toNanos(3);
        assertThat(resolutions()).hasSize(1);
    }

    @Test
    void shouldTryAFailedNeighbourEachSecond()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, ETHERNET);
        neighbour(SERVER, true);
        resolutions();
        neighbour(SERVER, false);
        assertThat(listener.isResolved("10.1.0.1")).isFalse();
        assertThat(resolutions()).isEmpty();
        for (int i = 0; i < 5; i++)
        {
            nowNs += AdjacencyTracker.RETRY_INTERVAL_NS;
            assertThat(resolutions()).hasSize(1);
        }
    }

    @Test
    void shouldNotResolveThroughALinkWithoutEthernet()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, TUNNEL);
        neighbour(TUNNEL, SERVER, true);
        assertThat(resolutions()).isEmpty();
        assertThat(listener.reports).isEmpty();
    }

    @Test
    void shouldAskAgainOnlyForServersThatARouteCovers()
    {
        watch(SERVER, OTHER);
        answerLookups(GATEWAY, ETHERNET);
        tracker.onRouteChange(AddressRange.ofPrefix(IpAddress.parse("10.2.0.0"), 16));
        tracker.onRouteChange(AddressRange.ofPrefix(IpAddress.parse("fd00::"), 8));
        assertThat(takeLookups(10)).extracting(server -> server.address).containsExactly(OTHER);
        tracker.onRouteChange(AddressRange.ofPrefix(IpAddress.parse("0.0.0.0"), 0));
        assertThat(takeLookups(10)).hasSize(2);
        assertThat(tracker.hasLookups()).isFalse();
    }

    @Test
    void shouldSweepInSlicesAndOnlyOnceMoreHoweverOftenItIsAsked()
    {
        watch(SERVER, OTHER, GATEWAY);
        answerLookups(IpAddress.NONE, ETHERNET);
        tracker.sweep();
        final List<WatchedServer> first = takeLookups(2);
        tracker.sweep();
        tracker.sweep();
        final List<WatchedServer> rest = takeLookups(10);
        assertThat(first).hasSize(2);
        assertThat(rest).hasSize(3).doesNotHaveDuplicates();
        assertThat(tracker.hasLookups()).isFalse();
    }

    @Test
    void shouldTakeTheSmallerOfRouteAndLinkMtu()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, ETHERNET);
        neighbour(SERVER, true);
        link(ETHERNET, true, true, 9000);
        tracker.sweep();
        takeLookups(1).forEach(server -> tracker.onRoute(server, route(IpAddress.NONE, ETHERNET, 1300), nowNs));
        assertThat(listener.reports).extracting(Adjacency::mtuBytes).containsExactly(1500, 9000, 1300);
    }

    @Test
    void shouldKeepWhatItHasReportedThroughADumpThatConfirmsIt()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, ETHERNET);
        neighbour(SERVER, true);
        tracker.onDumpBegin();
        link(ETHERNET, true, true, 1500);
        neighbour(SERVER, true);
        tracker.onDumpEnd(nowNs);
        assertThat(listener.reports).hasSize(1);
        tracker.onDumpBegin();
        link(ETHERNET, true, true, 1500);
        tracker.onDumpEnd(nowNs);
        assertThat(listener.reports).hasSize(2).last().isEqualTo(new Adjacency(SERVER, 0, 0, 0));
    }

    @Test
    void shouldLoseAServerWithoutRoute()
    {
        watch(SERVER);
        answerLookups(IpAddress.NONE, ETHERNET);
        neighbour(SERVER, true);
        tracker.onRouteChange(AddressRange.ofPrefix(SERVER, 32));
        takeLookups(1).forEach(server -> tracker.onNoRoute(server, Obstacle.NO_ROUTE));
        assertThat(listener.isResolved("10.1.0.1")).isFalse();
        nowNs += AdjacencyTracker.CONFIRM_INTERVAL_NS;
        assertThat(resolutions()).isEmpty();
    }

    @Test
    void shouldAskForAllRoutesNowAndThen()
    {
        watch(SERVER, OTHER);
        answerLookups(GATEWAY, ETHERNET);
        nowNs += AdjacencyTracker.SWEEP_INTERVAL_NS;
        assertThat(tracker.nextDueNs()).isLessThanOrEqualTo(nowNs);
        assertThat(takeLookups(10)).hasSize(2);
    }

    private void watch(final IpAddress... servers)
    {
        tracker.watch(Set.of(servers), nowNs);
    }

    private void link(final int index, final boolean isUp, final boolean isEthernet, final int mtuBytes)
    {
        tracker.onLink(new RtnetlinkMessage.Link(0, false, index, "if" + index, isUp, isEthernet, mtuBytes));
    }

    private void neighbour(final IpAddress address, final boolean isResolved)
    {
        neighbour(ETHERNET, address, isResolved);
    }

    private void neighbour(final int index, final IpAddress address, final boolean isResolved)
    {
        tracker.onNeighbour(
            new RtnetlinkMessage.Neighbour(0, false, index, address, isResolved, isResolved ? MAC : 0), nowNs);
    }

    private void answerLookups(final IpAddress gateway, final int index)
    {
        takeLookups(100).forEach(server -> tracker.onRoute(server, route(gateway, index, 0), nowNs));
    }

    private static RtnetlinkMessage.Route route(final IpAddress gateway, final int index, final int mtuBytes)
    {
        final AddressRange any = AddressRange.ofPrefix(IpAddress.NONE, 0);
        return new RtnetlinkMessage.Route(1, false, any, Rtnetlink.RTN_UNICAST, index, gateway, mtuBytes);
    }

    private List<WatchedServer> takeLookups(final int limit)
    {
        final List<WatchedServer> taken = new ArrayList<>();
        tracker.takeLookups(taken, limit, nowNs);
        return taken;
    }

    private List<NextHopKey> resolutions()
    {
        final List<NextHopKey> taken = new ArrayList<>();
        tracker.takeResolutions(taken, 100, nowNs);
        return taken;
    }
}
