package org.headrace.forwarder.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.Transport;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.SlotState;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * {@link RetainedState} as a file of the runtime directory. Big-endian:
 *
 * <pre>
 *   0 magic 8 "HEADGENR" | version 4 | boot id 8 | length 4 | CRC-32C of the rest 4
 *  28 messages: length 4, bytes
 *     timeout profiles: count 4, rows of 16 x 4
 *     services: count 4, { slot 4 | state 1 | transport 1 | scheduler 1 | forwarding 1 | endpoint 20
 *       | name: length 2, bytes }
 *     servers: count 4, { slot 4 | state 1 | service slot 4 | endpoint 20 }
 *     adjacencies: count 4, { address 16 | interface 4 | MAC 8 | MTU 4 }
 *     local addresses: count 4, { address 16 }
 * </pre>
 *
 * It is replaced as a whole, so that whoever reads it finds the old one or the new one. Conductor's thread only.
 */
public final class GenerationFile
{
    /** Name of the file in the runtime directory. */
    public static final String FILE_NAME = "generation.dat";

    private static final long MAGIC = 0x4845_4144_4745_4E52L;
    private static final int VERSION = 1;
    private static final int HEADER_LENGTH = 28;
    private static final int TIMEOUT_STATES = TcpState.COUNT;

    private final Path file;
    private final long bootId;
    private RetainedState retained;

    private GenerationFile(final Path directory, final long bootId)
    {
        this.file = directory.resolve(FILE_NAME);
        this.bootId = bootId;
    }

    /**
     * @param directory runtime directory.
     * @param bootId    of the running system: interfaces and neighbours of another one mean nothing here.
     * @return the file, which need not exist.
     * @throws IOException if it cannot be read, is damaged, or is of another version or another boot.
     */
    public static GenerationFile open(final Path directory, final long bootId) throws IOException
    {
        final GenerationFile file = new GenerationFile(directory, bootId);
        file.retained = Files.exists(file.file) ? file.read() : null;
        return file;
    }

    /** @param directory runtime directory. @param bootId of the running system. @return a file still to be written. */
    public static GenerationFile none(final Path directory, final long bootId)
    {
        return new GenerationFile(directory, bootId);
    }

    /** @return true if a predecessor has left something to go on with. */
    public boolean hasPredecessor()
    {
        return retained != null;
    }

    /** @return what a predecessor has left, or null. */
    RetainedState retained()
    {
        return retained;
    }

