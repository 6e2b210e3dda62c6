package org.headrace.perf.peers;

import java.util.List;
import java.util.Map;

/**
 * A whole run: what a report needs to know beside the figures.
 *
 * @param command        that was given.
 * @param started        when, in UTC.
 * @param seconds        how long it took.
 * @param isFinished     false while it goes on, or if it was interrupted.
 * @param pace           of it.
 * @param machine        lines about machine, kernel, Java, load at the end: {@code NAME: VALUE}.
 * @param programs       versions of load generators and servers, by name.
 * @param loadBefore     load averages before it.
 * @param peers          every peer of the list that was asked for.
 * @param versions       of those that took part, by name.
 * @param missing        why others did not, by name.
 * @param configurations by name.
 * @param disciplines    that were done.
 */
record Run(
    String command,
    String started,
    long seconds,
    boolean isFinished,
    Pace pace,
    List<String> machine,
    Map<String, String> programs,
    List<String> loadBefore,
    List<Peer> peers,
    Map<String, String> versions,
    Map<String, String> missing,
    Map<String, String> configurations,
    List<Discipline> disciplines)
{
    /** @param peer by name. @return its title. */
    static String title(final String peer)
    {
        return PeersPlan.allPeers().stream().filter(other -> other.name().equals(peer)).map(Peer::title).findFirst()
            .orElse(peer);
    }

    /** @param peer by name. @return its colour in plots, the same in each. */
    static int colour(final String peer)
    {
        return PeersPlan.allPeers().stream().map(Peer::name).toList().indexOf(peer);
    }
}
