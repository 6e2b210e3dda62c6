package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTableDescriptor.BASE_MS_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.CREATED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.CURSOR_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.DUPLICATES_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVICTED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EXPIRED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REFUSED_FULL_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REFUSED_INDEX_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REMOVED_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PACKETS_HIGH_OFFSET;

import java.lang.foreign.MemorySegment;

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
 * ({@link #INDEX_FULL}), from the 640th on, and the seed is there to keep anybody from making such.</li>
 * <li>When the table is full, the oldest embryonic TCP connection gives way, or else the oldest that is closed
 * already (TIME_WAIT, CLOSE). Established TCP and UDP connections never do: then the new one is refused ({@link
 * #FULL}).</li>
 * </ul>
 *
 * <p>A connection is named by its <i>index</i>, 0 to capacity - 1; together with a direction it is a <i>flow</i>.
 * Indexes are given again after a removal, and are not checked: a call with an index that is not in use reads or
 * writes rubbish. Addresses are numbers: 10.0.0.1 is 0x0A000001, and an IPv6 address is two big-endian longs. Time is
 * the caller's monotonic clock in milliseconds, and must not be more than 24 days ahead of the last {@link #expire}.
 *
 * <p>Every byte is drawn in {@code DESIGN_NOTES.md}.
 */
public final class ConnectionTable extends ConnectionFields
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

    private final MemorySegment memory;
    private final TableHeader header;
    private final long baseMs;
    private final int capacity;
    private final FlowHash flowHash;
    private final TupleIndex tupleIndex;
    private final ExpiryWheel wheel;
    private final IdleTimeouts timeouts;
    private final ConnectionListener listener;
    private final TouchAhead touchAhead;
    private final NewConnection newConnection = new NewConnection();
    private AttachReport attachReport;

    ConnectionTable(
        final MemorySegment memory,
        final int capacity,
        final long hashSeed,
        final long baseMs,
        final IdleTimeouts timeouts,
        final ConnectionListener listener)
    {
        super(memory, capacity);
        this.memory = memory;
        header = new TableHeader(memory.address(), side(0));
        this.capacity = capacity;
        this.baseMs = baseMs;
        this.timeouts = timeouts;
        this.listener = listener;
        flowHash = new FlowHash(hashSeed);
        tupleIndex = new TupleIndex(memory.address() + ConnectionTableDescriptor.bucketsOffset(), entry(0),
            extension(0), ConnectionTableDescriptor.pairCount(capacity));
        wheel = new ExpiryWheel(memory.address() + ConnectionTableDescriptor.WHEEL_OFFSET, side(0),
            memory.address() + CURSOR_OFFSET);
        touchAhead = new TouchAhead(this, tupleIndex, wheel);
    }

    /**
     * Lays an empty table over memory, whatever it held before. Header, wheel and buckets are written; entry lines
     * are first touched when they are first used.
     *
     * @param memory   native, aligned to 64 bytes, at least {@link ConnectionTableDescriptor#requiredBytes(int)}
     *                 long, alive for as long as the table is used.
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
        return create(memory, capacity, hashSeed, 0, 0, timeouts, listener, nowMs);
    }

    /**
     * As the other, for a table that is to outlive its process: one that {@link #attach} can go on with.
     *
     * @param memory   native, aligned to 64 bytes, at least {@link ConnectionTableDescriptor#requiredBytes(int)}
     *                 long, alive for as long as the table is used.
     * @param capacity connections, 1 to 2^29.
     * @param hashSeed secret that the hashes are mixed with.
     * @param clockId  identity of the clock that the times come from, so that another one (another boot of the host)
     *                 is not taken for it.
     * @param ownerPid process that the table belongs to.
     * @param timeouts idle timeouts, kept and read by the table's thread.
     * @param listener told of every removal.
     * @param nowMs    monotonic clock.
     * @return the table.
     */
    public static ConnectionTable create(
        final MemorySegment memory,
        final int capacity,
        final long hashSeed,
        final long clockId,
        final long ownerPid,
        final IdleTimeouts timeouts,
        final ConnectionListener listener,
        final long nowMs)
    {
        ConnectionTableDescriptor.checkCapacity(capacity);
        ConnectionTableDescriptor.checkMemory(memory, ConnectionTableDescriptor.requiredBytes(capacity));
        ConnectionTableDescriptor.writeHeader(memory, capacity, hashSeed, nowMs, clockId);
        final ConnectionTable table = new ConnectionTable(memory, capacity, hashSeed, nowMs, timeouts, listener);
        table.header.owner(ownerPid, 1);
        table.header.clear();
        table.wheel.clear();
        table.tupleIndex.clear();
        ConnectionTableDescriptor.publishHeader(memory);
        return table;
    }

    /**
     * Goes on with a table that another owner left in memory, wherever it was stopped: finishes or takes back the one
     * operation that may be torn, counts again, and puts every connection where it has to be looked at next. Takes
     * time in proportion to the connections there ever were at once, see {@code DESIGN_NOTES.md} section 7. Nothing in
     * the memory is trusted: whatever it holds, nothing outside of it is read or written.
     *
     * <p>The former owner must have ended. Readers may go on.
     *
     * @param memory         native, aligned to 64 bytes, alive for as long as the table is used; as long as the file.
     * @param capacity       that the table must have.
     * @param clockId        that it must have been created with.
     * @param ownerPid       process that the table belongs to from now on.
     * @param timeouts       idle timeouts, kept and read by the table's thread; need not be the former ones.
     * @param listener       told of every removal from now on.
     * @param attachListener told of every connection that is there.
     * @param nowMs          monotonic clock.
     * @return the table.
     * @throws TableRefusedException if there is no such table, if its clock is another one or has stood for more than
     *                               24 days, or if it is damaged. Its lists may have been written, its connections not.
     */
    public static ConnectionTable attach(
        final MemorySegment memory,
        final int capacity,
        final long clockId,
        final long ownerPid,
        final IdleTimeouts timeouts,
        final ConnectionListener listener,
        final AttachListener attachListener,
        final long nowMs) throws TableRefusedException
    {
        final long hashSeed = TableAttach.checkHeader(memory, capacity, clockId);
        final ConnectionTable table = new ConnectionTable(memory, capacity, hashSeed,
            OffHeap.getLong(memory.address() + BASE_MS_OFFSET), timeouts, listener);
        table.attachReport = new TableAttach(table, timeouts, attachListener, nowMs).run(ownerPid);
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
     * First stage over a batch: starts the load of the bucket. The caller keeps the result alive, or the load is left
     * out.
     *
     * @param hash of the tuple.
     * @return something.
     */
    public long touchBucket(final long hash)
    {
        return tupleIndex.touchBucket(hash);
    }

    /**
     * Second stage over a batch: looks for the tag in the buckets that have been touched. A stage of its own, because a
     * search between the loads of the next stage would leave room for a few of them at a time only.
     *
     * @param hash of the tuple.
     * @return a flow that may be the one, for the calls below only; {@link #NOT_FOUND} if there is none near.
     */
    public int candidate(final long hash)
    {
        return tupleIndex.candidate(hash);
    }

    /**
     * Third stage over a batch: starts the load of the candidate's entry line.
     *
     * @param candidate of the second stage.
     * @return something, to be kept alive.
     */
    public long touchEntry(final int candidate)
    {
        return tupleIndex.touchEntry(candidate);
    }

    /**
     * Fourth stage, for packets of IPv6: starts the load of the candidate's extension line, if it has one.
     *
     * @param candidate of the second stage.
     * @return something, to be kept alive.
     */
    public long touchExtension(final int candidate)
    {
        return tupleIndex.touchExtension(candidate);
    }

    /**
     * Last stage over a batch: the search itself, which mostly confirms the candidate.
     *
     * @param hash               {@link #hashIpv4} of the rest.
     * @param candidate          of the second stage; the table may have changed since.
     * @param protocol           IP protocol number.
     * @param sourceAddress      of the packet.
     * @param sourcePort         0 to 65535.
     * @param destinationAddress of the packet.
     * @param destinationPort    0 to 65535.
     * @return the flow, or {@link #NOT_FOUND}.
     */
    public int findIpv4(
        final long hash,
        final int candidate,
        final int protocol,
        final int sourceAddress,
        final int sourcePort,
        final int destinationAddress,
        final int destinationPort)
    {
        final long addresses = pair(sourceAddress, destinationAddress);
        final int ports = sourcePort << 16 | destinationPort;
        return tupleIndex.isIpv4(candidate, protocol, addresses, ports) ? candidate :
            tupleIndex.findIpv4(hash, protocol, addresses, ports);
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
     * Adds a connection, findable from now on by its IN tuple (client, virtual) and, unless it is one way, its REPLY
     * tuple (server, local or else client).
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
            header.increment(DUPLICATES_OFFSET);
            return DUPLICATE;
        }
        if (size() == capacity && !evictOne())
        {
            header.increment(REFUSED_FULL_OFFSET);
            return FULL;
        }
        final int index = header.nextFree();
        header.begin(TableHeader.INTENT_INSERT, index);
        header.takeFree(index);
        write(index, connection, hash, replyHash, nowMs);
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
        header.nextGeneration(index);
        wheel.link(index, ExpiryWheel.classOf(connection.state()), deadlineMs(index));
        header.changeStateCount(connection.state(), 1);
        header.changeSize(1);
        header.increment(CREATED_OFFSET);
        header.end();
        return index;
    }

    /** @param index of a connection, gone when this returns; the listener hears of it. */
    public void remove(final int index)
    {
        release(index, RemovalReason.REMOVED, TableHeader.INTENT_REMOVE, REMOVED_OFFSET);
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
        final int index = flow >>> 1;
        EntryFlyweight.onPacket(entry(index), side(index), flow & 1, lengthBytes, (int)(nowMs - baseMs));
    }

    /**
     * Sets the state of a connection; its timeout follows at once if the new one is shorter, else when the old one
     * ends.
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
        EntryFlyweight.state(entry(index), newState);
        header.changeStateCount(oldState, -1);
        header.changeStateCount(newState, 1);
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
        EntryFlyweight.clientHop(entry(index), hop);
    }

    /**
     * Judges a TCP segment by its sequence numbers (RFC 9293 section 3.4, RFC 5961) and notes them if it is believed.
     * Reads and writes the line that the search has just read. To be called before the segment changes the state.
     *
     * @param flow            result of the search for it.
     * @param tcpFlags        its flag byte.
     * @param sequence        its sequence number.
     * @param acknowledgement its acknowledgement number; of no meaning without the flag ACK.
     * @param payloadBytes    in it, of a segmentation-offload super-packet all of them.
     * @return one of {@link Plausibility}.
     */
    public int onSegment(
        final int flow,
        final int tcpFlags,
        final int sequence,
        final int acknowledgement,
        final int payloadBytes)
    {
        return SequenceTracker.judge(
            entry(flow >>> 1), flow & 1, tcpFlags, sequence, acknowledgement, payloadBytes);
    }

    /**
     * Looks at connections whose time may have come: removes those that have been idle for too long, and puts the
     * others where they have to be looked at next. Removes within a quarter of a second of the timeout, never early,
     * if called often enough.
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
            if (work % TouchAhead.CONNECTIONS == 0)
            {
                touchAhead.touch(index);
            }
            work++;
            if (deadlineMs(index) <= now)
            {
                release(index, RemovalReason.EXPIRED, TableHeader.INTENT_EXPIRE, EXPIRED_OFFSET);
            }
            else
            {
                rearm(index);
            }
        }
        return work;
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

    /** @return connections in the table. */
    public int size()
    {
        return header.size();
    }

    /** @param state one of {@link TcpState}. @return connections in that state. */
    public int count(final int state)
    {
        return header.stateCount(state);
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
        return header.counter(CREATED_OFFSET);
    }

    /** @return connections removed because they were idle. */
    public long expired()
    {
        return header.counter(EXPIRED_OFFSET);
    }

    /** @return connections removed to make room. */
    public long evicted()
    {
        return header.counter(EVICTED_OFFSET);
    }

    /** @return connections removed by {@link #remove}. */
    public long removed()
    {
        return header.counter(REMOVED_OFFSET);
    }

    /** @return inserts refused because the table was full: {@link #FULL}. */
    public long refusedFull()
    {
        return header.counter(REFUSED_FULL_OFFSET);
    }

    /** @return inserts refused because too many hashes were equal: {@link #INDEX_FULL}. */
    public long refusedIndexFull()
    {
        return header.counter(REFUSED_INDEX_OFFSET);
    }

    /** @return inserts refused because a tuple was there: {@link #DUPLICATE}. */
    public long duplicates()
    {
        return header.counter(DUPLICATES_OFFSET);
    }

    /** @return process that the table belongs to, as {@link #create} or {@link #attach} was told. */
    public long ownerPid()
    {
        return header.ownerPid();
    }

    /** @return owners of the table so far: 1 after {@link #create}, one more with every {@link #attach}. */
    public long epoch()
    {
        return header.epoch();
    }

    /** @return what was found and mended by {@link #attach}; null if the table was created by this process. */
    public AttachReport attachReport()
    {
        return attachReport;
    }

    /** Takes both tuples of a connection out of the index, as far as they are there. */
    void eraseFlows(final int index)
    {
        tupleIndex.erase(storedHash(index, IN), index << 1);
        if (!isOneWay(index))
        {
            tupleIndex.erase(storedHash(index, REPLY), index << 1 | REPLY);
        }
    }

    TableHeader header()
    {
        return header;
    }

    ExpiryWheel wheel()
    {
        return wheel;
    }

    FlowHash flowHash()
    {
        return flowHash;
    }

    long baseMs()
    {
        return baseMs;
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

    long storedHash(final int index, final int direction)
    {
        final long entry = entry(index);
        final long addresses = EntryFlyweight.addresses(entry, direction);
        return isIpv6(index) ? addresses :
            flowHash.ipv4(EntryFlyweight.protocol(entry), addresses, EntryFlyweight.ports(entry, direction));
    }

    private void write(
        final int index,
        final NewConnection connection,
        final long hash,
        final long replyHash,
        final long nowMs)
    {
        if (connection.isIpv6())
        {
            EntryFlyweight.writeExtension(extension(index), connection);
        }
        OffHeap.putShort(side(index) + PACKETS_HIGH_OFFSET, 0);
        EntryFlyweight.write(entry(index), connection, hash, replyHash, (int)(nowMs - baseMs));
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
        if (header.counter(EVICTED_OFFSET) % TouchAhead.CONNECTIONS == 0)
        {
            touchAhead.touch(index);
        }
        release(index, RemovalReason.EVICTED, TableHeader.INTENT_EVICT, EVICTED_OFFSET);
        return true;
    }

    private void release(final int index, final RemovalReason reason, final long intent, final int counter)
    {
        listener.onRemoved(this, index, reason);
        header.begin(intent, index);
        eraseFlows(index);
        wheel.unlink(index);
        header.changeStateCount(state(index), -1);
        header.changeSize(-1);
        // even: withdrawn from readers, before anything of it is overwritten
        header.nextGeneration(index);
        EntryFlyweight.clear(entry(index));
        header.giveFree(index);
        header.increment(counter);
        header.end();
    }

    private int refuse(final int index)
    {
        EntryFlyweight.clear(entry(index));
        header.giveFree(index);
        header.end();
        header.increment(REFUSED_INDEX_OFFSET);
        return INDEX_FULL;
    }

    private void rearm(final int index)
    {
        header.begin(TableHeader.INTENT_REARM, index);
        wheel.unlink(index);
        wheel.link(index, ExpiryWheel.classOf(state(index)), deadlineMs(index));
        header.end();
    }

    /** Milliseconds since the base, made whole with the wheel's clock: exact as long as both are within 24 days. */
    private long lastSeen(final int index)
    {
        final long reached = wheel.reachedMs();
        return reached + (EntryFlyweight.lastSeen(entry(index)) - (int)reached);
    }

    long deadlineMs(final int index)
    {
        return lastSeen(index) + timeouts.timeoutMs(timeoutsProfile(index), state(index));
    }

    private static long pair(final int source, final int destination)
    {
        return (long)source << 32 | destination & 0xFFFF_FFFFL;
    }
}
