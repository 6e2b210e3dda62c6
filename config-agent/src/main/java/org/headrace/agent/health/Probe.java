package org.headrace.agent.health;

import java.util.function.Consumer;

/** One way to find out whether a server is alive. */
interface Probe
{
    /**
     * Starts a probe without waiting for it.
     *
     * @param target to be probed.
     * @param done   receives the result once, on the calling thread, within this call or later.
     */
    void start(HealthTarget target, Consumer<ProbeResult> done);
}
