package org.headrace.protocol;

import org.agrona.DirectBuffer;

/** Where a proxy puts its encoded messages; {@code publication::offer} is one. */
@FunctionalInterface
public interface ControlOutput
{
    /**
     * Takes a message or refuses it at once; never blocks.
     *
     * @param buffer holds the message.
     * @param offset of its first byte.
     * @param length of the message.
     * @return a position greater than 0, or a negative reason, as {@link io.aeron.Publication#offer} has it.
     */
    long offer(DirectBuffer buffer, int offset, int length);
}
