package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTableDescriptor.CREATED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.CURSOR_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.DUPLICATES_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVER_USED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVICTED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EXPIRED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.FIRST_FREE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.INTENT_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.PAIR_COUNT_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REFUSED_FULL_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REFUSED_INDEX_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REMOVED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.SIZE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.STATE_COUNTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.*;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * All connections of one worker, findable by the tuples of both directions, in memory that the caller hands in.
 *
 * <h2>Assumptions and guarantees</h2>
 * <ul>
 * <li>One thread, the writer, calls everything here. Other threads and other processes read the same memory through a
 * {@link ConnectionTableReader}, at any time, and cost the writer nothing but the order of a few plain stores.</li>
 * <li>A lookup is exact, never by tag or hash alone, and looks into 64 buckets at the most; with honest hashes nearly
 * always into one or two.</li>
 * <li>Nothing is allocated after {@link #create}. No call blocks, and every call is bounded, {@link #expire} by its
 * limit.</li>
 * <li>A table takes as many connections as its capacity says. Only tuples with equal hashes can be refused earlier
 * ({@link #INDEX_FULL}), from the 512th on, and the seed is there to keep anybody from making such.</li>
 * <li>When the table is full, the oldest embryonic TCP connection gives way, or else the oldest that is closed already
 * (TIME_WAIT, CLOSE). Established TCP and UDP connections never do: then the new one is refused ({@link #FULL}).</li>
 * </ul>
 *
 * <p>A connection is named by its <i>index</i>, 0 to capacity - 1; together with a direction it is a <i>flow</i>. Indexes
 * are given again after a removal, and are not checked: a call with an index that is not in use reads or writes rubbish.
 * Addresses are numbers: 10.0.0.1 is 0x0A000001, and an IPv6 address is two big-endian longs. Time is the caller's
 * monotonic clock in milliseconds, and must not be more than 24 days ahead of the last {@link #expire}.
 *
 * <p>Every byte is drawn in {@code DESIGN_NOTES.md}.
 */
public final class ConnectionTable
{
    /** Result of a search without a hit. */
    public static final int NOT_FOUND = -1;
    /** Result of an insert into a full table of which nothing may be evicted. */
    public static final int FULL = -1;
    /** Result of an insert of a tuple, of either direction, that is in the table already. */
    public static final int DUPLICATE = -2;
    /** Result of an insert whose hash has too many equals. */
    public static final int INDEX_FULL = -3;
    /** Direction: client to virtual address. */
    public static final int IN = 0;
    /** Direction: server to client, or to the local address that stands for it. */
    public static final int REPLY = 1;

    private static final long INTENT_INSERT = 1L << 32;
    private static final long INTENT_REMOVE = 2L << 32;
    private static final long INTENT_REARM = 3L << 32;
    private static final int NONE = -1;

    private final MemorySegment memory;
    private final long header;
    private final long sides;
    private final long entries;
    private final long extensions;
    private final long baseMs;
    private final int capacity;
    private final FlowHash flowHash;
    private final TupleIndex tupleIndex;
    private final ExpiryWheel wheel;
    private final IdleTimeouts timeouts;
    private final ConnectionListener listener;
    private final NewConnection newConnection = new NewConnection();

    private ConnectionTable(
        final MemorySegment memory,
        final int capacity,
        final long hashSeed,
        final long baseMs,
        final IdleTimeouts timeouts,
        final ConnectionListener listener)
    {
        this.memory = memory;
        this.header = memory.address();
        this.capacity = capacity;
        this.baseMs = baseMs;
        this.timeouts = timeouts;
        this.listener = listener;
        sides = header + ConnectionTableDescriptor.sidesOffset(capacity);
        entries = header + ConnectionTableDescriptor.entriesOffset(capacity);
        extensions = header + ConnectionTableDescriptor.extensionsOffset(capacity);
        flowHash = new FlowHash(hashSeed);
        tupleIndex = new TupleIndex(header + ConnectionTableDescriptor.bucketsOffset(), entries, extensions,
            OffHeap.getInt(header + PAIR_COUNT_OFFSET));
        wheel = new ExpiryWheel(header + ConnectionTableDescriptor.WHEEL_OFFSET, sides, header + CURSOR_OFFSET);
    }

    /**
     * Lays an empty table over memory, whatever it held before. Header, wheel and buckets are written; entry lines are
     * first touched when they are first used.
     *
     * @param memory   native, aligned to 64 bytes, at least {@link ConnectionTableDescriptor#requiredBytes(int)} long,
     *                 alive for as long as the table is used.
     * @param capacity connections, 1 to 2^29.
     * @param hashSeed secret that the hashes are mixed with.
     * @param timeouts idle timeouts, kept and read by the table's thread.
     * @param listener told of every removal.
     * @param nowMs    monotonic clock.
     * @return the table.
     */
    public static ConnectionTable create(
        final MemorySegment memory,
        final int capacity,
        final long hashSeed,
        final IdleTimeouts timeouts,
        final ConnectionListener listener,
        final long nowMs)
    {
        ConnectionTableDescriptor.checkCapacity(capacity);
        ConnectionTableDescriptor.checkMemory(memory, ConnectionTableDescriptor.requiredBytes(capacity));
        ConnectionTableDescriptor.writeHeader(memory, capacity, hashSeed, nowMs);
        final ConnectionTable table = new ConnectionTable(memory, capacity, hashSeed, nowMs, timeouts, listener);
        OffHeap.putInt(table.header + FIRST_FREE_OFFSET, NONE);
        table.wheel.clear();
        OffHeap.fill(table.header + ConnectionTableDescriptor.bucketsOffset(),
            ConnectionTableDescriptor.bucketsLength(capacity), 0);
        ConnectionTableDescriptor.publishHeader(memory);
        return table;
    }

    /**
     * @param protocol           IP protocol number.
     * @param sourceAddress      of the packet.
     * @param sourcePort         0 to 65535.
     * @param destinationAddress of the packet.
     * @param destinationPort    0 to 65535.
     * @return hash of the tuple for the calls below.
     */
    public long hashIpv4(
        final int protocol,
        final int sourceAddress,
        final int sourcePort,
        final int destinationAddress,
        final int destinationPort)
    {
        return flowHash.ipv4(protocol, pair(sourceAddress, destinationAddress), sourcePort << 16 | destinationPort);
    }

    /**
     * @param protocol        IP protocol number.
     * @param sourceHigh      first half of the source address.
     * @param sourceLow       second half.
     * @param sourcePort      0 to 65535.
     * @param destinationHigh first half of the destination address.
     * @param destinationLow  second half.
     * @param destinationPort 0 to 65535.
     * @return hash of the tuple for the calls below.
     */
    public long hashIpv6(
        final int protocol,
        final long sourceHigh,
        final long sourceLow,
        final int sourcePort,
        final long destinationHigh,
        final long destinationLow,
        final int destinationPort)
    {
        return flowHash.ipv6(protocol, sourceHigh, sourceLow, destinationHigh, destinationLow,
            sourcePort << 16 | destinationPort);
    }

    /**
     * First stage over a batch: starts the load of the bucket. The caller keeps the result alive, or the load is left out.
     *
     * @param hash of the tuple.
     * @return something.
     */
    public long touchBucket(final long hash)
    {
        return tupleIndex.touchBucket(hash);
    }

    /**
     * Second stage over a batch: starts the loads of the entry lines whose tags match, mostly one or none.
     *
     * @param hash of the tuple.
     * @return something, to be kept alive.
     */
    public long touchEntry(final long hash)
    {
        return tupleIndex.touchEntry(hash);
    }

    /**
     * Second stage for a packet known to be IPv6: the extension lines as well.
     *
     * @param hash of the tuple.
     * @return something, to be kept alive.
     */
    public long touchEntryIpv6(final long hash)
    {
        return tupleIndex.touchEntryIpv6(hash);
    }

    /**
     * @param hash               {@link #hashIpv4} of the rest.
     * @param protocol           IP protocol number.
     * @param sourceAddress      of the packet.
     * @param sourcePort         0 to 65535.
     * @param destinationAddress of the packet.
     * @param destinationPort    0 to 65535.
     * @return the flow, or {@link #NOT_FOUND}.
     */
    public int findIpv4(
        final long hash,
        final int protocol,
        final int sourceAddress,
        final int sourcePort,
        final int destinationAddress,
        final int destinationPort)
    {
        return tupleIndex.findIpv4(hash, protocol, pair(sourceAddress, destinationAddress),
            sourcePort << 16 | destinationPort);
    }

    /**
     * @param hash            {@link #hashIpv6} of the rest.
     * @param protocol        IP protocol number.
     * @param sourceHigh      first half of the source address.
     * @param sourceLow       second half.
     * @param sourcePort      0 to 65535.
     * @param destinationHigh first half of the destination address.
     * @param destinationLow  second half.
     * @param destinationPort 0 to 65535.
     * @return the flow, or {@link #NOT_FOUND}.
     */
    public int findIpv6(
        final long hash,
        final int protocol,
        final long sourceHigh,
        final long sourceLow,
        final int sourcePort,
        final long destinationHigh,
        final long destinationLow,
        final int destinationPort)
    {
        return tupleIndex.findIpv6(hash, protocol, sourceHigh, sourceLow, destinationHigh, destinationLow,
            sourcePort << 16 | destinationPort);
    }

    /** @param flow result of a search. @return index of its connection. */
    public static int index(final int flow)
    {
        return flow >>> 1;
    }

    /** @param flow result of a search. @return {@link #IN} or {@link #REPLY}. */
    public static int direction(final int flow)
    {
        return flow & 1;
    }

    /** @return the table's one description of a connection, cleared. */
    public NewConnection newConnection()
    {
        return newConnection.clear();
    }

    /**
     * Adds a connection, findable from now on by its IN tuple (client, virtual) and, unless it is one way, its REPLY tuple
     * (server, local or else client).
     *
     * @param connection what it is to be.
     * @param nowMs      monotonic clock: counts as its last packet.
     * @return its index, or {@link #FULL}, {@link #DUPLICATE} or {@link #INDEX_FULL}.
     */
    public int insert(final NewConnection connection, final long nowMs)
    {
        connection.conclude();
        final boolean isTwoWay = !connection.isOneWay();
        final long hash = hash(connection, IN);
        final long replyHash = isTwoWay ? hash(connection, REPLY) : 0;
        if (find(connection, IN, hash) != NOT_FOUND ||
            isTwoWay && (connection.isItsOwnReply() || find(connection, REPLY, replyHash) != NOT_FOUND))
        {
            increment(DUPLICATES_OFFSET);
            return DUPLICATE;
        }
        if (size() == capacity && !evictOne())
        {
            increment(REFUSED_FULL_OFFSET);
            return FULL;
        }
        final int index = nextFree();
        begin(INTENT_INSERT, index);
        takeFree(index);
        write(index, connection, nowMs);
        if (!tupleIndex.put(hash, index << 1))
        {
            return refuse(index);
        }
        if (isTwoWay && !tupleIndex.put(replyHash, index << 1 | REPLY))
        {
            tupleIndex.erase(hash, index << 1);
            return refuse(index);
        }
        // odd: published to readers of other threads, which see all of the above, because this is a release store
        nextGeneration(index);
        wheel.link(index, ExpiryWheel.classOf(connection.state()), deadlineMs(index));
        changeStateCount(connection.state(), 1);
        OffHeap.putInt(header + SIZE_OFFSET, size() + 1);
        increment(CREATED_OFFSET);
        end();
        return index;
    }

    /** @param index of a connection, gone when this returns; the listener hears of it. */
    public void remove(final int index)
    {
        release(index, RemovalReason.REMOVED);
        increment(REMOVED_OFFSET);
    }

    /**
     * Notes a packet: three stores into the line that the search has just read.
     *
     * @param flow        result of the search for it.
     * @param lengthBytes its IP length. A segmentation-offload super-packet counts as one packet of its whole length.
     * @param nowMs       monotonic clock.
     */
    public void onPacket(final int flow, final int lengthBytes, final long nowMs)
    {
        final long entry = entry(flow >>> 1);
        final int direction = flow & 1;
        final long counters = entry + (direction << 3);
        OffHeap.putInt(entry + LAST_SEEN_OFFSET, (int)(nowMs - baseMs));
        final long bytes = (OffHeap.getInt(counters + BYTES_OFFSET) & 0xFFFF_FFFFL) + lengthBytes;
        OffHeap.putInt(counters + BYTES_OFFSET, (int)bytes);
        final int packets = OffHeap.getInt(counters + PACKETS_OFFSET) + 1;
        OffHeap.putInt(counters + PACKETS_OFFSET, packets);
        if (bytes >>> 32 != 0 || packets == 0)
        {
            carrySlowPath(flow, (int)(bytes >>> 32), packets == 0 ? 1 : 0);
        }
    }

    /**
     * Sets the state of a connection; its timeout follows at once if the new one is shorter, else when the old one ends.
     *
     * @param index    of the connection.
     * @param newState one of {@link TcpState}.
     */
    public void state(final int index, final int newState)
    {
        final int oldState = state(index);
        if (oldState == newState)
        {
            return;
        }
        final long stateAddress = entry(index) + STATE_OFFSET;
        OffHeap.putByte(stateAddress, OffHeap.getUnsignedByte(stateAddress) & 0xF0 | newState);
        changeStateCount(oldState, -1);
        changeStateCount(newState, 1);
        final int profile = timeoutsProfile(index);
        if (ExpiryWheel.classOf(oldState) != ExpiryWheel.classOf(newState) ||
            timeouts.timeoutMs(profile, newState) < timeouts.timeoutMs(profile, oldState))
        {
            rearm(index);
        }
    }

    /** @param index of the connection. @param hop the owner's number of the way back to the client, 0 to 65535. */
    public void clientHop(final int index, final int hop)
    {
        OffHeap.putShort(entry(index) + CLIENT_HOP_OFFSET, hop);
    }

    /**
     * @param index     of a TCP connection.
     * @param direction of the segment.
     * @param sequence  number that the sender of this direction will use next, as it would be right in a reset.
     */
    public void nextSequence(final int index, final int direction, final int sequence)
    {
        OffHeap.putInt(entry(index) + SEQUENCE_OFFSET + (direction << 2), sequence);
    }

    /**
     * Looks at connections whose time may have come: removes those that have been idle for too long, and puts the others
     * where they have to be looked at next. Removes within a quarter of a second of the timeout, never early, if called
     * often enough.
     *
     * @param nowMs monotonic clock.
     * @param limit most connections to look at.
     * @return how many were looked at; less than the limit if nothing more is due.
     */
    public int expire(final long nowMs, final int limit)
    {
        final long now = nowMs - baseMs;
        int work = 0;
        while (work < limit)
        {
            final int index = wheel.due(now);
            if (index < 0)
            {
                break;
            }
            work++;
            if (deadlineMs(index) <= now)
            {
                release(index, RemovalReason.EXPIRED);
                increment(EXPIRED_OFFSET);
            }
            else
            {
                rearm(index);
            }
        }
        return work;
    }

    /** @param index of the connection. @return IP protocol number. */
    public int protocol(final int index)
    {
        return OffHeap.getUnsignedByte(entry(index) + PROTOCOL_OFFSET);
    }

    /** @param index of the connection. @return true for IPv6, false for IPv4. */
    public boolean isIpv6(final int index)
    {
        return (flags(index) & IPV6) != 0;
    }

    /** @param index of the connection. @return true if the server sees a local address for the client's (FULLNAT). */
    public boolean hasLocal(final int index)
    {
        return (flags(index) & LOCAL) != 0;
    }

    /** @param index of the connection. @return true if the server answers past us. */
    public boolean isOneWay(final int index)
    {
        return (flags(index) & ONE_WAY) != 0;
    }

    /** @param index of the connection. @return one of {@link TcpState}. */
    public int state(final int index)
    {
        return OffHeap.getUnsignedByte(entry(index) + STATE_OFFSET) & 0x0F;
    }

    /** @param index of an IPv4 connection. @return address of the client. */
    public int clientAddress(final int index)
    {
        return (int)(OffHeap.getLong(entry(index) + ADDRESSES_OFFSET) >>> 32);
    }

    /** @param index of an IPv4 connection. @return address that the client talks to. */
    public int virtualAddress(final int index)
    {
        return (int)OffHeap.getLong(entry(index) + ADDRESSES_OFFSET);
    }

    /** @param index of an IPv4 connection. @return address of the server. */
    public int serverAddress(final int index)
    {
        return (int)(OffHeap.getLong(entry(index) + ADDRESSES_OFFSET + 8) >>> 32);
    }

    /** @param index of an IPv4 connection. @return address that the server sees: the client's if there is no other. */
    public int localAddress(final int index)
    {
        return (int)OffHeap.getLong(entry(index) + ADDRESSES_OFFSET + 8);
    }

    /** @param index of an IPv6 connection. @return first half of the client's address. */
    public long clientHigh(final int index)
    {
        return OffHeap.getLong(extension(index));
    }

    /** @param index of an IPv6 connection. @return second half of the client's address. */
    public long clientLow(final int index)
    {
        return OffHeap.getLong(extension(index) + 8);
    }

    /** @param index of an IPv6 connection. @return first half of the address that the client talks to. */
    public long virtualHigh(final int index)
    {
        return OffHeap.getLong(extension(index) + 16);
    }

    /** @param index of an IPv6 connection. @return second half of the address that the client talks to. */
    public long virtualLow(final int index)
    {
        return OffHeap.getLong(extension(index) + 24);
    }

    /** @param index of an IPv6 connection. @return first half of the server's address. */
    public long serverHigh(final int index)
    {
        return OffHeap.getLong(extension(index) + 32);
    }

    /** @param index of an IPv6 connection. @return second half of the server's address. */
    public long serverLow(final int index)
    {
        return OffHeap.getLong(extension(index) + 40);
    }

    /** @param index of an IPv6 connection. @return first half of the address that the server sees. */
    public long localHigh(final int index)
    {
        return OffHeap.getLong(extension(index) + 48);
    }

    /** @param index of an IPv6 connection. @return second half of the address that the server sees. */
    public long localLow(final int index)
    {
        return OffHeap.getLong(extension(index) + 56);
    }

    /** @param index of the connection. @return port of the client. */
    public int clientPort(final int index)
    {
        return OffHeap.getInt(entry(index) + PORTS_OFFSET) >>> 16;
    }

    /** @param index of the connection. @return port that the client talks to. */
    public int virtualPort(final int index)
    {
        return OffHeap.getInt(entry(index) + PORTS_OFFSET) & 0xFFFF;
    }

    /** @param index of the connection. @return port of the server. */
    public int serverPort(final int index)
    {
        return OffHeap.getInt(entry(index) + PORTS_OFFSET + 4) >>> 16;
    }

    /** @param index of the connection. @return port that the server sees: the client's if there is no local end. */
    public int localPort(final int index)
    {
        return OffHeap.getInt(entry(index) + PORTS_OFFSET + 4) & 0xFFFF;
    }

    /** @param index of the connection. @return the owner's number of the server, 0 to 131071. */
    public int serverSlot(final int index)
    {
        final long entry = entry(index);
        return OffHeap.getUnsignedByte(entry + STATE_OFFSET) >>> 4 << 16 |
            OffHeap.getUnsignedShort(entry + SERVER_SLOT_OFFSET);
    }

    /** @param index of the connection. @return the owner's number of the way back to the client, 0 to 65535. */
    public int clientHop(final int index)
    {
        return OffHeap.getUnsignedShort(entry(index) + CLIENT_HOP_OFFSET);
    }

    /** @param index of the connection. @return the owner's number of the forwarding method, 0 to 3. */
    public int forwarding(final int index)
    {
        return flags(index) >>> FORWARDING_SHIFT & FORWARDING_MASK;
    }

    /** @param index of the connection. @return its profile in {@link IdleTimeouts}, 0 to 255. */
    public int timeoutsProfile(final int index)
    {
        return OffHeap.getUnsignedByte(entry(index) + PROFILE_OFFSET);
    }

    /** @param index of a TCP connection. @param direction sender. @return what was last noted for that direction. */
    public int nextSequence(final int index, final int direction)
    {
        return OffHeap.getInt(entry(index) + SEQUENCE_OFFSET + (direction << 2));
    }

    /** @param index of the connection. @return time of its last packet by the caller's clock. */
    public long lastSeenMs(final int index)
    {
        return baseMs + lastSeen(index);
    }

    /** @param index of the connection. @param nowMs monotonic clock. @return milliseconds since its last packet. */
    public long idleMs(final int index, final long nowMs)
    {
        return Math.max(0, nowMs - lastSeenMs(index));
    }

    /** @param index of the connection. @param nowMs monotonic clock. @return milliseconds it has left, 0 if overdue. */
    public long expiresMs(final int index, final long nowMs)
    {
        return Math.max(0, baseMs + deadlineMs(index) - nowMs);
    }

    /** @param index of the connection. @param direction of the packets. @return how many, modulo 2^40. */
    public long packets(final int index, final int direction)
    {
        return (long)OffHeap.getUnsignedByte(side(index) + PACKETS_HIGH_OFFSET + direction) << 32 |
            OffHeap.getInt(entry(index) + PACKETS_OFFSET + (direction << 3)) & 0xFFFF_FFFFL;
    }

    /** @param index of the connection. @param direction of the packets. @return bytes in them, modulo 2^48. */
    public long bytes(final int index, final int direction)
    {
        return (long)OffHeap.getUnsignedShort(entry(index) + BYTES_HIGH_OFFSET + (direction << 1)) << 32 |
            OffHeap.getInt(entry(index) + BYTES_OFFSET + (direction << 3)) & 0xFFFF_FFFFL;
    }

    /** @return connections in the table. */
    public int size()
    {
        return OffHeap.getInt(header + SIZE_OFFSET);
    }

    /** @param state one of {@link TcpState}. @return connections in that state. */
    public int count(final int state)
    {
        return OffHeap.getInt(header + STATE_COUNTS_OFFSET + (state << 2));
    }

    /** @return most connections the table can hold. */
    public int capacity()
    {
        return capacity;
    }

    /** @return the memory the table lies in, for a {@link ConnectionTableReader}. */
    public MemorySegment memory()
    {
        return memory;
    }

    /** @return connections inserted since the table was created. */
    public long created()
    {
        return OffHeap.getLong(header + CREATED_OFFSET);
    }

    /** @return connections removed because they were idle. */
    public long expired()
    {
        return OffHeap.getLong(header + EXPIRED_OFFSET);
    }

    /** @return connections removed to make room. */
    public long evicted()
    {
        return OffHeap.getLong(header + EVICTED_OFFSET);
    }

    /** @return connections removed by {@link #remove}. */
    public long removed()
    {
        return OffHeap.getLong(header + REMOVED_OFFSET);
    }

    /** @return inserts refused because the table was full: {@link #FULL}. */
    public long refusedFull()
    {
        return OffHeap.getLong(header + REFUSED_FULL_OFFSET);
    }

    /** @return inserts refused because too many hashes were equal: {@link #INDEX_FULL}. */
    public long refusedIndexFull()
    {
        return OffHeap.getLong(header + REFUSED_INDEX_OFFSET);
    }

    /** @return inserts refused because a tuple was there: {@link #DUPLICATE}. */
    public long duplicates()
    {
        return OffHeap.getLong(header + DUPLICATES_OFFSET);
    }

    TupleIndex tupleIndex()
    {
        return tupleIndex;
    }

    private long hash(final NewConnection connection, final int direction)
    {
        return connection.isIpv6() ?
            flowHash.ipv6(connection.protocol(), connection.sourceHigh(direction), connection.sourceLow(direction),
                connection.destinationHigh(direction), connection.destinationLow(direction),
                connection.portsOf(direction)) :
            flowHash.ipv4(connection.protocol(), connection.ipv4Addresses(direction), connection.portsOf(direction));
    }

    private int find(final NewConnection connection, final int direction, final long hash)
    {
        return connection.isIpv6() ?
            tupleIndex.findIpv6(hash, connection.protocol(), connection.sourceHigh(direction),
                connection.sourceLow(direction), connection.destinationHigh(direction),
                connection.destinationLow(direction), connection.portsOf(direction)) :
            tupleIndex.findIpv4(hash, connection.protocol(), connection.ipv4Addresses(direction),
                connection.portsOf(direction));
    }

    private long storedHash(final int index, final int direction)
    {
        final long entry = entry(index);
        final long addresses = OffHeap.getLong(entry + ADDRESSES_OFFSET + (direction << 3));
        return isIpv6(index) ? addresses :
            flowHash.ipv4(protocol(index), addresses, OffHeap.getInt(entry + PORTS_OFFSET + (direction << 2)));
    }

    private void write(final int index, final NewConnection connection, final long nowMs)
    {
        final long entry = entry(index);
        if (connection.isIpv6())
        {
            OffHeap.putLong(entry + ADDRESSES_OFFSET, hash(connection, IN));
            OffHeap.putLong(entry + ADDRESSES_OFFSET + 8, hash(connection, REPLY));
            writeExtension(extension(index), connection);
        }
        else
        {
            OffHeap.putLong(entry + ADDRESSES_OFFSET, connection.ipv4Addresses(IN));
            OffHeap.putLong(entry + ADDRESSES_OFFSET + 8, connection.ipv4Addresses(REPLY));
        }
        OffHeap.putInt(entry + PORTS_OFFSET, connection.portsOf(IN));
        OffHeap.putInt(entry + PORTS_OFFSET + 4, connection.portsOf(REPLY));
        OffHeap.putByte(entry + PROTOCOL_OFFSET, connection.protocol());
        OffHeap.putByte(entry + STATE_OFFSET, stateByte(connection.state(), connection.serverSlot()));
        OffHeap.putByte(entry + PROFILE_OFFSET, connection.profile());
        OffHeap.putShort(entry + SERVER_SLOT_OFFSET, connection.serverSlot());
        OffHeap.putShort(entry + CLIENT_HOP_OFFSET, connection.clientHop());
        OffHeap.putInt(entry + LAST_SEEN_OFFSET, (int)(nowMs - baseMs));
        OffHeap.putInt(entry + BYTES_HIGH_OFFSET, 0);
        OffHeap.putLong(entry + BYTES_OFFSET, 0);
        OffHeap.putLong(entry + BYTES_OFFSET + 8, 0);
        OffHeap.putLong(entry + SEQUENCE_OFFSET, 0);
        OffHeap.putShort(side(index) + PACKETS_HIGH_OFFSET, 0);
        // the flags last: an entry that says it is live is whole, also to whoever finds it after a kill
        VarHandle.releaseFence();
        OffHeap.putByte(entry + FLAGS_OFFSET, connection.flags());
    }

    private static void writeExtension(final long extension, final NewConnection connection)
    {
        for (int direction = IN; direction <= REPLY; direction++)
        {
            final long ends = extension + (direction << 5);
            OffHeap.putLong(ends, connection.sourceHigh(direction));
            OffHeap.putLong(ends + 8, connection.sourceLow(direction));
            OffHeap.putLong(ends + 16, connection.destinationHigh(direction));
            OffHeap.putLong(ends + 24, connection.destinationLow(direction));
        }
    }

    private boolean evictOne()
    {
        int index = wheel.first(ExpiryWheel.EMBRYONIC);
        if (index < 0)
        {
            index = wheel.first(ExpiryWheel.CLOSING);
        }
        if (index < 0)
        {
            return false;
        }
        release(index, RemovalReason.EVICTED);
        increment(EVICTED_OFFSET);
        return true;
    }

    private void release(final int index, final RemovalReason reason)
    {
        listener.onRemoved(this, index, reason);
        begin(INTENT_REMOVE, index);
        tupleIndex.erase(storedHash(index, IN), index << 1);
        if (!isOneWay(index))
        {
            tupleIndex.erase(storedHash(index, REPLY), index << 1 | REPLY);
        }
        wheel.unlink(index);
        changeStateCount(state(index), -1);
        OffHeap.putInt(header + SIZE_OFFSET, size() - 1);
        // even: withdrawn from readers, before anything of it is overwritten
        nextGeneration(index);
        VarHandle.releaseFence();
        OffHeap.putByte(entry(index) + FLAGS_OFFSET, 0);
        giveFree(index);
        end();
    }

    private int refuse(final int index)
    {
        OffHeap.putByte(entry(index) + FLAGS_OFFSET, 0);
        giveFree(index);
        end();
        increment(REFUSED_INDEX_OFFSET);
        return INDEX_FULL;
    }

    /** The record freed last, which is still in the cache, or else the next one that was never used. */
    private int nextFree()
    {
        final int first = OffHeap.getInt(header + FIRST_FREE_OFFSET);
        return first != NONE ? first : OffHeap.getInt(header + EVER_USED_OFFSET);
    }

    private void takeFree(final int index)
    {
        final int everUsed = OffHeap.getInt(header + EVER_USED_OFFSET);
        if (index < everUsed)
        {
            OffHeap.putInt(header + FIRST_FREE_OFFSET, OffHeap.getInt(side(index) + NEXT_OFFSET));
            return;
        }
        // the memory need not have been zero, and a reader looks at what stands below this mark
        OffHeap.putShort(side(index) + GENERATION_OFFSET, 0);
        OffHeap.putIntRelease(header + EVER_USED_OFFSET, everUsed + 1);
    }

    private void giveFree(final int index)
    {
        OffHeap.putInt(side(index) + NEXT_OFFSET, OffHeap.getInt(header + FIRST_FREE_OFFSET));
        OffHeap.putInt(header + FIRST_FREE_OFFSET, index);
    }

    private void rearm(final int index)
    {
        begin(INTENT_REARM, index);
        wheel.unlink(index);
        wheel.link(index, ExpiryWheel.classOf(state(index)), deadlineMs(index));
        end();
    }

    private void carrySlowPath(final int flow, final int bytesCarry, final int packetsCarry)
    {
        final int index = flow >>> 1;
        final int direction = flow & 1;
        final long bytesHigh = entry(index) + BYTES_HIGH_OFFSET + (direction << 1);
        OffHeap.putShort(bytesHigh, OffHeap.getUnsignedShort(bytesHigh) + bytesCarry);
        final long packetsHigh = side(index) + PACKETS_HIGH_OFFSET + direction;
        OffHeap.putByte(packetsHigh, OffHeap.getUnsignedByte(packetsHigh) + packetsCarry);
    }

    /** Milliseconds since the base, made whole with the wheel's clock: exact as long as both are within 24 days. */
    private long lastSeen(final int index)
    {
        final long reached = wheel.reachedMs();
        return reached + (OffHeap.getInt(entry(index) + LAST_SEEN_OFFSET) - (int)reached);
    }

    private long deadlineMs(final int index)
    {
        return lastSeen(index) + timeouts.timeoutMs(timeoutsProfile(index), state(index));
    }

    /** Says what is about to happen to which connection, for whoever finds the memory after a kill. */
    private void begin(final long intent, final int index)
    {
        OffHeap.putLongRelease(header + INTENT_OFFSET, intent | index);
        VarHandle.releaseFence();
    }

    private void end()
    {
        OffHeap.putLongRelease(header + INTENT_OFFSET, 0);
    }

    private void nextGeneration(final int index)
    {
        final long generation = side(index) + GENERATION_OFFSET;
        OffHeap.putShortRelease(generation, OffHeap.getUnsignedShort(generation) + 1);
    }

    private void changeStateCount(final int state, final int change)
    {
        final long address = header + STATE_COUNTS_OFFSET + (state << 2);
        OffHeap.putInt(address, OffHeap.getInt(address) + change);
    }

    private void increment(final int offset)
    {
        OffHeap.putLong(header + offset, OffHeap.getLong(header + offset) + 1);
    }

    private int flags(final int index)
    {
        return OffHeap.getUnsignedByte(entry(index) + FLAGS_OFFSET);
    }

    private long entry(final int index)
    {
        return entries + ((long)index << ENTRY_SHIFT);
    }

    private long side(final int index)
    {
        return sides + (long)index * SIDE_LENGTH;
    }

    private long extension(final int index)
    {
        return extensions + ((long)index << EXTENSION_SHIFT);
    }

    private static long pair(final int source, final int destination)
    {
        return (long)source << 32 | destination & 0xFFFF_FFFFL;
    }
}
