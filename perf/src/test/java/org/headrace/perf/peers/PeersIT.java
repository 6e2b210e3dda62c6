package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.system.NeedsLab;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Set;

/** Every peer carries something where it is put, and leaves the middle free for the next one. */
@NeedsLab
class PeersIT
{
    private static final Pace PACE = new Pace(true, 1, 1, 1, 200);

    private static Lab lab;

    @BeforeAll
    static void lay()
    {
        lab = Lab.create();
    }

    @AfterAll
    static void remove()
    {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "af_xdp", "nftables", "haproxy", "nginx", "testpmd", "direct", "no-hop"})
    void shouldCarryRequests(final String name)
    {
        final Peer peer = PeersPlan.allPeers().stream().filter(other -> other.name().equals(name)).findFirst()
            .orElseThrow();
        assumeThat(peer.missing()).as("why %s is missing", name).isEmpty();
        final Discipline discipline = new Discipline("requests", "requests", Set.of(), 1, Setting.NO_OFFLOADS,
            List.of(peer), List.of(HttpWork.requests(true)));
        discipline.setting().apply(lab);
        final Results results = new Results();

        try (Turn turn = new Turn(lab, discipline, peer, PACE, results, _ -> { }))
        {
            discipline.works().getFirst().measure(turn);
        }

        assertThat(results.spread("requests/keep-1", name).orElseThrow().most()).isPositive();
        assertThat(results.samples("requests/keep-1").get(name).getFirst().notes())
            .noneMatch(note -> note.contains("requests failed"));
    }
}
