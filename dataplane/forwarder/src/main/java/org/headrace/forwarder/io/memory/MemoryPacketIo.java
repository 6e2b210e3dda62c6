package org.headrace.forwarder.io.memory;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.protocol.counters.DropReason;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.LockSupport;

/**
 * A network in memory: frames are offered as byte arrays, and what was transmitted is taken out as such.
 *
 * <p>A frame lies in one slot from {@link #offer} until {@link #takeTransmitted} (or until it is dropped), so a driver
 * whose frames nobody takes out runs out of slots and counts overruns, as a network card does.
 *
 * <p>Used by one thread. Only offering and taking allocate.
 */
public final class MemoryPacketIo implements PacketIo
{
    /** Longest frame: 64 KiB of IP packet and an Ethernet header. */
    public static final int MAX_FRAME_BYTES = 65_535 + 14;

    private static final int SLOT_BYTES = 68 << 10;
    private static final int ACCEPTED = 0;

    /** A frame as it left. */
    public record Frame(byte[] bytes, int flags)
    {
    }

    /** Kept so that the memory lives as long as this object. */
    private final MemorySegment memory;
    private final long[] address;
    private final int[] length;
    private final int[] ingress;
    private final int[] flags;
    private final SlotQueue free;
    private final SlotQueue received;
    private final SlotQueue passed;
    private final SlotQueue[] transmitted;
    private final int[] refusal;
    private long overruns;

    /**
     * @param interfaces number of them, at least 1.
     * @param slots      frames that the driver can hold, at least 1; each takes 68 KiB.
     */
    public MemoryPacketIo(final int interfaces, final int slots)
    {
        memory = Arena.ofAuto().allocate((long)slots * SLOT_BYTES, Long.BYTES * 8L);
        address = new long[slots];
        length = new int[slots];
        ingress = new int[slots];
        flags = new int[slots];
        free = new SlotQueue(slots);
        received = new SlotQueue(slots);
        passed = new SlotQueue(slots);
        transmitted = new SlotQueue[interfaces];
        refusal = new int[interfaces];
        for (int i = 0; i < interfaces; i++)
        {
            transmitted[i] = new SlotQueue(slots);
        }
        for (int slot = 0; slot < slots; slot++)
        {
            free.add(slot);
        }
    }

    /**
     * Lets a frame arrive.
     *
     * @param place      interface that it arrives at.
     * @param frame      from the destination MAC on, at most {@link #MAX_FRAME_BYTES}; copied.
     * @param frameFlags {@link PacketBatch#PARTIAL_CHECKSUM}, {@link PacketBatch#SUPER_PACKET}.
     * @return false if no slot was free: an overrun.
     */
    public boolean offer(final int place, final byte[] frame, final int frameFlags)
    {
        if (frame.length > MAX_FRAME_BYTES)
        {
            throw new IllegalArgumentException(
                "frameLength=" + frame.length + " > MAX_FRAME_BYTES=" + MAX_FRAME_BYTES);
        }
        if (free.isEmpty())
        {
            overruns++;
            return false;
        }
        final int slot = free.poll();
        final long offset = (long)slot * SLOT_BYTES + HEADROOM_BYTES;
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, offset, frame.length);
        address[slot] = memory.address() + offset;
        length[slot] = frame.length;
        ingress[slot] = place;
        flags[slot] = frameFlags;
        received.add(slot);
        return true;
    }

    /**
     * @param egress interface.
     * @return the oldest frame transmitted there and not yet taken, or null.
     */
    public Frame takeTransmitted(final int egress)
    {
        return take(transmitted[egress]);
    }

    /**
     * @return the oldest frame handed to the kernel and not yet taken, or null.
     */
    public Frame takePassed()
    {
        return take(passed);
    }

    /**
     * Makes an interface refuse frames.
     *
     * @param egress interface.
     * @param reason that the frames are then dropped for, or null to accept frames again.
     */
    public void refuse(final int egress, final DropReason reason)
    {
        refusal[egress] = reason == null ? ACCEPTED : Verdict.drop(reason);
    }

    private Frame take(final SlotQueue queue)
    {
        if (queue.isEmpty())
        {
            return null;
        }
        final int slot = queue.poll();
        final long offset = address[slot] - memory.address();
        final byte[] bytes = memory.asSlice(offset, length[slot]).toArray(ValueLayout.JAVA_BYTE);
        final Frame frame = new Frame(bytes, flags[slot]);
        free.add(slot);
        return frame;
    }

    @Override
    public int receive(final PacketBatch batch)
    {
        int size = 0;
        while (size < PacketBatch.CAPACITY && !received.isEmpty())
        {
            final int slot = received.poll();
            batch.address(size, address[slot]);
            batch.length(size, length[slot]);
            batch.ingress(size, ingress[slot]);
            batch.flags(size, flags[slot]);
            batch.cookie(size, slot);
            size++;
        }
        batch.size = size;
        return size;
    }

    @Override
    public void transmit(final PacketBatch batch)
    {
        for (int i = 0; i < batch.size; i++)
        {
            final int slot = (int)batch.cookie(i);
            address[slot] = batch.address(i);
            length[slot] = batch.length(i);
            flags[slot] = batch.flags(i);
            batch.verdict(i, transmit(slot, batch.verdict(i), batch.egress(i)));
        }
    }

    private int transmit(final int slot, final int verdict, final int egress)
    {
        if (verdict == Verdict.PASS)
        {
            passed.add(slot);
            return verdict;
        }
        if (Verdict.isDrop(verdict))
        {
            free.add(slot);
            return verdict;
        }
        final boolean isKnown = egress >= 0 && egress < transmitted.length;
        final int refused = isKnown ? refusal[egress] : Verdict.drop(DropReason.TX_ERROR);
        if (refused != ACCEPTED)
        {
            free.add(slot);
            return refused;
        }
        transmitted[egress].add(slot);
        return verdict;
    }

    @Override
    public boolean claim(final PacketBatch batch)
    {
        if (free.isEmpty() || batch.size == PacketBatch.CAPACITY)
        {
            return false;
        }
        final int slot = free.poll();
        final int place = batch.size++;
        batch.address(place, memory.address() + (long)slot * SLOT_BYTES + HEADROOM_BYTES);
        batch.length(place, 0);
        batch.flags(place, 0);
        batch.cookie(place, slot);
        return true;
    }

    /** {@inheritDoc} Returns at once if there is a frame, because only the calling thread could offer another. */
    @Override
    public void await(final long timeoutNs)
    {
        if (received.isEmpty())
        {
            LockSupport.parkNanos(timeoutNs);
        }
    }

    @Override
    public long overruns()
    {
        return overruns;
    }

    /** {@inheritDoc} The memory goes with this object. */
    @Override
    public void close()
    {
        // Nothing to give back.
    }
}
