package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_BYTES;

import org.headrace.forwarder.linux.NativeMemory;

/**
 * Our end of a ring that the kernel fills and we empty: receive ring (descriptors) or completion ring (addresses).
 *
 * <p><b>Assumptions and guarantees.</b> One thread reads. {@link #available} is the one acquire load of a batch,
 * {@link #release} its one release store; entries are plain loads between them.
 */
final class ConsumerRing
{
    private final RingPlaces places;
    private final long entries;
    private final int mask;
    private int next;

    /** @param places of a ring that is empty. */
    ConsumerRing(final RingPlaces places)
    {
        this.places = places;
        entries = places.entries();
        mask = places.size() - 1;
        next = NativeMemory.getIntAcquire(places.consumer());
    }

    RingPlaces places()
    {
        return places;
    }

    /**
     * @return entries that may be taken.
     */
    int available()
    {
        return NativeMemory.getIntAcquire(places.producer()) - next;
    }

    /**
     * @return the next entry of a ring of addresses.
     */
    long takeAddress()
    {
        return NativeMemory.getLong(entries + ((long)(next++ & mask) << 3));
    }

    /**
     * @return where the next entry of a ring of descriptors is; it stays there until {@link #release}.
     */
    long takeDescriptor()
    {
        return entries + (long)(next++ & mask) * DESC_BYTES;
    }

    /** Gives the kernel the room of all that was taken. */
    void release()
    {
        NativeMemory.putIntRelease(places.consumer(), next);
    }
}
