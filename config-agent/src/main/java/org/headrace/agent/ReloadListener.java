package org.headrace.agent;

/** Receives the outcome of a reload, exactly once. */
@FunctionalInterface
public interface ReloadListener
{
    /**
     * @param outcome what became of it.
     */
    void onReload(ReloadOutcome outcome);
}
