package org.headrace.protocol.counters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.headrace.protocol.counters.CountersDescriptor.*;

import org.agrona.BitUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.Transport;

import java.io.File;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * The mapped counters file: made by the data plane, read by anybody.
 *
 * <p><b>Assumptions and guarantees.</b> One thread, the conductor's, writes the header and the slots; each worker
 * writes its own counters with plain stores. Readers may be in any process; they see each counter whole (eight aligned
 * bytes), but a set of counters not at one instant.
 */
public final class CountersFile implements AutoCloseable
{
    private static final int MAX_SNAPSHOT_TRIES = 100_000;

    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final int workers;

    private CountersFile(final MappedByteBuffer mapped)
    {
        this.mapped = mapped;
        this.buffer = new UnsafeBuffer(mapped);
        this.workers = buffer.getInt(WORKERS_OFFSET);
    }

    /**
     * Makes a new file, in place of an older one.
     *
     * @param directory  runtime directory.
     * @param workers    number of workers, at least 1.
     * @param epoch      random number of this data plane process.
     * @param io         name of the packet driver.
     * @param interfaces names of the interfaces, separated by commas.
     * @return the mapped file.
     */
    public static CountersFile create(
        final Path directory, final int workers, final long epoch, final String io, final String interfaces)
    {
        final File file = directory.resolve(FILE_NAME).toFile();
        IoUtil.deleteIfExists(file);
        final MappedByteBuffer mapped = IoUtil.mapNewFile(file, fileLength(workers), false);
        final UnsafeBuffer buffer = new UnsafeBuffer(mapped);
        buffer.putInt(VERSION_OFFSET, VERSION);
        buffer.putInt(WORKERS_OFFSET, workers);
        buffer.putInt(SERVICE_SLOTS_OFFSET, SERVICE_SLOTS);
        buffer.putInt(SERVER_SLOTS_OFFSET, SERVER_SLOTS);
        putText(buffer, INTERFACES_OFFSET, INTERFACES_MAX_LENGTH, interfaces);
        final CountersFile created = new CountersFile(mapped);
        created.describeOwner(epoch, io);
        buffer.putLongRelease(MAGIC_OFFSET, MAGIC);
        return created;
    }

    /**
     * Takes over the file that a killed data plane has left, with all that it counted, and makes good what its end may
     * have torn: a worker's packets that were received but not yet counted by their fate were lost with the process and
     * count as not received; a slot that was being described is described again by its new owner.
     *
     * @param directory  runtime directory.
     * @param workers    number of workers, at least 1.
     * @param epoch      random number of this data plane process.
     * @param io         name of the packet driver.
     * @param interfaces names of the interfaces, separated by commas.
     * @return the mapped file.
     * @throws IllegalStateException if there is none, or one that does not fit; it is as it was then.
     */
    public static CountersFile takeOver(
        final Path directory, final int workers, final long epoch, final String io, final String interfaces)
    {
        final CountersFile file = open(directory);
        try
        {
            file.checkOwner("workers", file.workers, workers);
            file.checkOwner("serviceSlots", file.buffer.getInt(SERVICE_SLOTS_OFFSET), SERVICE_SLOTS);
            file.checkOwner("serverSlots", file.buffer.getInt(SERVER_SLOTS_OFFSET), SERVER_SLOTS);
            // Connections name the way back to their client by the place of the interface in this list.
            file.checkOwner("interfaces", file.interfaces(), interfaces);
        }
        catch (final IllegalStateException ex)
        {
            file.close();
            throw ex;
        }
        for (int worker = 0; worker < workers; worker++)
        {
            file.settle(worker);
        }
        for (int slot = 0; slot < SERVICE_SLOTS; slot++)
        {
            file.settleSequence(serviceOffset(workers, slot) + SERVICE_SEQUENCE_OFFSET);
        }
        for (int slot = 0; slot < SERVER_SLOTS; slot++)
        {
            file.settleSequence(serverOffset(workers, slot) + SERVER_SEQUENCE_OFFSET);
        }
        for (int slot = 0; slot < LIMIT_SLOTS; slot++)
        {
            // Limits are given their slots anew, and their shares are counted anew from the connections.
            file.settleSequence(limitOffset(workers, slot) + LIMIT_SEQUENCE_OFFSET);
            file.putLimit(slot, "", Limits.NONE);
        }
        file.describeOwner(epoch, io);
        return file;
    }

