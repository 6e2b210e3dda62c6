package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.TestFrames.UDP;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PacketIoRig;
import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.io.bpf.RedirectAll;
import org.headrace.forwarder.io.bpf.XdpPicker;
import org.headrace.forwarder.io.bpf.XdpSocketMaps;
import org.headrace.forwarder.io.uring.PeerSocket;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.NetworkNamespace;
import org.headrace.protocol.IpAddress;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Two namespaces joined by two cables: the driver has {@code a0} and {@code a1}, their other ends are z0 and z1. */
final class XdpRig implements PacketIoRig
{
    static final String CLIENT = "10.9.0.2";
    static final String SERVICE = "10.9.9.9";
    static final int SERVICE_PORT = 9;
    static final int RECEIVE_SLOTS = 1024;
    static final int TRANSMIT_SLOTS = 512;

    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final long OWN_MAC = 0x02_0000_0000_01L;
    private static final int MIN_FRAME = 14 + 20 + 8;
    private static final int NEEDS_CSUM = 1;

    private final String id = "hrxd-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
    private final NetworkNamespace own = new NetworkNamespace(id + "a");
    private final NetworkNamespace other = new NetworkNamespace(id + "z");
    private final PeerSocket[] peers = new PeerSocket[2];
    private final List<String> events = new ArrayList<>();
    private final XdpContext context = new XdpContext()
        .receiveSlots(RECEIVE_SLOTS).transmitSlots(TRANSMIT_SLOTS).events(events::add);
    private final int mtuBytes;
    private final XdpPacketIo[] workers;
    private RedirectAll redirect;
    private XdpPicker picker;
    private PeerSocket passed;

    XdpRig(final int mtuBytes)
    {
        this(mtuBytes, 1);
    }

    XdpRig(final int mtuBytes, final int workerCount)
    {
        this(mtuBytes, workerCount, 0);
    }

    XdpRig(final int mtuBytes, final int workerCount, final int busyPollBudget)
    {
        this.mtuBytes = mtuBytes;
        context.busyPollBudget(busyPollBudget);
        workers = new XdpPacketIo[workerCount];
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
            final String shape =
                " mtu " + mtuBytes + " numrxqueues " + workers.length + " numtxqueues " + workers.length;
            own.ip("link add a" + i + shape + " address 02:00:00:00:00:01 type veth peer name z" + i + shape +
                " netns " + other.name());
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
        context.links(links).sockets(openSockets(links)).workerCount(workers.length);
        for (int i = 0; i < workers.length; i++)
        {
            workers[i] = context.openNext();
        }
        context.admit();
        passed = new PeerSocket(context.passDevice().index());
        return 0;
    }

    /** Several workers need the hash that only the real program stores. */
    private XdpSocketMaps openSockets(final List<NetworkLink> links)
    {
        if (workers.length == 1)
        {
            redirect = new RedirectAll(links.get(0).index(), links.get(1).index());
            return redirect.sockets();
        }
        picker = new XdpPicker(
            Path.of("/sys/fs/bpf/" + id), links, workers.length, new PrintStream(OutputStream.nullOutputStream()));
        final IpAddress service = IpAddress.parse(SERVICE);
        picker.addService(UDP, service.high(), service.low(), SERVICE_PORT);
        picker.prepare();
        picker.attach();
        return picker.sockets();
    }

    XdpPacketIo worker(final int number)
    {
        return workers[number];
    }

    Umem umem()
    {
        return workers[0].umem();
    }

    /** @return frames of a worker, large ones not counted. */
    int frameCount()
    {
        return FrameLayout.frameCount(workers[0].ports().length, RECEIVE_SLOTS, TRANSMIT_SLOTS);
    }

    NetworkNamespace own()
    {
        return own;
    }

    List<NetworkLink> links()
    {
        return context.links();
    }

    List<String> events()
    {
        return events;
    }

    RedirectAll redirect()
    {
        return redirect;
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
        return new Sent(
            Arrays.copyOfRange(bytes, PeerSocket.VNET_BYTES, bytes.length),
            (bytes[0] & NEEDS_CSUM) != 0 ? PacketBatch.PARTIAL_CHECKSUM : 0);
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
        return RECEIVE_SLOTS + 300;
    }

    @Override
    public boolean carriesFlags()
    {
        return false;
    }

    @Override
    public void close()
    {
        for (final XdpPacketIo worker : workers)
        {
            if (worker != null)
            {
                worker.close();
            }
        }
        context.close();
        if (redirect != null)
        {
            redirect.close();
        }
        if (picker != null)
        {
            picker.release();
        }
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
