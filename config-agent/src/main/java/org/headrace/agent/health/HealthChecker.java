package org.headrace.agent.health;

import java.util.Set;

/** Probes servers and reports when their health changes. Callbacks come on the implementation's own thread. */
public interface HealthChecker extends AutoCloseable
{
    /**
     * Begins to work; called once, before {@link #targets}.
     *
     * @param listener of all changes; called by one thread only.
     */
    void start(HealthListener listener);

    /**
     * Names the servers to probe; however many services use one, it is probed once per distinct setting.
     *
     * @param targets replace the former set; a target kept keeps its state.
     */
    void targets(Set<HealthTarget> targets);

    @Override
    void close();
}
