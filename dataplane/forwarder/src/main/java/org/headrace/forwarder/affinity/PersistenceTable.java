package org.headrace.forwarder.affinity;

import static org.headrace.forwarder.affinity.PersistenceTableDescriptor.*;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Templates of all services, shared by all workers of the process: (service, masked client address) → server, with an
 * expiry. It is shared because a prefix mask joins clients that the kernel spreads over different workers.
 *
 * <p><b>Assumptions and guarantees.</b> This is the one structure with several writers: any worker, and the conductor,
 * may call any method; each brings its own {@link Template}.
 * <ul>
 * <li>A reader takes no lock and writes nothing. It reads the control word (acquire), the entry, and the control word
 * again behind a load fence: the same version means that key and server belong together. A word that keeps changing
 * makes it give up after a few tries, as if nothing were there.
 * <li>A renewal is one compare-and-set of the control word, which holds the expiry. If the entry has changed hands, the
 * word has, and the renewal fails.
 * <li>Who changes anything else owns the bucket, by one compare-and-set of its owner word; so a key is there at most
 * once. An owner holds it for some ten stores. Who finds it held tries a bounded number of times and then goes without:
 * no thread ever waits for another, even one that the kernel has put aside.
 * <li>A process that dies leaves buckets owned and entries being written; {@link #repair()} makes them free and empty.
 * </ul>
 */
public final class PersistenceTable
{
    /** No such template. */
    public static final int NOT_FOUND = -1;

    private static final int READ_TRIES = 4;
    private static final int OWN_TRIES = 1_000;
    private static final int RENEW_TRIES = 4;
    /** Workers read their clocks at different moments: an expiry that lies back no more than this is not older. */
    private static final long RENEW_SLACK_TICKS = 16;
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    /** What became of a {@link #put}. */
    public enum Outcome
    {
        /** The template is new. */
        CREATED,
        /** It is new, and one that was nearest to its expiry had to give way. */
        EVICTED,
        /** It took the place of the stale one that was found before. */
        REPLACED,
        /** Another thread was faster: the template holds what that one put. */
        ADOPTED,
        /** The bucket was held too long: nothing was put. */
        BUSY
    }

    /** Keeps the memory alive as long as the table. */
    private final MemorySegment memory;
    private final long base;
    private final int buckets;
    private final long secret0;
    private final long secret1;
    private final long secret2;

    PersistenceTable(final MemorySegment memory)
    {
        this.memory = memory;
        this.base = memory.address();
        this.buckets = NativeMemory.getInt(base + BUCKETS_OFFSET);
        final long seed = NativeMemory.getLong(base + SEED_OFFSET);
        this.secret0 = splitMix(seed + MULTIPLIER);
        this.secret1 = splitMix(seed + 2 * MULTIPLIER);
        this.secret2 = splitMix(seed + 3 * MULTIPLIER);
    }

    /** @return most templates that fit; 0 as long as the table has no memory for any. */
    public int capacity()
    {
        return isReserved() ? buckets * BUCKET_ENTRIES : 0;
    }

    boolean isReserved()
    {
        return NativeMemory.getLongAcquire(base + RESERVED_OFFSET) == 1;
    }

    /** The buckets have their memory. */
    void reserved()
    {
        NativeMemory.putLongRelease(base + RESERVED_OFFSET, 1);
    }

    long address()
    {
        return base;
    }

    /** @return length of the table in bytes. */
    public long lengthBytes()
    {
        return memory.byteSize();
    }

    /**
     * Looks a template up by its key.
     *
     * @param template with its key set; holds the answer afterwards.
     * @param nowMs    monotonic milliseconds.
     * @return false if there is none, or only one that has expired.
     */
    public boolean find(final Template template, final long nowMs)
    {
        final long hash = hash(template);
        template.hash = hash;
        template.index = NOT_FOUND;
        template.control = 0;
        final int first = bucket(hash) * BUCKET_ENTRIES;
        int place = home(hash);
        for (int i = 0; i < BUCKET_ENTRIES; i++)
        {
            if (readIfKey(template, first + place))
            {
                return (template.control & EXPIRY_MASK) > tick(nowMs);
            }
            place = next(place);
        }
        return false;
    }

    /**
     * Gives a found template a new expiry, if that is a later one, or a much earlier one.
     *
     * @param template  that was found.
     * @param expiresMs monotonic milliseconds.
     */
    public void renew(final Template template, final long expiresMs)
    {
        final long expiry = tickCeiling(expiresMs);
        final long address = control(template.index);
        long word = template.control;
        for (int i = 0; i < RENEW_TRIES; i++)
        {
            final long current = word & EXPIRY_MASK;
            if (expiry <= current && current - expiry <= RENEW_SLACK_TICKS)
            {
                return;
            }
            final long renewed = word & ~EXPIRY_MASK | expiry;
            if (NativeMemory.compareAndSetLong(address, word, renewed))
            {
                template.control = renewed;
                return;
            }
            word = NativeMemory.getLongAcquire(address);
            if (((word ^ template.control) & ~EXPIRY_MASK) != 0)
            {
                return;
            }
        }
    }

    /**
     * Puts a template for a key that was looked up and not found, or found with a server that is of no use any more.
     *
     * @param template  as the look-up left it; holds what is in the table afterwards, unless BUSY.
     * @param server    slot.
     * @param identity  of the server.
     * @param expiresMs monotonic milliseconds.
     * @param nowMs     monotonic milliseconds.
     * @return what happened.
     */
    public Outcome put(
        final Template template, final int server, final long identity, final long expiresMs, final long nowMs)
    {
        final int bucket = bucket(template.hash);
        if (!own(bucket))
        {
            return Outcome.BUSY;
        }
        final int stale = template.index;
        final long staleControl = template.control;
        final int present = findInOwned(template, bucket, nowMs);
        final Outcome outcome;
        int place = present;
        if (present == NOT_FOUND)
        {
            place = victim(template, bucket, nowMs);
            outcome = isInUse(place, nowMs) ? Outcome.EVICTED : Outcome.CREATED;
        }
        else
        {
            final boolean isStale = present == stale && ((template.control ^ staleControl) & VERSION_MASK) == 0;
            outcome = isStale ? Outcome.REPLACED : Outcome.ADOPTED;
        }
        if (outcome != Outcome.ADOPTED)
        {
            write(template, place, server, identity, tickCeiling(expiresMs), 0);
        }
        release(bucket);
        return outcome;
    }

    /**
     * Puts a template that was stored elsewhere. What is in the table and in use is fresher, and stays; so does
     * everything that expires later than the restored one, if there is no room.
     *
     * @param template  with its key set.
     * @param server    slot.
     * @param identity  of the server.
     * @param expiresMs monotonic milliseconds.
     * @param nowMs     monotonic milliseconds.
     * @return true if the template is in the table now.
     */
    public boolean restore(
        final Template template, final int server, final long identity, final long expiresMs, final long nowMs)
    {
        template.hash = hash(template);
        final int bucket = bucket(template.hash);
        final long expiry = tickCeiling(expiresMs);
        if (expiry <= tick(nowMs) || !own(bucket))
        {
            return false;
        }
        boolean isPut = false;
        if (findInOwned(template, bucket, nowMs) == NOT_FOUND)
        {
            final int place = victim(template, bucket, nowMs);
            isPut = !isInUse(place, nowMs) ||
                (NativeMemory.getLongAcquire(control(place)) & EXPIRY_MASK) < expiry;
            if (isPut)
            {
                write(template, place, server, identity, expiry, expiry);
            }
        }
        release(bucket);
        return isPut;
    }

    /**
     * Reads whatever template is at a place.
     *
     * @param index    0 to {@link #capacity()} - 1.
     * @param template receives it.
     * @return false if there is none; true even if it has expired.
     */
    public boolean read(final int index, final Template template)
    {
        for (int i = 0; i < READ_TRIES; i++)
        {
            final long word = NativeMemory.getLongAcquire(control(index));
            if ((word & STATE_MASK) != LIVE)
            {
                return false;
            }
            if (copy(index, word, template))
            {
                return true;
            }
        }
        return false;
    }

    /**
     * Erases a template that has expired.
     *
     * @param index where it is.
     * @param nowMs monotonic milliseconds.
     * @return true if it was there and is gone.
     */
    public boolean eraseExpired(final int index, final long nowMs)
    {
        final int bucket = index / BUCKET_ENTRIES;
        if (!own(bucket))
        {
            return false;
        }
        final long word = NativeMemory.getLongAcquire(control(index));
        // A renewal may come in between, and then wins: compare and set.
        final boolean isErased = (word & STATE_MASK) == LIVE && (word & EXPIRY_MASK) <= tick(nowMs) &&
            NativeMemory.compareAndSetLong(control(index), word, nextVersion(word) | EMPTY);
        release(bucket);
        return isErased;
    }

    /**
     * Notes that the agent knows a template with the expiry that was read.
     *
     * @param template as {@link #read} or {@link #find} gave it.
     */
    public void told(final Template template)
    {
        final int bucket = template.index / BUCKET_ENTRIES;
        if (own(bucket))
        {
            final long word = NativeMemory.getLongAcquire(control(template.index));
            if (((word ^ template.control) & ~EXPIRY_MASK) == 0)
            {
                NativeMemory.putLongOpaque(entry(template.index) + TOLD_OFFSET, template.control & EXPIRY_MASK);
            }
            release(bucket);
        }
    }

    /** @return whether an agent has loaded back what it had stored. */
    public boolean isRestored()
    {
        return NativeMemory.getLongAcquire(base + RESTORED_OFFSET) == 1;
    }

    /** An agent has loaded back what it had stored. */
    public void restored()
    {
        NativeMemory.putLongRelease(base + RESTORED_OFFSET, 1);
    }

    /**
     * Makes the table of a process that died whole again: what was being written is empty. To be called before anybody
     * else uses the table.
     *
     * @param serviceSlots service slots that there are.
     * @param serverSlots  server slots that there are.
     * @param nowMs        monotonic milliseconds.
     * @return number of entries that were torn, or that no table would have written, and are empty now.
     */
    int repair(final int serviceSlots, final int serverSlots, final long nowMs)
    {
        final Template template = new Template();
        final long latest = tickCeiling(nowMs + Persistence.MAX_TIMEOUT_MS) + RENEW_SLACK_TICKS;
        int torn = 0;
        for (int bucket = 0; bucket < buckets; bucket++)
        {
            NativeMemory.putLong(address(bucket) + OWNER_OFFSET, 0);
            for (int i = 0; i < BUCKET_ENTRIES; i++)
            {
                final int index = bucket * BUCKET_ENTRIES + i;
                final long word = NativeMemory.getLong(control(index));
                final long state = word & STATE_MASK;
                final boolean isWhole = state == LIVE && isWhole(index, word, template) &&
                    template.service < serviceSlots && template.server < serverSlots &&
                    (word & EXPIRY_MASK) <= latest;
                if (state != EMPTY && !isWhole)
                {
                    NativeMemory.putLong(control(index), nextVersion(word) | EMPTY);
                    torn++;
                }
            }
        }
        return torn;
    }

    /** An entry in the wrong bucket, or with another tag than its key has, was not written by this table. */
    private boolean isWhole(final int index, final long word, final Template template)
    {
        copy(index, word, template);
        final long hash = hash(template);
        return template.server >= 0 && template.service >= 0 &&
            template.prefix >= 1 && template.prefix <= IpAddress.MAX_PREFIX &&
            bucket(hash) == index / BUCKET_ENTRIES && tag(hash) == (word & TAG_MASK);
    }

    private boolean readIfKey(final Template template, final int index)
    {
        final long tag = tag(template.hash);
        for (int i = 0; i < READ_TRIES; i++)
        {
            final long word = NativeMemory.getLongAcquire(control(index));
            if ((word & (STATE_MASK | TAG_MASK)) != (LIVE | tag))
            {
                return false;
            }
            final long entry = entry(index);
            final boolean isKey = isKey(entry, template);
            final int server = (int)NativeMemory.getLong(entry + SERVER_OFFSET);
            final long identity = NativeMemory.getLong(entry + IDENTITY_OFFSET);
            final long told = NativeMemory.getLongOpaque(entry + TOLD_OFFSET);
            // The entry was read before the word is read again, or the comparison proves nothing.
            VarHandle.loadLoadFence();
            final long after = NativeMemory.getLongOpaque(control(index));
            if (((word ^ after) & ~EXPIRY_MASK) == 0)
            {
                if (isKey)
                {
                    template.index = index;
                    template.control = after;
                    template.server = server;
                    template.identity = identity;
                    template.toldTick = told;
                }
                return isKey;
            }
        }
        return false;
    }

    private boolean copy(final int index, final long word, final Template template)
    {
        final long entry = entry(index);
        template.clientHigh = NativeMemory.getLong(entry + CLIENT_HIGH_OFFSET);
        template.clientLow = NativeMemory.getLong(entry + CLIENT_LOW_OFFSET);
        final long service = NativeMemory.getLong(entry + SERVICE_OFFSET);
        template.service = (int)service;
        template.prefix = (int)(service >>> Integer.SIZE);
        template.server = (int)NativeMemory.getLong(entry + SERVER_OFFSET);
        template.identity = NativeMemory.getLong(entry + IDENTITY_OFFSET);
        template.toldTick = NativeMemory.getLongOpaque(entry + TOLD_OFFSET);
        VarHandle.loadLoadFence();
        final long after = NativeMemory.getLongOpaque(control(index));
        template.index = index;
        template.control = after;
        return ((word ^ after) & ~EXPIRY_MASK) == 0;
    }

    /** In a bucket that this thread owns, nobody else writes: a key that is there is found. */
    private int findInOwned(final Template template, final int bucket, final long nowMs)
    {
        final long tag = tag(template.hash);
        int place = home(template.hash);
        for (int i = 0; i < BUCKET_ENTRIES; i++)
        {
            final int index = bucket * BUCKET_ENTRIES + place;
            place = next(place);
            final long word = NativeMemory.getLongAcquire(control(index));
            if ((word & (STATE_MASK | TAG_MASK)) == (LIVE | tag) && isKey(entry(index), template))
            {
                if ((word & EXPIRY_MASK) <= tick(nowMs))
                {
                    // Nobody counts on it any more; the new one takes its place.
                    NativeMemory.compareAndSetLong(control(index), word, nextVersion(word) | EMPTY);
                    return NOT_FOUND;
                }
                copy(index, word, template);
                return index;
            }
        }
        return NOT_FOUND;
    }

    /** The first place without a template in use, else the one that expires next. */
    private int victim(final Template template, final int bucket, final long nowMs)
    {
        int victim = bucket * BUCKET_ENTRIES;
        long earliest = Long.MAX_VALUE;
        int place = home(template.hash);
        for (int i = 0; i < BUCKET_ENTRIES; i++)
        {
            final int index = bucket * BUCKET_ENTRIES + place;
            place = next(place);
            if (!isInUse(index, nowMs))
            {
                return index;
            }
            final long expiry = NativeMemory.getLongAcquire(control(index)) & EXPIRY_MASK;
            if (expiry < earliest)
            {
                earliest = expiry;
                victim = index;
            }
        }
        return victim;
    }

    private boolean isInUse(final int index, final long nowMs)
    {
        final long word = NativeMemory.getLongAcquire(control(index));
        return (word & STATE_MASK) == LIVE && (word & EXPIRY_MASK) > tick(nowMs);
    }

    private void write(
        final Template template,
        final int index,
        final int server,
        final long identity,
        final long expiry,
        final long told)
    {
        final long address = control(index);
        final long version = nextVersion(NativeMemory.getLongAcquire(address));
        NativeMemory.putLongOpaque(address, WRITING | version);
        // Whoever sees one of the new values below sees, reading the word again, that it has changed.
        VarHandle.storeStoreFence();
        final long entry = entry(index);
        NativeMemory.putLong(entry + CLIENT_HIGH_OFFSET, template.clientHigh);
        NativeMemory.putLong(entry + CLIENT_LOW_OFFSET, template.clientLow);
        NativeMemory.putLong(entry + SERVICE_OFFSET, (long)template.prefix << Integer.SIZE | template.service);
        NativeMemory.putLong(entry + SERVER_OFFSET, server);
        NativeMemory.putLong(entry + IDENTITY_OFFSET, identity);
        NativeMemory.putLongOpaque(entry + TOLD_OFFSET, told);
        final long word = LIVE | version | tag(template.hash) | expiry;
        NativeMemory.putLongRelease(address, word);
        template.index = index;
        template.control = word;
        template.server = server;
        template.identity = identity;
        template.toldTick = told;
    }

    private boolean own(final int bucket)
    {
        final long address = address(bucket) + OWNER_OFFSET;
        for (int i = 0; i < OWN_TRIES; i++)
        {
            if (NativeMemory.getLongOpaque(address) == 0 && NativeMemory.compareAndSetLong(address, 0, 1))
            {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private void release(final int bucket)
    {
        NativeMemory.putLongRelease(address(bucket) + OWNER_OFFSET, 0);
    }

    private static boolean isKey(final long entry, final Template template)
    {
        return NativeMemory.getLong(entry + CLIENT_LOW_OFFSET) == template.clientLow &&
            NativeMemory.getLong(entry + CLIENT_HIGH_OFFSET) == template.clientHigh &&
            NativeMemory.getLong(entry + SERVICE_OFFSET) ==
            ((long)template.prefix << Integer.SIZE | template.service);
    }

    private static long nextVersion(final long word)
    {
        return word + VERSION_UNIT & VERSION_MASK;
    }

    private long hash(final Template template)
    {
        final long service = (long)template.prefix << Integer.SIZE | template.service;
        final long client = fold(template.clientHigh ^ secret0, template.clientLow ^ secret1);
        return fold(fold(client ^ service, secret2) ^ secret1, MULTIPLIER);
    }

    private static long fold(final long a, final long b)
    {
        return Math.multiplyHigh(a, b) ^ a * b;
    }

    /** Sebastiano Vigna's finaliser: makes unrelated secrets of one seed. */
    private static long splitMix(final long seed)
    {
        long z = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private int bucket(final long hash)
    {
        return (int)((hash >>> 32) * buckets >>> 32);
    }

    /** Place in the bucket where the search begins; other bits than those of bucket and tag. */
    private static int home(final long hash)
    {
        return (int)((hash >>> 14 & 0xFFFF) * BUCKET_ENTRIES >>> 16);
    }

    private static int next(final int place)
    {
        return place + 1 == BUCKET_ENTRIES ? 0 : place + 1;
    }

    private static long tag(final long hash)
    {
        return hash << TAG_SHIFT & TAG_MASK;
    }

    private long address(final int bucket)
    {
        return base + HEADER_LENGTH + (long)bucket * BUCKET_LENGTH;
    }

    private long control(final int index)
    {
        return address(index / BUCKET_ENTRIES) + CONTROLS_OFFSET + (long)(index % BUCKET_ENTRIES) * Long.BYTES;
    }

    private long entry(final int index)
    {
        return address(index / BUCKET_ENTRIES) + ENTRIES_OFFSET + (long)(index % BUCKET_ENTRIES) * ENTRY_LENGTH;
    }
}
