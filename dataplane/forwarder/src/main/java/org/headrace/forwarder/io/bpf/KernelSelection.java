package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.io.PacketSelection;

import java.nio.file.Path;

/**
 * Tells the kernel which packets are the data plane's, by maps that its programs read: they go to its sockets and
 * nowhere else, everything else takes the kernel's way as if there were no load balancer.
 *
 * <p>Order of use: construct, {@link #prepare}, fill ({@link #addService}, {@link #addServer}, {@link #addLocal}),
 * admit the driver's frames, {@link #attach}. The tables may change at any time after.
 *
 * <p>When the process dies without {@link #release}, the pinned programs go on <em>dropping</em> our packets, so that
 * the kernel answers none of them with a reset before the next process takes over. {@link #attach} of the next process
 * lets go of its predecessor's programs only when its own are in force, whichever driver either of them has.
 *
 * <p><b>Assumptions and guarantees.</b> All methods are called by one thread, the conductor's. Adding what is there
 * and removing what is not is no error. A change is in force for the next packet.
 */
public abstract sealed class KernelSelection implements PacketSelection, AutoCloseable permits PacketPicker, XdpPicker
{
    private static final byte[] PRESENT = {1, 0, 0, 0};

    private final PinnedLinks pins;
    private final BpfFilesystem filesystem;
    private final PickerMaps maps;

    /** @param pinDirectory for the links, in the BPF file system and nobody else's. */
    KernelSelection(final Path pinDirectory)
    {
        pins = new PinnedLinks(pinDirectory);
        filesystem = BpfFilesystem.mount();
        maps = new PickerMaps();
    }

    final PinnedLinks pins()
    {
        return pins;
    }

    final PickerMaps maps()
    {
        return maps;
    }

    /**
     * @param transport   IP protocol: 6 TCP, 17 UDP.
     * @param addressHigh first eight bytes of the address, big-endian value.
     * @param addressLow  last eight bytes, big-endian value; IPv4 as {@code ::ffff:a.b.c.d}.
     * @param port        1 to 65535.
     */
    @Override
    public final void addService(
        final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.services().put(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port), PRESENT);
    }

    /** The reverse of {@link #addService}. @param transport IP protocol. @param addressHigh first eight bytes.
     * @param addressLow last eight bytes. @param port 1 to 65535. */
    @Override
    public final void removeService(
        final int transport, final long addressHigh, final long addressLow, final int port)
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
    public final void addServer(
        final int transport, final long addressHigh, final long addressLow, final int port)
    {
        maps.servers().put(EndpointKeyDescriptor.endpoint(transport, addressHigh, addressLow, port), PRESENT);
    }

    /** The reverse of {@link #addServer}. @param transport IP protocol. @param addressHigh first eight bytes.
     * @param addressLow last eight bytes. @param port 1 to 65535. */
    @Override
    public final void removeServer(
        final int transport, final long addressHigh, final long addressLow, final int port)
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
    public final void addLocal(final long addressHigh, final long addressLow)
    {
        maps.locals().put(EndpointKeyDescriptor.address(addressHigh, addressLow), PRESENT);
    }

    /** The reverse of {@link #addLocal}. @param addressHigh first eight bytes. @param addressLow last eight bytes. */
    @Override
    public final void removeLocal(final long addressHigh, final long addressLow)
    {
        maps.locals().remove(EndpointKeyDescriptor.address(addressHigh, addressLow));
    }

    /**
     * Finds out whether the programs can be attached, and attaches what can be without touching a predecessor's. To be
     * called when this process is the only one on its interfaces, before the driver admits frames, by a thread in
     * their network namespace.
     *
     * @throws IllegalStateException if an interface cannot have its program: names it and what to do.
     */
    public abstract void prepare();

    /**
     * Keeps our packets from the kernel from now on, also beyond the end of this process. To be called when the
     * sockets are open, by a thread in the network namespace of the interfaces.
     */
    @Override
    public abstract void attach();

    /**
     * Clean stop: gives our packets back to the kernel and removes everything; includes {@link #close}. The kernel
     * takes the programs down a moment after this returns.
     */
    public final void release()
    {
        pins.release();
        close();
        filesystem.unmountIfOursAndEmpty();
    }

    /** Closes this process's descriptors. Pinned links stay in force; see {@link #release}. */
    @Override
    public void close()
    {
        maps.close();
    }
}
