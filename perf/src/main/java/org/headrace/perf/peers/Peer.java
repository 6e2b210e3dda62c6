package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;

import java.util.Optional;

/** Something that can stand in the middle of the laboratory. */
interface Peer
{
    /** @return short name, as {@code --peers} takes it. */
    String name();

    /** @return name for people. */
    String title();

    /** @return version of the program, one line; only of one that is not missing. */
    String version();

    /** @return why it cannot take part on this machine. */
    Optional<String> missing();

    /** @return what configures it, or the commands that do. */
    String configuration(Lab lab);

    /** @return seconds that it takes to start, for the plan. */
    double startSeconds();

    /** @param lab with nothing in the middle. @param setting that the laboratory has. @return the peer, forwarding. */
    RunningPeer start(Lab lab, Setting setting);
}
