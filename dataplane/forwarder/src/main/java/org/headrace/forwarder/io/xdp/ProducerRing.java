package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_BYTES;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_LENGTH;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_OPTIONS;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_RING_NEED_WAKEUP;

import org.headrace.forwarder.linux.NativeMemory;

import java.lang.invoke.VarHandle;

/**
 * Our end of a ring that we fill and the kernel empties: fill ring (addresses) or transmit ring (descriptors).
 *
 * <p><b>Assumptions and guarantees.</b> One thread writes. Entries are plain stores; {@link #publish} is a release
 * store, so that the kernel sees them whole. The ring does not check for room: its user counts what the kernel has
 * ({@link QueuePort}), and so never has to look at the kernel's index on the way.
 */
final class ProducerRing
{
    private final RingPlaces places;
    private final long entries;
    private final int mask;
    private int next;

    /** @param places of a ring that is empty. */
    ProducerRing(final RingPlaces places)
    {
        this.places = places;
        entries = places.entries();
        mask = places.size() - 1;
        next = NativeMemory.getIntAcquire(places.producer());
    }

    RingPlaces places()
    {
        return places;
    }

    int size()
    {
        return mask + 1;
    }

    /** @param address in the shared memory. */
    void putAddress(final long address)
    {
        NativeMemory.putLong(entries + ((long)(next++ & mask) << 3), address);
    }

    /** @param address in the shared memory. @param lengthBytes of the packet's part there. @param options of it. */
    void putDescriptor(final long address, final int lengthBytes, final int options)
    {
        final long entry = entries + (long)(next++ & mask) * DESC_BYTES;
        NativeMemory.putLong(entry, address);
        NativeMemory.putInt(entry + DESC_LENGTH, lengthBytes);
        NativeMemory.putInt(entry + DESC_OPTIONS, options);
    }

    /** Shows the kernel what was put. */
    void publish()
    {
        NativeMemory.putIntRelease(places.producer(), next);
    }

    /** Takes the last entries back. @param count of them; the kernel must not have looked at the ring since. */
    void retract(final int count)
    {
        next -= count;
        publish();
    }

    /**
     * @return true if the kernel wants to be called for what was published.
     */
    boolean isWakeupNeeded()
    {
        // Without the fence the load may overtake the store of the index: the kernel would see neither entry nor call.
        VarHandle.fullFence();
        return (NativeMemory.getInt(places.flags()) & XDP_RING_NEED_WAKEUP) != 0;
    }

    /**
     * @return the kernel's index: how many entries it has taken since the ring was made, modulo 2^32.
     */
    int consumedAcquire()
    {
        return NativeMemory.getIntAcquire(places.consumer());
    }

    /**
     * @return true if the kernel has taken everything.
     */
    boolean isDrained()
    {
        return consumedAcquire() == next;
    }
}
