package org.headrace.agent.health;

/**
 * Rise and fall with hysteresis.
 *
 * <pre>
 *   NEW --failure--> NEVER_UP        UP --unhealthyThreshold failures in a row--> DOWN
 *    |                  |            ^                                             |
 *    +-----success------+---success--+-----healthyThreshold successes in a row-----+
 * </pre>
 */
final class HealthState
{
    /** What is known about the server. */
    enum State
    {
        NEW, NEVER_UP, UP, DOWN
    }

    private final int healthyThreshold;
    private final int unhealthyThreshold;
    private State state = State.NEW;
    /** Results in a row that speak against the state. */
    private int contrary;

    HealthState(final int healthyThreshold, final int unhealthyThreshold)
    {
        this.healthyThreshold = healthyThreshold;
        this.unhealthyThreshold = unhealthyThreshold;
    }

    boolean isUp()
    {
        return state == State.UP;
    }

    /**
     * @param isSuccess outcome of a probe.
     * @return true if the state changed.
     */
    boolean onResult(final boolean isSuccess)
    {
        final State next = switch (state)
        {
            case NEW -> isSuccess ? State.UP : State.NEVER_UP;
            case NEVER_UP -> isSuccess ? State.UP : State.NEVER_UP;
            case UP -> !isSuccess && ++contrary >= unhealthyThreshold ? State.DOWN : State.UP;
            case DOWN -> isSuccess && ++contrary >= healthyThreshold ? State.UP : State.DOWN;
        };
        final boolean isChanged = next != state;
        state = next;
        if (isChanged || isSuccess == isUp())
        {
            contrary = 0;
        }
        return isChanged;
    }
}
