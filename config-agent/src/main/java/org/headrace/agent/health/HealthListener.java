package org.headrace.agent.health;

/** Is told when a server goes up or down. */
@FunctionalInterface
public interface HealthListener
{
    /**
     * @param target that was checked.
     * @param isUp   what it is from now on.
     * @param reason of the change, for people.
     */
    void onHealth(HealthTarget target, boolean isUp, String reason);
}
