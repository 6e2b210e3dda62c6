package org.headrace.perf.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who is put to what, in which order: one discipline after the other, and within each the peers in turn, again and
 * again, so that a disturbance of the machine does not hit one of them alone.
 */
final class PeersPlan
{
    static final String PACKETS = "packets";
    static final String FLOWS = "flows";
    static final String STREAMS = "streams";
    static final String WHOLE_PACKETS = "whole-packets";
    static final String LATENCY = "latency";
    static final String ALLOCATION = "allocation";
    static final String CHANGES = "changes";
    static final String START = "start";

    private static final int FEW_FLOWS = 1 << 10;
    private static final int MANY_FLOWS = 1 << 15;
    private static final int SOME_RUNS = 3;
    private static final int FEW_RUNS = 2;
    private static final int UNLIMITED = Integer.MAX_VALUE;

    /**
     * One peer's turn.
     *
     * @param discipline to be done.
     * @param peer       that does it.
     * @param run        from 1.
     */
    record Step(Discipline discipline, Peer peer, int run)
    {
        double seconds(final Pace pace)
        {
            return discipline.seconds(peer, pace);
        }
    }

    private final Pace pace;
    private final List<Discipline> disciplines;

    private PeersPlan(final Pace pace, final List<Discipline> disciplines)
    {
        this.pace = pace;
        this.disciplines = disciplines;
    }

    /**
     * @param pace    of the run.
     * @param peers   that may take part.
     * @param targets to be served; empty for all.
     * @return the plan.
     */
    static PeersPlan of(final Pace pace, final List<Peer> peers, final Set<String> targets)
    {
        final List<Discipline> disciplines = new ArrayList<>();
        for (final Discipline discipline : all(pace))
        {
            final List<Peer> present = discipline.peers().stream()
                .filter(peer -> peers.stream().anyMatch(other -> other.name().equals(peer.name()))).toList();
            if (!present.isEmpty() &&
                (targets.isEmpty() || targets.stream().anyMatch(discipline.targets()::contains)))
            {
                disciplines.add(new Discipline(discipline.id(), discipline.title(), discipline.targets(),
                    discipline.mostRuns(), discipline.setting(), present, discipline.works()));
            }
        }
        return new PeersPlan(pace, disciplines);
    }

    /** @return every peer, in the order of reports. */
    static List<Peer> allPeers()
    {
        return List.of(new HeadracePeer("io_uring"), new HeadracePeer("af_xdp"), KernelPeer.nftables(),
            KernelPeer.nftablesOnSenderCpu(), new HaproxyPeer(), new NginxPeer(), new TestpmdPeer(),
            KernelPeer.direct(), new WirePeer());
    }

    List<Discipline> disciplines()
    {
        return disciplines;
    }

    /** @return all turns, in the order of measuring. */
    List<Step> steps()
    {
        final List<Step> steps = new ArrayList<>();
        for (final Discipline discipline : disciplines)
        {
            for (int run = 1; run <= Math.min(pace.runs(), discipline.mostRuns()); run++)
            {
                for (final Peer peer : discipline.peers())
                {
                    steps.add(new Step(discipline, peer, run));
                }
            }
        }
        return steps;
    }

    /** The last three are about Headrace alone. */
    private static List<Discipline> all(final Pace pace)
    {
        final Peer uring = new HeadracePeer("io_uring");
        final Peer xdp = new HeadracePeer("af_xdp");
        final Peer nftables = KernelPeer.nftables();
        final Peer direct = KernelPeer.direct();
        final Peer testpmd = new TestpmdPeer();
        final List<Peer> ours = List.of(uring, xdp);
        final int some = pace.isQuick() ? 1 : SOME_RUNS;
        final int few = pace.isQuick() ? 1 : FEW_RUNS;
        return List.of(
            new Discipline(PACKETS, "Packets per second: 64-byte UDP, 1 024 flows, one server", Set.of("P4"), UNLIMITED,
                Setting.PACKETS, List.of(testpmd, uring, xdp, nftables, direct),
                List.of(new PacketWork(FEW_FLOWS, true))),
            new Discipline(FLOWS, "Packets per second: 64-byte UDP, 32 768 flows, three servers", Set.of("P5"),
                UNLIMITED, Setting.PACKETS, List.of(uring, xdp, nftables, KernelPeer.nftablesOnSenderCpu()),
                List.of(new PacketWork(MANY_FLOWS, false))),
            new Discipline(STREAMS, "TCP over links that take super-packets", Set.of("P6", "P7", "P8"), UNLIMITED,
                Setting.OFFLOADS, List.of(uring, nftables, new HaproxyPeer(), new NginxPeer(), direct),
                List.of(HttpWork.connections(true), HttpWork.connections(false), HttpWork.requests(true),
                    HttpWork.requests(false), new BulkWork())),
            new Discipline(WHOLE_PACKETS, "TCP over links that take whole packets only", Set.of("P6", "P7", "P8"),
                some, Setting.NO_OFFLOADS, List.of(xdp, uring, nftables, testpmd, direct),
                List.of(HttpWork.connections(true), HttpWork.requests(true), new BulkWork())),
            new Discipline(LATENCY, "Latency at half load: HTTP at the same fixed rate for all", Set.of("P9"), some,
                Setting.NO_OFFLOADS, List.of(uring, xdp, nftables, direct, new WirePeer()),
                List.of(new LatencyWork())),
            new Discipline(ALLOCATION, "What the worker puts on the heap", Set.of("P10"), 1, Setting.PACKETS, ours,
                List.of(new AllocationWork())),
            new Discipline(CHANGES, "Changes while packets are forwarded", Set.of("P11", "P12"),
                some, Setting.MIXED, pace.isQuick() ? List.of(uring) : ours,
                List.of(new WeightWork(), new GenerationWork())),
            new Discipline(START, "Starts and kills", Set.of("P14"), few, Setting.NO_OFFLOADS,
                pace.isQuick() ? List.of(uring) : ours, List.of(new StartWork())));
    }
}
