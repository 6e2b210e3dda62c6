package org.headrace.forwarder.io;

import static org.headrace.forwarder.io.TestFrames.UDP;

import org.headrace.forwarder.io.uring.PeerSocket;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.NetworkNamespace;
import org.headrace.protocol.IpAddress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Two namespaces joined by two cables: the driver has {@code a0} and {@code a1}, their other ends are z0 and z1. */
public abstract class VethRig implements PacketIoRig
{
    /** Of the client. */
    public static final String CLIENT = "10.9.0.2";
    /** Of the service. */
    public static final String SERVICE = "10.9.9.9";
    /** Of the service, UDP. */
    public static final int SERVICE_PORT = 9;

    /** Of the flags of a vnet header. */
    protected static final int NEEDS_CSUM = 1;
    /** Of a frame. */
    protected static final int MIN_FRAME = 14 + 20 + 8;

    private static final long OWN_MAC = 0x02_0000_0000_01L;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String id = "hrio-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    private final NetworkNamespace own = new NetworkNamespace(id + "a");
    private final NetworkNamespace other = new NetworkNamespace(id + "z");
    private final PeerSocket[] peers = new PeerSocket[2];
    private PeerSocket passed;

    /**
     * Lays the cables and opens the driver; to be called last in the constructor.
     *
     * @param shape of all four ends, as {@code ip link add} takes it.
     */
    protected final void open(final String shape)
    {
        boolean isOpen = false;
        try
        {
            cable(shape);
            openPeers();
            own.call(() ->
            {
                final PassDevice device = openDriver(List.of(NetworkLink.find("a0"), NetworkLink.find("a1")));
                passed = new PeerSocket(device.index());
                return 0;
            });
            isOpen = true;
        }
        finally
        {
            if (!isOpen)
            {
                close();
            }
        }
    }

    /** Opens and admits, in the driver's namespace. @return where passed frames go. */
    protected abstract PassDevice openDriver(List<NetworkLink> links);

    /** Closes the driver, which may be half open. */
    protected abstract void closeDriver();

    private void cable(final String shape)
    {
        for (final NetworkNamespace namespace : new NetworkNamespace[]{own, other})
        {
            // The kernel's own packets (neighbour discovery, multicast reports) would be in the way.
            namespace.call(() -> write("/proc/sys/net/ipv6/conf/all/disable_ipv6"));
            namespace.call(() -> write("/proc/sys/net/ipv6/conf/default/disable_ipv6"));
        }
        for (int i = 0; i < 2; i++)
        {
            own.ip("link add a" + i + " " + shape + " address 02:00:00:00:00:01 type veth peer name z" + i + " " +
                shape + " netns " + other.name());
            own.ip("link set a" + i + " up");
            other.ip("link set z" + i + " up");
        }
    }

    private static int write(final String path)
    {
        try
        {
            Files.writeString(Path.of(path), "1");
            return 0;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void openPeers()
    {
        other.call(() ->
        {
            for (int i = 0; i < 2; i++)
            {
                peers[i] = new PeerSocket(NetworkLink.find("z" + i).index());
            }
            return 0;
        });
    }

    /** @return told apart by it, on the whole machine. */
    public final String id()
    {
        return id;
    }

    /** @return where the driver is. */
    public final NetworkNamespace own()
    {
        return own;
    }

    /** @return where the other ends are. */
    public final NetworkNamespace other()
    {
        return other;
    }

    /** @param selection that is to choose what {@link #frame} makes. */
    protected static void addService(final PacketSelection selection)
    {
        final IpAddress service = IpAddress.parse(SERVICE);
        selection.addService(UDP, service.high(), service.low(), SERVICE_PORT);
    }

    /** @param vnet header to fill. @param flags as in {@link PacketBatch}, which it is to tell of. */
    protected void describe(final ByteBuffer vnet, final int flags)
    {
    }

    @Override
    public final void inject(final int place, final byte[] frame, final int flags)
    {
        final ByteBuffer vnet = ByteBuffer.allocate(PeerSocket.VNET_BYTES).order(ByteOrder.nativeOrder());
        describe(vnet, flags);
        peers[place].send(vnet.array(), frame);
    }

    @Override
    public final Sent takeTransmitted(final int place)
    {
        final byte[] bytes = peers[place].receive();
        if (bytes == null)
        {
            return null;
        }
        final int flags = ((bytes[0] & NEEDS_CSUM) != 0 ? PacketBatch.PARTIAL_CHECKSUM : 0) |
            (bytes[1] != 0 ? PacketBatch.SUPER_PACKET : 0);
        return new Sent(Arrays.copyOfRange(bytes, PeerSocket.VNET_BYTES, bytes.length), flags);
    }

    @Override
    public final byte[] takePassed()
    {
        return passed.receivePacket();
    }

    @Override
    public final void fail(final int place)
    {
        own.ip("link set a" + place + " down");
    }

    @Override
    public final byte[] frame(final int number, final int length)
    {
        return frame(number, length, 1000);
    }

    /** @param number told apart by it. @param length of the frame. @param clientPort of it. @return the frame. */
    public final byte[] frame(final int number, final int length, final int clientPort)
    {
        final byte[] payload = new byte[length - MIN_FRAME];
        Arrays.fill(payload, (byte)number);
        return TestFrames.ethernet(OWN_MAC, 2, 0x0800, TestFrames.ipv4(
            CLIENT, SERVICE, UDP, number, 0, new byte[0], TestFrames.udp(clientPort, SERVICE_PORT, payload)));
    }

    @Override
    public final int minFrameBytes()
    {
        return MIN_FRAME;
    }

    @Override
    public final void close()
    {
        closeDriver();
        for (final PeerSocket socket : new PeerSocket[]{peers[0], peers[1], passed})
        {
            if (socket != null)
            {
                socket.close();
            }
        }
        own.close();
        other.close();
    }
}
