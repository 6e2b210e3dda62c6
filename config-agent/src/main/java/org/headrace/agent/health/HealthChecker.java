package org.headrace.agent.health;

import java.util.Set;

/** Checks servers. Callbacks come on the implementation's own thread. */
public interface HealthChecker extends AutoCloseable
{
    /**
     * Begins; there are no targets yet.
     *
     * @param listener of all changes; called by one thread only.
     */
    void start(HealthListener listener);

    /**
     * @param targets replace the former set; a target that is kept keeps its state.
     */
    void targets(Set<HealthTarget> targets);

    @Override
    void close();
}
