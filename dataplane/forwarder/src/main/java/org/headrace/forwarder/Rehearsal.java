package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.NewConnection;
import org.headrace.conntrack.TableRefusedException;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.control.ConfigurationInForce;
import org.headrace.forwarder.control.GenerationFile;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PacketSelection;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Goes on with a predecessor's state once, on a copy, so that the real thing, for which connections wait, meets loaded
 * classes and compiled loops. For a process that stands by.
 */
final class Rehearsal
{
    private static final String DIRECTORY_PREFIX = "rehearsal-";
    private static final int CONNECTIONS = 16_384;
    private static final int ATTACHMENTS = 24;
    private static final int CLIENT_PORT = 40_000;
    private static final int VIRTUAL_PORT = 80;
    private static final int SERVER_PORT = 8_080;
    private static final int CLIENT_NETWORK = 0x0A00_0000;
    private static final int VIRTUAL = 0x0A63_0001;
    private static final int SERVER = 0x0A02_0102;

    private final DataPlaneContext context;
    private final List<NetworkLink> interfaces;
    private final PacketSelection selection;
    private final List<PacketIo> packetIos;
    private final PrintStream silence = new PrintStream(OutputStream.nullOutputStream());

    /**
     * @param context    of this process.
     * @param interfaces of this process.
     * @param selection  that the rehearsal leaves as it found it.
     * @param packetIos  drivers that nothing is asked of.
     */
    Rehearsal(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final PacketSelection selection,
        final List<PacketIo> packetIos)
    {
        this.context = context;
        this.interfaces = interfaces;
        this.selection = selection;
        this.packetIos = packetIos;
    }

    void run()
    {
        attachSyntheticTables();
        try
        {
            // One that was killed in its rehearsal has left its copy.
            removeCopies();
            final Path copy = Files.createTempDirectory(context.directory(), DIRECTORY_PREFIX);
            final Path generation = context.directory().resolve(GenerationFile.FILE_NAME);
            if (Files.exists(generation))
            {
                Files.copy(generation, copy.resolve(GenerationFile.FILE_NAME));
                goOn(copy);
                goOn(copy);
            }
            removeCopies();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot rehearse in directory=" + context.directory(), ex);
        }
    }

    /** The first time makes the files of the connections, the second finds them. */
    private void goOn(final Path copy) throws IOException
    {
        final DataPlaneContext small = new DataPlaneContext().directory(copy).interfaces(context.interfaces())
            .workers(context.workers()).connections(DataPlaneContext.MIN_CONNECTIONS)
            .persistenceEntries(DataPlaneContext.MIN_PERSISTENCE_ENTRIES).conclude(0);
        if (!Files.exists(copy.resolve(CountersDescriptor.FILE_NAME)))
        {
            CountersFile.create(
                copy, context.workers().size(), 1, context.io(), String.join(",", context.interfaces())).close();
        }
        final Inheritance inheritance = Inheritance.claim(small, 1, silence);
        final ServerTable servers =
            new ServerTable(CountersDescriptor.SERVER_SLOTS, CountersDescriptor.SERVICE_SLOTS);
        final IdleTimeouts timeouts = new IdleTimeouts();
        final Affinity affinity = inheritance.affinity(small);
        final List<Allowances> allowances = Allowances.of(inheritance.counters());
        final ConfigurationInForce configuration = new ConfigurationInForce(inheritance.counters(), servers, affinity,
            allowances, timeouts, new Passing(selection), interfaces, inheritance.generation(), silence);
        configuration.restore();
        final WorkerFactory factory = new WorkerFactory(small, interfaces, inheritance.counters(), servers,
            affinity, allowances,
            new WorkerFiles(small, inheritance, configuration, servers, timeouts, silence));
        for (int number = 0; number < packetIos.size(); number++)
        {
            factory.create(number, packetIos.get(number), true);
        }
        inheritance.counters().close();
    }

    private static void attachSyntheticTables()
    {
        final MemorySegment memory =
            Arena.ofAuto().allocate(ConnectionTableDescriptor.requiredBytes(CONNECTIONS), 64);
        final IdleTimeouts timeouts = new IdleTimeouts();
        final ConnectionTable table =
            ConnectionTable.create(memory, CONNECTIONS, 1, 1, 1, timeouts, (_, _, _) -> { }, 0);
        for (int i = 0; i < CONNECTIONS; i++)
        {
            final NewConnection connection = table.newConnection()
                .protocol(IpProtocol.TCP).state(TcpState.ESTABLISHED)
                .ipv4Client(CLIENT_NETWORK + i, CLIENT_PORT)
                .ipv4Virtual(VIRTUAL, VIRTUAL_PORT)
                .ipv4Server(SERVER, SERVER_PORT);
            table.insert(connection, 0);
        }
        try
        {
            for (int i = 0; i < ATTACHMENTS; i++)
            {
                ConnectionTable.attach(
                    memory, CONNECTIONS, 1, 1, timeouts, (_, _, _) -> { }, (_, _) -> { }, i);
            }
        }
        catch (final TableRefusedException ex)
        {
            throw new IllegalStateException("a table that was just made is refused: " + ex.getMessage(), ex);
        }
    }

    private void removeCopies() throws IOException
    {
        try (DirectoryStream<Path> copies =
            Files.newDirectoryStream(context.directory(), DIRECTORY_PREFIX + "*"))
        {
            for (final Path copy : copies)
            {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(copy))
                {
                    for (final Path file : files)
                    {
                        Files.delete(file);
                    }
                }
                Files.delete(copy);
            }
        }
    }

    /** Makes every call, and takes it back. */
    private record Passing(PacketSelection selection) implements PacketSelection
    {
        @Override
        public void addService(final int transport, final long high, final long low, final int port)
        {
            selection.addService(transport, high, low, port);
            selection.removeService(transport, high, low, port);
        }

        @Override
        public void addServer(final int transport, final long high, final long low, final int port)
        {
            selection.addServer(transport, high, low, port);
            selection.removeServer(transport, high, low, port);
        }

        @Override
        public void addLocal(final long high, final long low)
        {
            selection.addLocal(high, low);
            selection.removeLocal(high, low);
        }

        @Override
        public void removeService(final int transport, final long high, final long low, final int port)
        {
            // It was never kept.
        }

        @Override
        public void removeServer(final int transport, final long high, final long low, final int port)
        {
            // As above.
        }

        @Override
        public void removeLocal(final long high, final long low)
        {
            // As above.
        }

        @Override
        public void attach()
        {
            // Nothing is to be kept from the kernel yet.
        }
    }
}
