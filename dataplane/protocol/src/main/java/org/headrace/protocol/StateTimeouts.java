package org.headrace.protocol;

import java.util.EnumMap;
import java.util.Map;

/**
 * Idle timeouts that a service sets.
 *
 * @param byState milliseconds; a state that is not there has the data plane's default.
 */
public record StateTimeouts(Map<TimedState, Long> byState)
{
    /** A service that sets none. */
    public static final StateTimeouts DEFAULT = new StateTimeouts(Map.of());

    public StateTimeouts
    {
        byState = Map.copyOf(byState);
    }

    /** @param state of a connection. @return milliseconds, 0 for the default. */
    public long ms(final TimedState state)
    {
        return byState.getOrDefault(state, 0L);
    }

    /** @param state of a connection. @param ms milliseconds, 0 for the default. @return these with one changed. */
    public StateTimeouts with(final TimedState state, final long ms)
    {
        final Map<TimedState, Long> changed = new EnumMap<>(TimedState.class);
        changed.putAll(byState);
        if (ms == 0)
        {
            changed.remove(state);
        }
        else
        {
            changed.put(state, ms);
        }
        return new StateTimeouts(changed);
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder("timeouts");
        for (final TimedState state : TimedState.values())
        {
            if (byState.containsKey(state))
            {
                text.append(' ').append(state.key()).append('=').append(ms(state));
            }
        }
        return text.toString();
    }
}
