package org.headrace.perf.peers;

import org.headrace.perf.lab.HeadraceInstance;

import java.util.Optional;

/** A peer that forwards; closing it leaves the middle as it was. */
interface RunningPeer extends AutoCloseable
{
    /** @return where its clients go. */
    Target target();

    /** @return the instance, if it is a Headrace. */
    default Optional<HeadraceInstance> headrace()
    {
        return Optional.empty();
    }

    @Override
    void close();
}
