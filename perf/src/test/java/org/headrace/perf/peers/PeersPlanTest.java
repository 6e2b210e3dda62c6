package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

class PeersPlanTest
{
    private static final double FIVE_MINUTES = 300;
    private static final double HALF_AN_HOUR = 1_900;

    @Test
    void shouldLetPeersTakeTurns()
    {
        final List<String> names = PeersPlan.of(Pace.full(3), PeersPlan.allPeers(), Set.of("P5")).steps().stream()
            .map(step -> step.peer().name() + step.run()).toList();

        assertThat(names).containsExactly("io_uring1", "af_xdp1", "nftables1", "nftables-same-cpu1", "io_uring2",
            "af_xdp2", "nftables2", "nftables-same-cpu2", "io_uring3", "af_xdp3", "nftables3", "nftables-same-cpu3");
    }

    @Test
    void shouldServeEveryTargetThatIsMeasuredHere()
    {
        final Set<String> targets = new HashSet<>();
        PeersPlan.of(Pace.quick(0), PeersPlan.allPeers(), Set.of()).disciplines()
            .forEach(discipline -> targets.addAll(discipline.targets()));

        assertThat(targets).containsExactlyInAnyOrder(
            "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P14");
    }

    @Test
    void shouldGiveEveryPeerATurn()
    {
        final Set<String> names = new HashSet<>();
        PeersPlan.of(Pace.quick(0), PeersPlan.allPeers(), Set.of()).steps()
            .forEach(step -> names.add(step.peer().name()));

        assertThat(names).containsExactlyInAnyOrderElementsOf(
            PeersPlan.allPeers().stream().map(Peer::name).toList());
    }

    @Test
    void shouldLeaveOutWhoIsNotThereAndWhatIsNotAskedFor()
    {
        final List<Peer> peers = PeersPlan.allPeers().stream()
            .filter(peer -> peer.name().equals("nftables") || peer.name().equals("haproxy")).toList();

        final PeersPlan plan = PeersPlan.of(Pace.quick(1), peers, Set.of("P7"));

        assertThat(plan.steps()).extracting(step -> step.discipline().id() + " " + step.peer().name())
            .containsExactly("streams nftables", "streams haproxy", "whole-packets nftables");
    }

    @Test
    void shouldPlanTheQuickRunBelowFiveMinutesAndTheFullOneBelowHalfAnHour()
    {
        assertThat(seconds(Pace.quick(0))).isLessThan(FIVE_MINUTES);
        assertThat(seconds(Pace.full(0))).isLessThan(HALF_AN_HOUR);
    }

    private static double seconds(final Pace pace)
    {
        return PeersPlan.of(pace, PeersPlan.allPeers(), Set.of()).steps().stream()
            .mapToDouble(step -> step.seconds(pace)).sum();
    }
}