    /**
     * Frees every slot that a predecessor used and its successor does not; conductor only.
     *
     * @param services slots that stay.
     * @param servers  slots that stay.
     */
    public void retainSlots(final BitSet services, final BitSet servers)
    {
        for (int slot = 0; slot < SERVICE_SLOTS; slot++)
        {
            if (!services.get(slot) && buffer.getInt(serviceOffset(workers, slot) + SERVICE_STATE_OFFSET) != 0)
            {
                freeService(slot);
            }
        }
        for (int slot = 0; slot < SERVER_SLOTS; slot++)
        {
            if (!servers.get(slot) && buffer.getInt(serverOffset(workers, slot) + SERVER_STATE_OFFSET) != 0)
            {
                freeServer(slot);
            }
        }
    }

    /**
     * Opens the file of a running (or dead) data plane for reading.
     *
     * @param directory runtime directory.
     * @return the mapped file.
     * @throws IllegalStateException if there is none, or if it has another layout.
     */
    public static CountersFile open(final Path directory)
    {
        final File file = directory.resolve(FILE_NAME).toFile();
        final long length = file.length();
        if (length < HEADER_LENGTH)
        {
            throw new IllegalStateException("no data plane has run in directory=" + directory + ": " + FILE_NAME +
                (file.exists() ? " has length=" + length + " < " + HEADER_LENGTH : " does not exist"));
        }
        final MappedByteBuffer mapped = IoUtil.mapExistingFile(file, FILE_NAME);
        final UnsafeBuffer buffer = new UnsafeBuffer(mapped);
        final long magic = buffer.getLongAcquire(MAGIC_OFFSET);
        final int version = buffer.getInt(VERSION_OFFSET);
        final int workers = buffer.getInt(WORKERS_OFFSET);
        final boolean isOurs = magic == MAGIC && version == VERSION && workers > 0 && workers <= 1024;
        if (!isOurs || length != fileLength(workers))
        {
            IoUtil.unmap(mapped);
            throw new IllegalStateException(file + " is not a counters file of this version: magic=" +
                Long.toHexString(magic) + " version=" + version + " (expected " + VERSION + ") workers=" + workers +
                " length=" + length);
        }
        return new CountersFile(mapped);
    }

    /** @return number of workers. */
    public int workers()
    {
        return workers;
    }

    /** @return process id of the data plane. */
    public long pid()
    {
        return buffer.getLong(PID_OFFSET);
    }

    /** @return random number of the data plane process. */
    public long epoch()
    {
        return buffer.getLong(EPOCH_OFFSET);
    }

    /** @return start of the data plane, milliseconds since 1970. */
    public long startMs()
    {
        return buffer.getLong(START_MS_OFFSET);
    }

    /** @return generation in force, 0 for none. */
    public long generation()
    {
        return buffer.getLongAcquire(GENERATION_OFFSET);
    }

    /** @param generation in force from now on; conductor only. */
    public void generationRelease(final long generation)
    {
        buffer.putLongRelease(GENERATION_OFFSET, generation);
    }

    /** @return when the conductor last showed that it is alive, milliseconds since 1970. */
    public long heartbeatMs()
    {
        return buffer.getLongAcquire(HEARTBEAT_MS_OFFSET);
    }

    /** @param nowMs milliseconds since 1970; conductor only. */
    public void heartbeatMsRelease(final long nowMs)
    {
        buffer.putLongRelease(HEARTBEAT_MS_OFFSET, nowMs);
    }

