package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.TestFrames.UDP;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PacketIoRig;
import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.io.bpf.PacketPicker;
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
final class UringRig implements PacketIoRig
{
    static final String CLIENT = "10.9.0.2";
    static final String SERVICE = "10.9.9.9";
    static final int SERVICE_PORT = 9;

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final long OWN_MAC = 0x02_0000_0000_01L;
    /** What one block of the ring holds. */
    private static final int SLOTS = TpacketDescriptor.BLOCK_BYTES / TpacketDescriptor.SMALL_SLOT_BYTES;
    private static final int MIN_FRAME = 14 + 20 + 8;
    private static final int NEEDS_CSUM = 1;
    private static final int GSO_UDP_L4 = 5;

    private final String id = "hrio-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    private final NetworkNamespace own = new NetworkNamespace(id + "a");
    private final NetworkNamespace other = new NetworkNamespace(id + "z");
    private final PeerSocket[] peers = new PeerSocket[2];
    private final UringContext context = new UringContext().smallSlots(SLOTS).largeSlots(256);
    private final PacketIo[] workers;
    private PacketPicker picker;
    private PeerSocket passed;

    UringRig()
    {
        this(1);
    }

    UringRig(final int workerCount)
    {
        workers = new PacketIo[workerCount];
        boolean isOpen = false;
        try
        {
            cable();
            openPeers();
            own.call(this::openDriver);
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

    private void cable()
    {
        for (final NetworkNamespace namespace : new NetworkNamespace[]{own, other})
        {
            // The kernel's own packets (neighbour discovery, multicast reports) would be in the way.
            namespace.call(() -> write("/proc/sys/net/ipv6/conf/all/disable_ipv6"));
            namespace.call(() -> write("/proc/sys/net/ipv6/conf/default/disable_ipv6"));
        }
        for (int i = 0; i < 2; i++)
        {
            own.ip("link add a" + i + " mtu 65535 address 02:00:00:00:00:01 type veth peer name z" + i +
                " mtu 65535 netns " + other.name());
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

    private int openDriver()
    {
        final List<NetworkLink> links = List.of(NetworkLink.find("a0"), NetworkLink.find("a1"));
        picker = new PacketPicker(
            Path.of("/sys/fs/bpf/" + id), links.stream().mapToInt(NetworkLink::index).toArray(),
            UringContext.SMALL_FRAME_BYTES);
        final IpAddress service = IpAddress.parse(SERVICE);
        picker.addService(UDP, service.high(), service.low(), SERVICE_PORT);
        context.links(links).picker(picker).workerCount(workers.length);
        for (int i = 0; i < workers.length; i++)
        {
            workers[i] = context.openNext();
        }
        context.admit();
        passed = new PeerSocket(context.passDevice().index());
        picker.attach();
        return 0;
    }

    PacketIo worker(final int number)
    {
        return workers[number];
    }

    PacketPicker picker()
    {
        return picker;
    }

    NetworkNamespace own()
    {
        return own;
    }

    NetworkNamespace other()
    {
        return other;
    }

    String id()
    {
        return id;
    }

    @Override
    public PacketIo io()
    {
        return workers[0];
    }

    @Override
    public void inject(final int place, final byte[] frame, final int flags)
    {
        final ByteBuffer vnet = ByteBuffer.allocate(PeerSocket.VNET_BYTES).order(ByteOrder.nativeOrder());
        if ((flags & PacketBatch.PARTIAL_CHECKSUM) != 0)
        {
            vnet.put(0, (byte)NEEDS_CSUM).putShort(6, (short)34).putShort(8, (short)6);
        }
        if ((flags & PacketBatch.SUPER_PACKET) != 0)
        {
            vnet.put(1, (byte)GSO_UDP_L4).putShort(2, (short)MIN_FRAME).putShort(4, (short)1400);
        }
        peers[place].send(vnet.array(), frame);
    }

    @Override
    public Sent takeTransmitted(final int place)
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
    public byte[] takePassed()
    {
        return passed.receivePacket();
    }

    @Override
    public void fail(final int place)
    {
        own.ip("link set a" + place + " down");
    }

    @Override
    public byte[] frame(final int number, final int length)
    {
        return frame(number, length, 1000);
    }

    byte[] frame(final int number, final int length, final int clientPort)
    {
        final byte[] payload = new byte[length - MIN_FRAME];
        Arrays.fill(payload, (byte)number);
        return TestFrames.ethernet(OWN_MAC, 2, 0x0800, TestFrames.ipv4(
            CLIENT, SERVICE, UDP, number, 0, new byte[0], TestFrames.udp(clientPort, SERVICE_PORT, payload)));
    }

    @Override
    public int minFrameBytes()
    {
        return MIN_FRAME;
    }

    @Override
    public int moreThanFit()
    {
        return SLOTS + 300;
    }

    @Override
    public void close()
    {
        if (picker != null)
        {
            picker.release();
        }
        for (final PacketIo worker : workers)
        {
            if (worker != null)
            {
                worker.close();
            }
        }
        context.close();
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