    void write(final RetainedState state) throws IOException
    {
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        encode(state, new DataOutputStream(payload));
        final byte[] bytes = payload.toByteArray();
        final ByteBuffer whole = ByteBuffer.allocate(HEADER_LENGTH + bytes.length);
        whole.putLong(MAGIC).putInt(VERSION).putLong(bootId).putInt(bytes.length).putInt(checksum(bytes)).put(bytes);
        final Path next = file.resolveSibling(FILE_NAME + ".next");
        Files.write(next, whole.array());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private RetainedState read() throws IOException
    {
        final ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file));
        try
        {
            check("magic", Long.toHexString(whole.getLong()), Long.toHexString(MAGIC));
            check("version", whole.getInt(), VERSION);
            check("boot id", Long.toHexString(whole.getLong()), Long.toHexString(bootId));
            check("length", whole.getInt(), whole.capacity() - HEADER_LENGTH);
            final int checksum = whole.getInt();
            check("checksum", checksum, checksum(whole.slice()));
            return decode(whole);
        }
        catch (final BufferUnderflowException | IllegalArgumentException ex)
        {
            throw new IOException(file + " is damaged: " + ex, ex);
        }
    }

    private void check(final String what, final Object found, final Object wanted) throws IOException
    {
        if (!found.equals(wanted))
        {
            throw new IOException(file + " has " + what + "=" + found + " != " + wanted);
        }
    }

    private static void encode(final RetainedState state, final DataOutputStream out) throws IOException
    {
        out.writeInt(state.messages().length);
        out.write(state.messages());
        out.writeInt(state.timeoutProfiles().size());
        for (final int[] row : state.timeoutProfiles())
        {
            for (final int timeoutMs : row)
            {
                out.writeInt(timeoutMs);
            }
        }
        out.writeInt(state.services().size());
        for (final RetainedState.Service service : state.services())
        {
            out.writeInt(service.slot());
            out.writeByte(service.state().ordinal());
            out.writeByte(service.key().transport().value());
            out.writeByte(service.scheduler().value());
            out.writeByte(service.forwarding().value());
            encode(service.key().virtual(), out);
            out.writeUTF(service.name());
        }
        out.writeInt(state.servers().size());
        for (final RetainedState.Server server : state.servers())
        {
            out.writeInt(server.slot());
            out.writeByte(server.state().ordinal());
            out.writeInt(server.serviceSlot());
            encode(server.server(), out);
        }
        out.writeInt(state.adjacencies().size());
        for (final Map.Entry<IpAddress, Generation.Adjacency> entry : state.adjacencies().entrySet())
        {
            encode(entry.getKey(), out);
            out.writeInt(entry.getValue().interfaceIndex());
            out.writeLong(entry.getValue().mac());
            out.writeInt(entry.getValue().mtuBytes());
        }
        out.writeInt(state.localAddresses().size());
        for (final IpAddress address : state.localAddresses())
        {
            encode(address, out);
        }
    }

    private static void encode(final Endpoint endpoint, final DataOutputStream out) throws IOException
    {
        encode(endpoint.address(), out);
        out.writeInt(endpoint.port());
    }

    private static void encode(final IpAddress address, final DataOutputStream out) throws IOException
    {
        out.writeLong(address.high());
        out.writeLong(address.low());
    }

    private static RetainedState decode(final ByteBuffer in)
    {
        final byte[] messages = bytes(in, in.getInt());
        final List<int[]> profiles = new ArrayList<>();
        for (int i = count(in, IdleTimeouts.PROFILES - 1); i > 0; i--)
        {
            final int[] row = new int[TIMEOUT_STATES];
            for (int state = 0; state < row.length; state++)
            {
                row[state] = inRange("timeout", in.getInt(), 1, IdleTimeouts.MAX_TIMEOUT_MS);
            }
            profiles.add(row);
        }
        final List<RetainedState.Service> services = new ArrayList<>();
        final BitSet serviceSlots = new BitSet();
        for (int i = count(in, CountersDescriptor.SERVICE_SLOTS); i > 0; i--)
        {
            services.add(service(in, serviceSlots));
        }
        final List<RetainedState.Server> servers = new ArrayList<>();
        final BitSet serverSlots = new BitSet();
        for (int i = count(in, CountersDescriptor.SERVER_SLOTS); i > 0; i--)
        {
            servers.add(server(in, serverSlots, serviceSlots));
        }
        final Map<IpAddress, Generation.Adjacency> adjacencies = new HashMap<>();
        for (int i = count(in, Integer.MAX_VALUE); i > 0; i--)
        {
            adjacencies.put(address(in), new Generation.Adjacency(in.getInt(), in.getLong(), in.getInt()));
        }
        final Set<IpAddress> locals = new HashSet<>();
        for (int i = count(in, Integer.MAX_VALUE); i > 0; i--)
        {
            locals.add(address(in));
        }
        return new RetainedState(messages, profiles, services, servers, adjacencies, locals);
    }

    private static RetainedState.Service service(final ByteBuffer in, final BitSet taken)
    {
        final int slot = slot(in, CountersDescriptor.SERVICE_SLOTS, taken);
        final SlotState state = state(in);
        final Transport transport = Transport.get(in.get());
        final Scheduler scheduler = Scheduler.get(in.get());
        final ForwardingMethod forwarding = ForwardingMethod.get(in.get());
        final ServiceKey key = new ServiceKey(transport, endpoint(in));
        return new RetainedState.Service(
            slot, state, key, scheduler, forwarding, new String(bytes(in, in.getShort() & 0xFFFF), UTF_8));
    }

    private static RetainedState.Server server(final ByteBuffer in, final BitSet taken, final BitSet services)
    {
        final int slot = slot(in, CountersDescriptor.SERVER_SLOTS, taken);
        final SlotState state = state(in);
        final int serviceSlot = in.getInt();
        if (serviceSlot < 0 || !services.get(serviceSlot))
        {
            throw new IllegalArgumentException("server slot=" + slot + " is of no service, slot=" + serviceSlot);
        }
        return new RetainedState.Server(slot, state, serviceSlot, endpoint(in));
    }

    private static int slot(final ByteBuffer in, final int slots, final BitSet taken)
    {
        final int slot = inRange("slot", in.getInt(), 0, slots - 1);
        if (taken.get(slot))
        {
            throw new IllegalArgumentException("slot=" + slot + " occurs twice");
        }
        taken.set(slot);
        return slot;
    }

    private static SlotState state(final ByteBuffer in)
    {
        return SlotState.values()[inRange(
            "slot state", in.get(), SlotState.IN_FORCE.ordinal(), SlotState.RETAINED.ordinal())];
    }

    private static Endpoint endpoint(final ByteBuffer in)
    {
        return new Endpoint(address(in), inRange("port", in.getInt(), 1, Endpoint.MAX_PORT));
    }

    private static IpAddress address(final ByteBuffer in)
    {
        return new IpAddress(in.getLong(), in.getLong());
    }

    private static int count(final ByteBuffer in, final int most)
    {
        // An entry has one byte at the least, so that a wild number ends here and not in the memory.
        return inRange("count", in.getInt(), 0, Math.min(most, in.remaining()));
    }

    private static byte[] bytes(final ByteBuffer in, final int length)
    {
        final byte[] bytes = new byte[inRange("length", length, 0, in.remaining())];
        in.get(bytes);
        return bytes;
    }

    private static int inRange(final String what, final int value, final int least, final int most)
    {
        if (value < least || value > most)
        {
            throw new IllegalArgumentException(what + "=" + value + " is outside " + least + ".." + most);
        }
        return value;
    }

    private static int checksum(final byte[] bytes)
    {
        return checksum(ByteBuffer.wrap(bytes));
    }

    private static int checksum(final ByteBuffer bytes)
    {
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int)crc.getValue();
    }
}
