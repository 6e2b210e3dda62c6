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

    /** The file may be anybody's: what is no state is nothing. */
    static SlotState get(final int ordinal)
    {
        return ordinal > 0 && ordinal < VALUES.length ? VALUES[ordinal] : FREE;
    }
}
