package org.headrace.protocol.counters;

/** Whether a service or server slot of the counters file is in use. */
public enum SlotState
{
    /** Nothing here. */
    FREE,
    /** Part of the generation in force. */
    IN_FORCE,
    /** Removed from the configuration, but connections still use it. */
    RETAINED;

    private static final SlotState[] VALUES = values();

    static SlotState get(final int ordinal)
    {
        return VALUES[ordinal];
    }
}