    /** @return name of the packet driver. */
    public String io()
    {
        return text(IO_OFFSET, IO_MAX_LENGTH);
    }

    /** @return names of the interfaces, separated by commas. */
    public String interfaces()
    {
        return text(INTERFACES_OFFSET, INTERFACES_MAX_LENGTH);
    }

    /**
     * @param worker  0 to {@link #workers()} - 1.
     * @param counter which.
     * @return its value.
     */
    public long get(final int worker, final WorkerCounter counter)
    {
        return buffer.getLongAcquire(workerOffset(worker) + counter.ordinal() * BitUtil.SIZE_OF_LONG);
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @param reason which.
     * @return packets that this worker dropped for this reason.
     */
    public long get(final int worker, final DropReason reason)
    {
        return buffer.getLongAcquire(workerOffset(worker) + DROPS_OFFSET + reason.ordinal() * BitUtil.SIZE_OF_LONG);
    }

    /**
     * Sets a counter of a worker that is not the worker's own to write; conductor only.
     *
     * @param worker  0 to {@link #workers()} - 1.
     * @param counter which.
     * @param value   to show.
     */
    public void set(final int worker, final WorkerCounter counter, final long value)
    {
        buffer.putLongRelease(workerOffset(worker) + counter.ordinal() * BitUtil.SIZE_OF_LONG, value);
    }

    /**
     * Reads all counters of a worker as they stood between two batches, so that they add up.
     *
     * @param worker 0 to {@link #workers()} - 1.
     * @return the counters; if the worker died while it counted, as it left them.
     */
    public WorkerSnapshot snapshot(final int worker)
    {
        final long[] values = new long[WORKER_LENGTH / BitUtil.SIZE_OF_LONG];
        final int offset = workerOffset(worker);
        final int sequenceOffset = offset + WorkerCounter.SEQUENCE.ordinal() * BitUtil.SIZE_OF_LONG;
        for (int tries = 0; tries < MAX_SNAPSHOT_TRIES; tries++)
        {
            final long sequence = buffer.getLongVolatile(sequenceOffset);
            for (int i = 0; i < values.length; i++)
            {
                values[i] = buffer.getLongAcquire(offset + i * BitUtil.SIZE_OF_LONG);
            }
            if (isStable(sequenceOffset, sequence))
            {
                break;
            }
            Thread.onSpinWait();
        }
        return new WorkerSnapshot(values);
    }

    /**
     * @param slot    server slot.
     * @param counter which.
     * @return its sum over all workers.
     */
    public long get(final int slot, final ServerCounter counter)
    {
        long sum = 0;
        for (int worker = 0; worker < workers; worker++)
        {
            sum += buffer.getLongAcquire(serverCounterOffset(worker, slot, counter));
        }
        return sum;
    }

    /**
     * @param slot    service slot.
     * @param counter which.
     * @return what servers that have left the service had counted.
     */
    public long getRetired(final int slot, final ServerCounter counter)
    {
        return buffer.getLongAcquire(
            serviceOffset(workers, slot) + SERVICE_RETIRED_OFFSET + counter.ordinal() * BitUtil.SIZE_OF_LONG);
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @return the worker's own counters, for the worker's thread to write.
     */
    public UnsafeBuffer workerBuffer(final int worker)
    {
        return new UnsafeBuffer(buffer, workerOffset(worker), WORKER_LENGTH);
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @return counters of all servers for one worker, 64 bytes a slot, for the worker's thread to write.
     */
    public UnsafeBuffer serverCountersBuffer(final int worker)
    {
        return new UnsafeBuffer(buffer, serverCountersOffset(workers, worker), SERVER_SLOTS * SERVER_COUNTERS_LENGTH);
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @return the worker's counters of all limits, 64 bytes a slot and 64 more, for the worker's thread to write.
     */
    public UnsafeBuffer limitsBuffer(final int worker)
    {
        return new UnsafeBuffer(buffer, limitCountersOffset(workers, worker), WORKER_LIMITS_LENGTH);
    }

    /**
     * @param slot    of the limit.
     * @param counter of it.
     * @return sum over all workers.
     */
    public long get(final int slot, final LimitCounter counter)
    {
        long sum = 0;
        for (int worker = 0; worker < workers; worker++)
        {
            sum += buffer.getLongOpaque(limitCountersOffset(workers, worker) + slot * LIMIT_COUNTERS_LENGTH +
                counter.ordinal() * BitUtil.SIZE_OF_LONG);
        }
        return sum;
    }

    /**
     * Describes a limit; conductor only.
     *
     * @param slot   0 to {@link CountersDescriptor#LIMIT_SLOTS} - 1.
     * @param name   of the limit; empty if the slot is free.
     * @param limits in force.
     */
    public void putLimit(final int slot, final String name, final Limits limits)
    {
        final int offset = limitOffset(workers, slot);
        final long sequence = beginWrite(offset + LIMIT_SEQUENCE_OFFSET);
        buffer.putInt(offset + LIMIT_CONNECTIONS_OFFSET, limits.connections());
        buffer.putInt(offset + LIMIT_RATE_OFFSET, limits.newConnectionsPerSecond());
        putText(buffer, offset + LIMIT_NAME_OFFSET, LIMIT_NAME_MAX_LENGTH, name);
        endWrite(offset + LIMIT_SEQUENCE_OFFSET, sequence);
    }

    /**
     * @param slot 0 to {@link CountersDescriptor#LIMIT_SLOTS} - 1.
     * @return what stands there, or null if the slot is free.
     */
    public LimitSlot limit(final int slot)
    {
        final int offset = limitOffset(workers, slot);
        while (true)
        {
            final long sequence = buffer.getLongAcquire(offset + LIMIT_SEQUENCE_OFFSET);
            final String name = text(offset + LIMIT_NAME_OFFSET, LIMIT_NAME_MAX_LENGTH);
            final LimitSlot limit = name.isEmpty() ? null : new LimitSlot(slot, name, new Limits(
                buffer.getInt(offset + LIMIT_CONNECTIONS_OFFSET), buffer.getInt(offset + LIMIT_RATE_OFFSET)));
            if (isStable(offset + LIMIT_SEQUENCE_OFFSET, sequence))
            {
                return limit;
            }
            Thread.onSpinWait();
        }
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @return histogram of the worker's cycle times, for the worker's thread to write.
     */
    public UnsafeBuffer cycleTimesBuffer(final int worker)
    {
        return new UnsafeBuffer(buffer, cycleTimesOffset(workers, worker), CycleTimesDescriptor.LENGTH);
    }

    /**
     * @param worker 0 to {@link #workers()} - 1.
     * @return how long its cycles with work have taken since its start.
     */
    public CycleTimes cycleTimes(final int worker)
    {
        final long[] counts = new long[CycleTimesDescriptor.BUCKETS];
        for (int i = 0; i < counts.length; i++)
        {
            counts[i] = buffer.getLongAcquire(cycleTimesOffset(workers, worker) + i * BitUtil.SIZE_OF_LONG);
        }
        return new CycleTimes(counts);
    }

    /**
     * Describes a service; conductor only.
     *
     * @param slot       0 to {@link CountersDescriptor#SERVICE_SLOTS} - 1.
     * @param state      of the slot.
     * @param key        who the service is.
     * @param scheduler  of the service.
     * @param forwarding of the service.
     * @param name       {@code instance/listener}.
     */
    public void putService(
        final int slot,
        final SlotState state,
        final ServiceKey key,
        final Scheduler scheduler,
        final ForwardingMethod forwarding,
        final String name)
    {
        final int offset = serviceOffset(workers, slot);
        final long sequence = beginWrite(offset + SERVICE_SEQUENCE_OFFSET);
        buffer.putInt(offset + SERVICE_STATE_OFFSET, state.ordinal());
        buffer.putByte(offset + SERVICE_TRANSPORT_OFFSET, (byte)key.transport().value());
        buffer.putByte(offset + SERVICE_SCHEDULER_OFFSET, (byte)scheduler.value());
        buffer.putByte(offset + SERVICE_FORWARDING_OFFSET, (byte)forwarding.value());
        buffer.putLong(offset + SERVICE_ADDRESS_HIGH_OFFSET, key.virtual().address().high());
        buffer.putLong(offset + SERVICE_ADDRESS_LOW_OFFSET, key.virtual().address().low());
        buffer.putInt(offset + SERVICE_PORT_OFFSET, key.virtual().port());
        putText(buffer, offset + SERVICE_NAME_OFFSET, SERVICE_NAME_MAX_LENGTH, name);
        endWrite(offset + SERVICE_SEQUENCE_OFFSET, sequence);
    }

    /**
     * Shows a service's access list; conductor only.
     *
     * @param slot     of the service.
     * @param mode     whom the list names; {@code NULL_VAL} without a list.
     * @param prefixes in the list.
     */
    public void putServiceAccess(final int slot, final AccessMode mode, final int prefixes)
    {
        final int offset = serviceOffset(workers, slot);
        final long sequence = beginWrite(offset + SERVICE_SEQUENCE_OFFSET);
        buffer.putByte(offset + SERVICE_ACCESS_MODE_OFFSET, (byte)mode.value());
        buffer.putInt(offset + SERVICE_ACCESS_PREFIXES_OFFSET, prefixes);
        endWrite(offset + SERVICE_SEQUENCE_OFFSET, sequence);
    }

    /**
     * Frees a service slot and forgets what it counted; conductor only.
     *
     * @param slot of the service.
     */
    public void freeService(final int slot)
    {
        final int offset = serviceOffset(workers, slot);
        final long sequence = beginWrite(offset + SERVICE_SEQUENCE_OFFSET);
        buffer.putInt(offset + SERVICE_STATE_OFFSET, SlotState.FREE.ordinal());
        buffer.setMemory(offset + SERVICE_RETIRED_OFFSET, SERVER_COUNTERS_LENGTH, (byte)0);
        endWrite(offset + SERVICE_SEQUENCE_OFFSET, sequence);
    }

    /**
     * Describes a server; conductor only.
     *
     * @param slot        0 to {@link CountersDescriptor#SERVER_SLOTS} - 1.
     * @param state       of the slot.
     * @param serviceSlot the service it belongs to.
     * @param server      who the server is.
     * @param weight      0 to 65535.
     * @param health      what the health check says.
     * @param isResolved  whether the next hop is known.
     */
    public void putServer(
        final int slot,
        final SlotState state,
        final int serviceSlot,
        final Endpoint server,
        final int weight,
        final ServerState health,
        final boolean isResolved)
    {
        final int offset = serverOffset(workers, slot);
        final long sequence = beginWrite(offset + SERVER_SEQUENCE_OFFSET);
        buffer.putInt(offset + SERVER_STATE_OFFSET, state.ordinal());
        buffer.putInt(offset + SERVER_SERVICE_OFFSET, serviceSlot);
        buffer.putLong(offset + SERVER_ADDRESS_HIGH_OFFSET, server.address().high());
        buffer.putLong(offset + SERVER_ADDRESS_LOW_OFFSET, server.address().low());
        buffer.putInt(offset + SERVER_PORT_OFFSET, server.port());
        buffer.putInt(offset + SERVER_WEIGHT_OFFSET, weight);
        buffer.putInt(offset + SERVER_HEALTH_OFFSET, health.value());
        buffer.putInt(offset + SERVER_RESOLVED_OFFSET, isResolved ? 1 : 0);
        endWrite(offset + SERVER_SEQUENCE_OFFSET, sequence);
    }

    /**
     * Frees a server slot: adds what it counted to its service's retired counters and clears it; conductor only, and
     * only when no worker has a connection to the server any more.
     *
     * @param slot        of the server.
     * @param serviceSlot the service it belonged to.
     */
    public void freeServer(final int slot, final int serviceSlot)
    {
        final int retired = serviceOffset(workers, serviceSlot) + SERVICE_RETIRED_OFFSET;
        for (final ServerCounter counter : ServerCounter.values())
        {
            final int index = retired + counter.ordinal() * BitUtil.SIZE_OF_LONG;
            buffer.putLongRelease(index, buffer.getLong(index) + get(slot, counter));
        }
        freeServer(slot);
    }

    private void freeServer(final int slot)
    {
        final int offset = serverOffset(workers, slot);
        final long sequence = beginWrite(offset + SERVER_SEQUENCE_OFFSET);
        buffer.putInt(offset + SERVER_STATE_OFFSET, SlotState.FREE.ordinal());
        for (int worker = 0; worker < workers; worker++)
        {
            buffer.setMemory(serverCounterOffset(worker, slot, ServerCounter.ACTIVE_CONNECTIONS),
                SERVER_COUNTERS_LENGTH, (byte)0);
        }
        endWrite(offset + SERVER_SEQUENCE_OFFSET, sequence);
    }

    /**
     * @param slot 0 to {@link CountersDescriptor#SERVICE_SLOTS} - 1.
     * @return what stands there, or null if the slot is free.
     */
    public ServiceSlot service(final int slot)
    {
        final int offset = serviceOffset(workers, slot);
        while (true)
        {
            final long sequence = buffer.getLongAcquire(offset + SERVICE_SEQUENCE_OFFSET);
            final SlotState state = SlotState.get(buffer.getInt(offset + SERVICE_STATE_OFFSET));
            final ServiceSlot service = state == SlotState.FREE ? null : new ServiceSlot(slot, state,
                new ServiceKey(Transport.get(buffer.getByte(offset + SERVICE_TRANSPORT_OFFSET)),
                    endpoint(offset + SERVICE_ADDRESS_HIGH_OFFSET, offset + SERVICE_PORT_OFFSET)),
                Scheduler.get(buffer.getByte(offset + SERVICE_SCHEDULER_OFFSET)),
                ForwardingMethod.get(buffer.getByte(offset + SERVICE_FORWARDING_OFFSET)),
                text(offset + SERVICE_NAME_OFFSET, SERVICE_NAME_MAX_LENGTH),
                accessMode(buffer.getByte(offset + SERVICE_ACCESS_MODE_OFFSET)),
                buffer.getInt(offset + SERVICE_ACCESS_PREFIXES_OFFSET));
            if (isStable(offset + SERVICE_SEQUENCE_OFFSET, sequence))
            {
                return service;
            }
            Thread.onSpinWait();
        }
    }

    private static AccessMode accessMode(final byte raw)
    {
        return raw == AccessMode.ALLOW.value() ? AccessMode.ALLOW :
            raw == AccessMode.DENY.value() ? AccessMode.DENY : AccessMode.NULL_VAL;
    }

    /**
     * @param slot 0 to {@link CountersDescriptor#SERVER_SLOTS} - 1.
     * @return what stands there, or null if the slot is free.
     */
    public ServerSlot server(final int slot)
    {
        final int offset = serverOffset(workers, slot);
        while (true)
        {
            final long sequence = buffer.getLongAcquire(offset + SERVER_SEQUENCE_OFFSET);
            final SlotState state = SlotState.get(buffer.getInt(offset + SERVER_STATE_OFFSET));
            final ServerSlot server = state == SlotState.FREE ? null : new ServerSlot(slot, state,
                buffer.getInt(offset + SERVER_SERVICE_OFFSET),
                endpoint(offset + SERVER_ADDRESS_HIGH_OFFSET, offset + SERVER_PORT_OFFSET),
                buffer.getInt(offset + SERVER_WEIGHT_OFFSET),
                ServerState.get((short)buffer.getInt(offset + SERVER_HEALTH_OFFSET)),
                buffer.getInt(offset + SERVER_RESOLVED_OFFSET) == 1);
            if (isStable(offset + SERVER_SEQUENCE_OFFSET, sequence))
            {
                return server;
            }
            Thread.onSpinWait();
        }
    }

    /** Unmaps the file; the file stays. No other method may be called afterwards. */
    @Override
    public void close()
    {
        IoUtil.unmap(mapped);
    }

    private void describeOwner(final long epoch, final String io)
    {
        buffer.putLong(PID_OFFSET, ProcessHandle.current().pid());
        buffer.putLong(EPOCH_OFFSET, epoch);
        buffer.putLong(START_MS_OFFSET, System.currentTimeMillis());
        putText(buffer, IO_OFFSET, IO_MAX_LENGTH, io);
    }

    private void checkOwner(final String what, final Object found, final Object wanted)
    {
        if (!found.equals(wanted))
        {
            throw new IllegalStateException(FILE_NAME + " is of a data plane with " + what + "=" + found + " != " +
                wanted);
        }
    }

    /** What a worker that died between beginning and end of a batch has left: makes the sum right again. */
    private void settle(final int worker)
    {
        final int sequence = workerOffset(worker) + WorkerCounter.SEQUENCE.ordinal() * BitUtil.SIZE_OF_LONG;
        if ((buffer.getLong(sequence) & 1) == 0)
        {
            return;
        }
        long received = get(worker, WorkerCounter.FORWARDED) + get(worker, WorkerCounter.ANSWERED) +
            get(worker, WorkerCounter.PASSED);
        for (final DropReason reason : DropReason.values())
        {
            received += get(worker, reason);
        }
        set(worker, WorkerCounter.RECEIVED, received);
        buffer.putLongRelease(sequence, buffer.getLong(sequence) + 1);
    }

    /** A writer that died has left an odd number, which readers would wait at for ever. */
    private void settleSequence(final int sequenceOffset)
    {
        final long sequence = buffer.getLong(sequenceOffset);
        if ((sequence & 1) != 0)
        {
            buffer.putLongRelease(sequenceOffset, sequence + 1);
        }
    }

    private int serverCounterOffset(final int worker, final int slot, final ServerCounter counter)
    {
        return serverCountersOffset(workers, worker) + slot * SERVER_COUNTERS_LENGTH +
            counter.ordinal() * BitUtil.SIZE_OF_LONG;
    }

    private long beginWrite(final int sequenceOffset)
    {
        // A writer that died leaves an odd number in the file; the next one starts from the next even number.
        final long sequence = (buffer.getLong(sequenceOffset) + 1) & ~1L;
        buffer.putLongVolatile(sequenceOffset, sequence + 1);
        return sequence;
    }

    private void endWrite(final int sequenceOffset, final long sequence)
    {
        buffer.putLongRelease(sequenceOffset, sequence + 2);
    }

    private boolean isStable(final int sequenceOffset, final long sequence)
    {
        return (sequence & 1) == 0 && buffer.getLongVolatile(sequenceOffset) == sequence;
    }

    private Endpoint endpoint(final int addressOffset, final int portOffset)
    {
        final IpAddress address =
            new IpAddress(buffer.getLong(addressOffset), buffer.getLong(addressOffset + BitUtil.SIZE_OF_LONG));
        return new Endpoint(address, buffer.getInt(portOffset) & Endpoint.MAX_PORT);
    }

    private String text(final int offset, final int maxLength)
    {
        final int length = Math.clamp(buffer.getInt(offset), 0, maxLength);
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset + BitUtil.SIZE_OF_INT, bytes);
        return new String(bytes, UTF_8);
    }

    private static void putText(final UnsafeBuffer buffer, final int offset, final int maxLength, final String text)
    {
        final byte[] bytes = text.getBytes(UTF_8);
        final int length = Math.min(bytes.length, maxLength);
        buffer.putInt(offset, length);
        buffer.putBytes(offset + BitUtil.SIZE_OF_INT, bytes, 0, length);
    }
}
