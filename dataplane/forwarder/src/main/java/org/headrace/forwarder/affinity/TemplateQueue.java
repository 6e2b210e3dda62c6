package org.headrace.forwarder.affinity;

import org.agrona.BufferUtil;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.util.function.IntPredicate;

/**
 * Tells the conductor which templates have changed: places in the table, so that a template that changes often is
 * read as it is when its turn comes.
 *
 * <p><b>Assumptions and guarantees.</b> Any worker offers, the conductor drains and switches on and off. Nobody waits:
 * an offer to a full queue is lost, and the sweep over the table finds what was lost. Off-heap, made at start.
 */
public final class TemplateQueue
{
    private static final int CAPACITY_BYTES = 1 << 20;
    private static final int ALIGNMENT = 64;
    private static final int CHANGED = 1;

    private final ManyToOneRingBuffer ring = new ManyToOneRingBuffer(new UnsafeBuffer(
        BufferUtil.allocateDirectAligned(CAPACITY_BYTES + RingBufferDescriptor.TRAILER_LENGTH, ALIGNMENT)));
    private volatile boolean isOn;

    /** @return whether anybody wants to know of changes. */
    public boolean isOn()
    {
        return isOn;
    }

    /** @param isWanted whether anybody wants to know of changes; conductor only. */
    public void switchOn(final boolean isWanted)
    {
        isOn = isWanted;
    }

    /**
     * @param index place of a template that has changed.
     * @return false if the queue is full.
     */
    public boolean offer(final int index)
    {
        final int claimed = ring.tryClaim(CHANGED, Integer.BYTES);
        if (claimed < 0)
        {
            return false;
        }
        ring.buffer().putInt(claimed, index);
        ring.commit(claimed);
        return true;
    }

    /**
     * Takes places out; conductor only.
     *
     * @param consumer takes one, or returns false to find it again at the next call.
     * @param limit    most places.
     * @return number of places looked at.
     */
    public int drain(final IntPredicate consumer, final int limit)
    {
        return ring.controlledRead((type, buffer, offset, length) ->
            consumer.test(buffer.getInt(offset)) ?
                ControlledMessageHandler.Action.COMMIT : ControlledMessageHandler.Action.ABORT, limit);
    }
}
