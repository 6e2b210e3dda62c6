package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.linux.NativeMemory;

/**
 * Packets on their way from one worker to the one that owns their connections, copied into slots of the ring's own.
 *
 * <pre>
 *     0  producer index u32, written by the giving worker      slot: length u32 | place u32 | parts left u32 | -
 *   128  consumer index u32, written by the owner                    16: bytes of the packet
 *   256  slots
 * </pre>
 *
 * <p>A packet longer than a slot takes several in a row, all of which become visible at once.
 *
 * <p><b>Assumptions and guarantees.</b> One thread gives, one takes. What was written before {@link #publish} is seen
 * after {@link #available}; the room of what was taken is seen free after {@link #release}. Each side keeps a copy of
 * the other's index and looks at it only when the copy says full or empty. The two indexes are on lines of their own,
 * two apart, because processors fetch lines in pairs. Neither side waits.
 */
final class HandoffRing
{
    private static final int CONSUMER = 128;
    private static final int SLOTS = 256;
    private static final int PLACE = 4;
    private static final int PARTS_LEFT = 8;
    private static final int DATA = 16;

    private final long memory;
    private final int slotBytes;
    private final int mask;
    private final Giver giver = new Giver();
    private final Owner owner = new Owner();

    /** What only the giving worker touches; an object of its own, away from the owner's. */
    private static final class Giver
    {
        private int next;
        private int published;
        private int consumed;
    }

    /** What only the owning worker touches. */
    private static final class Owner
    {
        private int next;
        private int produced;
    }

    /**
     * @param slots     a power of two.
     * @param slotBytes size of one, a multiple of 64.
     */
    HandoffRing(final int slots, final int slotBytes)
    {
        this.slotBytes = slotBytes;
        mask = slots - 1;
        memory = NativeMemory.allocate(SLOTS + (long)slots * slotBytes, CONSUMER);
    }

    private long slot(final int index)
    {
        return memory + SLOTS + (long)(index & mask) * slotBytes;
    }

    /**
     * Giving worker: copies a packet.
     *
     * @param address of its first byte.
     * @param length  in bytes, above 0.
     * @param place   of the interface that it came from.
     * @return false if there is no room; nothing has changed then.
     */
    boolean offer(final long address, final int length, final int place)
    {
        final int capacity = slotBytes - DATA;
        final int parts = (length + capacity - 1) / capacity;
        if (!hasRoom(parts))
        {
            return false;
        }
        int rest = length;
        long from = address;
        for (int left = parts - 1; left >= 0; left--)
        {
            final long slot = slot(giver.next++);
            final int bytes = Math.min(rest, capacity);
            NativeMemory.putInt(slot, bytes);
            NativeMemory.putInt(slot + PLACE, place);
            NativeMemory.putInt(slot + PARTS_LEFT, left);
            NativeMemory.copy(from, slot + DATA, bytes);
            from += bytes;
            rest -= bytes;
        }
        return true;
    }

    private boolean hasRoom(final int slots)
    {
        if (giver.next + slots - giver.consumed > mask + 1)
        {
            giver.consumed = NativeMemory.getIntAcquire(memory + CONSUMER);
        }
        return giver.next + slots - giver.consumed <= mask + 1;
    }

    /** Giving worker: shows the owner what was offered. @return false if there was nothing new. */
    boolean publish()
    {
        if (giver.next == giver.published)
        {
            return false;
        }
        giver.published = giver.next;
        NativeMemory.putIntRelease(memory, giver.next);
        return true;
    }

    /**
     * Owner: looks for packets.
     *
     * @return slots that may be taken: whole packets.
     */
    int available()
    {
        if (owner.produced == owner.next)
        {
            owner.produced = NativeMemory.getIntAcquire(memory);
        }
        return owner.produced - owner.next;
    }

    /** @return address of the bytes in the slot to take next. */
    long address()
    {
        return slot(owner.next) + DATA;
    }

    /** @return bytes in the slot to take next. */
    int length()
    {
        return NativeMemory.getInt(slot(owner.next));
    }

    /** @return interface that the packet in the slot to take next came from. */
    int place()
    {
        return NativeMemory.getInt(slot(owner.next) + PLACE);
    }

    /** @return slots after the one to take next in which its packet goes on. */
    int partsLeft()
    {
        return NativeMemory.getInt(slot(owner.next) + PARTS_LEFT);
    }

    /** Owner: goes on to the next slot. */
    void advance()
    {
        owner.next++;
    }

    /** Owner: gives the room of all that was taken back. */
    void release()
    {
        NativeMemory.putIntRelease(memory + CONSUMER, owner.next);
    }
}
