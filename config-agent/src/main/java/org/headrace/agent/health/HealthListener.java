package org.headrace.agent.health;

/** Is told how servers do. */
public interface HealthListener
{
    /**
     * A server came up or went down. A server that was never up is reported as down once, after its first failure.
     *
     * @param target that was probed.
     * @param isUp   whether it may take connections.
     * @param reason in words, for example {@code connect refused}.
     */
    void onHealth(HealthTarget target, boolean isUp, String reason);
}
