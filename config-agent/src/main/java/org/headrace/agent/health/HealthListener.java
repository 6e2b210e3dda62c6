package org.headrace.agent.health;

<<<<<<< HEAD
/** Is told how servers do. */
public interface HealthListener
{
    /**
     * A server came up or went down. A server that was never up is reported as down once, after its first failure.
     *
     * @param target that was probed.
     * @param isUp   whether it may take connections.
     * @param reason in words, for example {@code connect refused}.
=======
/** Is told when a server goes up or down. */
@FunctionalInterface
public interface HealthListener
{
    /**
     * @param target that was checked.
     * @param isUp   what it is from now on.
     * @param reason of the change, for people.
>>>>>>> agent
     */
    void onHealth(HealthTarget target, boolean isUp, String reason);
}
