package org.headrace.perf.peers;

import java.util.List;
import java.util.Set;

/**
 * Works that the same peers do under the same setting of the laboratory.
 *
 * @param id      first part of its figures' names.
 * @param title   for people.
 * @param targets numbers of the targets that it serves: {@code P4}.
 * @param mostRuns turns of a peer at most; some take long and vary little.
 * @param setting of the laboratory.
 * @param peers   who takes part, in turn.
 * @param works   what they do, in this order.
 */
record Discipline(
    String id,
    String title,
    Set<String> targets,
    int mostRuns,
    Setting setting,
    List<Peer> peers,
    List<Work> works)
{
    /** @param peer that takes part. @param pace of the run. @return seconds for one turn. */
    double seconds(final Peer peer, final Pace pace)
    {
        return peer.startSeconds() + works.stream().mapToDouble(work -> work.seconds(pace)).sum();
    }
}
