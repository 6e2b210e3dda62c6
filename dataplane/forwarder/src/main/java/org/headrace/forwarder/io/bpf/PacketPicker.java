package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.io.PacketSelection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the kernel which packets are the data plane's: they go to its sockets and nowhere else, everything else takes
 * the kernel's way as if there were no load balancer.
 *
 * <p>Order of use: construct, fill ({@link #addService}, {@link #addServer}, {@link #addLocal}), open the sockets with
 * {@link #smallFilter} and its kin, {@link #attach}. The tables may change at any time after.
 *
 * <p>When the process dies without {@link #release}, the pinned programs go on <em>dropping</em> our packets, so that
 * the kernel answers none of them with a reset before the next process takes over. {@link #attach} of the next process
 * lets go of its predecessor's programs only when its own are in force.
 *
 * <p><b>Assumptions and guarantees.</b> All methods are called by one thread, the conductor's. Adding what is there
 * and removing what is not is no error. A change is in force for the next packet.
 */
public final class PacketPicker implements PacketSelection, AutoCloseable
{
    private static final byte[] PRESENT = {1, 0, 0, 0};
    private static final String LINK_PREFIX = "ingress-";

    private final Path pinDirectory;
    private final int[] ifindexes;
    private final int thresholdBytes;
    private final BpfFilesystem filesystem;
    private final PickerMaps maps;
    private final BpfProgram small;
    private final BpfProgram large;
    private final BpfProgram ingress;
    private final BpfProgram fanout;
    private final List<BpfLink> links = new ArrayList<>();

    /**
     * Loads the programs; nothing is attached yet.
     *
     * @param pinDirectory   for the links, in the BPF file system and nobody else's: {@code /sys/fs/bpf/headrace-NAME}.
     * @param ifindexes      interfaces in the network namespace of the calling thread.
     * @param thresholdBytes longest frame, with its Ethernet header, that goes to the ring of small frames.
     */
    public PacketPicker(final Path pinDirectory, final int[] ifindexes, final int thresholdBytes)
    {
        this.pinDirectory = pinDirectory;
        this.ifindexes = ifindexes.clone();
        this.thresholdBytes = thresholdBytes;
        filesystem = BpfFilesystem.mount();
        maps = new PickerMaps();
        small = PickerProgram.load(PickerProgram.Place.SMALL_RING, thresholdBytes, maps);
        large = PickerProgram.load(PickerProgram.Place.LARGE_RING, thresholdBytes, maps);
        ingress = PickerProgram.load(PickerProgram.Place.TCX_INGRESS, thresholdBytes, maps);
        fanout = PickerProgram.load(PickerProgram.Place.FANOUT, thresholdBytes, maps);
    }

    /**
     * @param transport   IP protocol: 6 TCP, 17 UDP.
     * @param addressHigh first eight bytes of the address, big-endian value.
     * @param addressLow  last eight bytes, big-endian value; IPv4 as {@code ::ffff:a.b.c.d}.
     * @param port        1 to 65535.
     */
    @Override
    public void addService(final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.services().put(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port), PRESENT);
    }

    /** The reverse of {@link #addService}. @param transport IP protocol. @param addressHigh first eight bytes.
     * @param addressLow last eight bytes. @param port 1 to 65535. */
    @Override
    public void removeService(final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.services().remove(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port));
    }

    /**
     * @param transport   IP protocol: 6 TCP, 17 UDP.
     * @param addressHigh first eight bytes of the address, big-endian value.
     * @param addressLow  last eight bytes, big-endian value; IPv4 as {@code ::ffff:a.b.c.d}.
     * @param port        1 to 65535.
     */
    @Override
    public void addServer(final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.servers().put(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port), PRESENT);
    }

    /** The reverse of {@link #addServer}. @param transport IP protocol. @param addressHigh first eight bytes.
     * @param addressLow last eight bytes. @param port 1 to 65535. */
    @Override
    public void removeServer(final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.servers().remove(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port));
    }

    /**
     * An address of this host: what servers send to it (answers to health checks) stays with the kernel. Not for the
     * local addresses of FULLNAT, whose packets are ours.
     *
     * @param addressHigh first eight bytes of the address, big-endian value.
     * @param addressLow  last eight bytes, big-endian value; IPv4 as {@code ::ffff:a.b.c.d}.
     */
    @Override
    public void addLocal(final long addressHigh, final long addressLow)
    {
        maps.locals().put(EndpointKeyDescriptor.address(addressHigh, addressLow), PRESENT);
    }

    /** The reverse of {@link #addLocal}. @param addressHigh first eight bytes. @param addressLow last eight bytes. */
    @Override
    public void removeLocal(final long addressHigh, final long addressLow)
    {
        maps.locals().remove(EndpointKeyDescriptor.address(addressHigh, addressLow));
    }

    /**
     * @return longest frame that {@link #smallFilter} takes.
     */
    public int thresholdBytes()
    {
        return thresholdBytes;
    }

    /**
     * @return socket filter that takes our frames up to {@link #thresholdBytes}.
     */
    public BpfProgram smallFilter()
    {
        return small;
    }

    /**
     * @return socket filter that takes our frames beyond {@link #thresholdBytes}.
     */
    public BpfProgram largeFilter()
    {
        return large;
    }

    /**
     * @return program for {@code PACKET_FANOUT_EBPF}: {@link ClientHash} of the packet.
     */
    public BpfProgram fanout()
    {
        return fanout;
    }

    BpfProgram ingress()
    {
        return ingress;
    }

    /**
     * Keeps our packets from the kernel from now on, also beyond the end of this process. To be called when the
     * sockets are open, by a thread in the network namespace of the interfaces.
     */
    @Override
    public void attach()
    {
        final List<String> pinned = new ArrayList<>();
        try
        {
            Files.createDirectories(pinDirectory);
            for (final int ifindex : ifindexes)
            {
                final BpfLink link = BpfLink.attachTcxIngress(ingress, ifindex);
                links.add(link);
                final String name = LINK_PREFIX + ifindex;
                link.pin(pinDirectory.resolve(name));
                pinned.add(name);
            }
            // Interfaces that the predecessor had and that are no longer configured.
            removePins(pinDirectory, pinned);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot pin links under " + pinDirectory, ex);
        }
    }

    /**
     * Clean stop: gives our packets back to the kernel and removes everything; includes {@link #close}. The kernel
     * takes the programs down a moment after this returns.
     */
    public void release()
    {
        releasePins(pinDirectory);
        close();
        filesystem.unmountIfOursAndEmpty();
    }

    /**
     * Removes what a dead process has left pinned, so that nothing is dropped any more.
     *
     * @param pinDirectory that it had.
     */
    public static void releasePins(final Path pinDirectory)
    {
        if (!Files.isDirectory(pinDirectory))
        {
            return;
        }
        try
        {
            removePins(pinDirectory, List.of());
            Files.deleteIfExists(pinDirectory);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot remove the pinned links under " + pinDirectory, ex);
        }
    }

    private static void removePins(final Path directory, final List<String> except) throws IOException
    {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, LINK_PREFIX + "*"))
        {
            for (final Path entry : entries)
            {
                if (!except.contains(entry.getFileName().toString()))
                {
                    Files.deleteIfExists(entry);
                }
            }
        }
    }

    /** Closes this process's descriptors. Pinned links stay in force; see {@link #release}. */
    @Override
    public void close()
    {
        links.forEach(BpfLink::close);
        links.clear();
        fanout.close();
        ingress.close();
        large.close();
        small.close();
        maps.close();
    }
}
