package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.DriverSettings.checkRange;

import org.headrace.forwarder.io.DriverSettings;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketDriver;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.bpf.XdpSocketMaps;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.NetworkQueues;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Configuration of the AF_XDP driver, and the opener of its workers.
 *
 * <pre>{@code
 * final XdpContext context = new XdpContext()
 *     .links(List.of(NetworkLink.find("eth0"), NetworkLink.find("eth1")))
 *     .sockets(maps)
 *     .workerCount(2);
 * final PacketIo first = context.openNext();
 * final PacketIo second = context.openNext();
 * context.admit();
 * }</pre>
 *
 * <p>Queue q of an interface belongs to worker q modulo workers, so an interface needs as many queues as there are
 * workers. Used by the conductor's thread, in the network namespace of the interfaces. Memory per worker:
 * 2 KiB for each slot of each queue, 4 KiB if an interface has an MTU above {@value #SMALL_MTU_BYTES}.
 */
public final class XdpContext implements PacketDriver
{
    /** Packets that may wait in a queue to be received: 1.2 ms at 1.7 million packets per second. */
    public static final int RECEIVE_SLOTS_DEFAULT = 2_048;
    /** Packets that may wait in a queue to be sent, those included that the receiver has not taken yet. */
    public static final int TRANSMIT_SLOTS_DEFAULT = 2_048;
    /** Most slots of either kind. */
    public static final int MAX_SLOTS = 1 << 16;
    /** Longest IP packet that a frame of 2 KiB holds: room for the kernel, for Ethernet and for a VLAN tag goes off. */
    public static final int SMALL_MTU_BYTES = 2_048 - XdpDescriptor.PACKET_HEADROOM - 18;

    /** Packets that may be on their way from one worker to another. */
    private static final int HANDOFF_SLOTS = 512;

    private List<NetworkLink> links = List.of();
    private XdpSocketMaps sockets;
    private int workerCount = 1;
    private int receiveSlots = RECEIVE_SLOTS_DEFAULT;
    private int transmitSlots = TRANSMIT_SLOTS_DEFAULT;
    private boolean zeroCopy = true;
    private int busyPollBudget;
    private Consumer<String> events = System.err::println;
    private final List<XdpPacketIo> drivers = new ArrayList<>();
    private FrameLayout layout;
    private int[] queueCounts;
    private HandoffRing[][] handoffRings;
    private WorkerBell[] bells = new WorkerBell[0];
    private final PassDevice passDevice = new PassDevice();

    /** @param newLinks interfaces, in the order in which frames refer to them. @return this. */
    public XdpContext links(final List<NetworkLink> newLinks)
    {
        links = List.copyOf(newLinks);
        return this;
    }

    /** @return interfaces, in the order in which frames refer to them. */
    public List<NetworkLink> links()
    {
        return links;
    }

    /** @param newSockets where XDP programs look for a queue's socket; outlives the drivers. @return this. */
    public XdpContext sockets(final XdpSocketMaps newSockets)
    {
        sockets = newSockets;
        return this;
    }

    /** @param newWorkerCount drivers that share the interfaces, at least 1. @return this. */
    public XdpContext workerCount(final int newWorkerCount)
    {
        workerCount = newWorkerCount;
        return this;
    }

    /** @return drivers that share the interfaces. */
    public int workerCount()
    {
        return workerCount;
    }

    /** @param newReceiveSlots per queue, a power of two from 64 to {@link #MAX_SLOTS}. @return this. */
    public XdpContext receiveSlots(final int newReceiveSlots)
    {
        receiveSlots = newReceiveSlots;
        return this;
    }

    /** @return frames that a queue may receive into. */
    public int receiveSlots()
    {
        return receiveSlots;
    }

    /** @param newTransmitSlots per queue, a power of two from 64 to {@link #MAX_SLOTS}. @return this. */
    public XdpContext transmitSlots(final int newTransmitSlots)
    {
        transmitSlots = newTransmitSlots;
        return this;
    }

    /** @return frames that a queue may have to send. */
    public int transmitSlots()
    {
        return transmitSlots;
    }

    /** @param isWanted false if frames are to be copied even where the devices could do without. @return this. */
    public XdpContext zeroCopy(final boolean isWanted)
    {
        zeroCopy = isWanted;
        return this;
    }

    /**
     * @param newBudget packets that the driver's own calls take from a device at most, whose interrupts stay off
     *                  meanwhile ({@code SO_PREFER_BUSY_POLL}); 0: the device's interrupts do that. @return this.
     */
    public XdpContext busyPollBudget(final int newBudget)
    {
        busyPollBudget = newBudget;
        return this;
    }

    /** @return packets of a busy poll, or 0. */
    public int busyPollBudget()
    {
        return busyPollBudget;
    }

    /** @param newEvents takes a line for each interface when it is admitted. @return this. */
    public XdpContext events(final Consumer<String> newEvents)
    {
        events = newEvents;
        return this;
    }

    @Override
    public XdpPacketIo openNext()
    {
        if (drivers.isEmpty())
        {
            validate();
            layout = FrameLayout.of(links);
            openHandoffs();
        }
        if (drivers.size() == workerCount)
        {
            throw new IllegalStateException("opened=" + drivers.size() + " >= workerCount=" + workerCount);
        }
        final XdpPacketIo driver = open(drivers.size());
        drivers.add(driver);
        return driver;
    }

    private void openHandoffs()
    {
        if (workerCount == 1)
        {
            return;
        }
        handoffRings = new HandoffRing[workerCount][workerCount];
        bells = new WorkerBell[workerCount];
        for (int giver = 0; giver < workerCount; giver++)
        {
            bells[giver] = new WorkerBell();
            for (int owner = 0; owner < workerCount; owner++)
            {
                if (owner != giver)
                {
                    handoffRings[giver][owner] = new HandoffRing(HANDOFF_SLOTS, layout.frameBytes());
                }
            }
        }
    }

    private XdpPacketIo open(final int worker)
    {
        int portCount = 0;
        for (final int count : queueCounts)
        {
            portCount += queuesOf(worker, count);
        }
        final Umem umem = layout.allocate(portCount, receiveSlots, transmitSlots);
        final List<QueuePort> ports = new ArrayList<>();
        final QueuePort[] egress = new QueuePort[links.size()];
        try
        {
            for (int place = 0; place < links.size(); place++)
            {
                for (int queue = worker; queue < queueCounts[place]; queue += workerCount)
                {
                    final XdpSocket socket =
                        new XdpSocket(ports.isEmpty() ? umem : null, receiveSlots, transmitSlots);
                    final QueuePort port = new QueuePort(place, queue, socket, umem);
                    ports.add(port);
                    egress[place] = egress[place] == null ? port : egress[place];
                    if (busyPollBudget != 0)
                    {
                        socket.pollBusily(busyPollBudget);
                    }
                }
            }
            return new XdpPacketIo(
                umem, ports.toArray(QueuePort[]::new), egress,
                workerCount == 1 ? null : new Handoff(worker, handoffRings, bells, umem));
        }
        catch (final RuntimeException ex)
        {
            ports.forEach(QueuePort::close);
            umem.close();
            throw ex;
        }
    }

    /** Queues worker, worker + workerCount, ... of count. */
    private int queuesOf(final int worker, final int count)
    {
        return (count - worker + workerCount - 1) / workerCount;
    }

    @Override
    public void admit()
    {
        passDevice.open();
        final SocketBinder binder = new SocketBinder(links, layout, zeroCopy);
        drivers.forEach(binder::bind);
        for (final XdpPacketIo driver : drivers)
        {
            driver.passTo(passDevice);
            for (final QueuePort port : driver.ports())
            {
                sockets.putSocket(port.place(), port.queue(), port.socket().fd());
            }
        }
        for (int place = 0; place < links.size(); place++)
        {
            events.accept("event=af-xdp interface=" + links.get(place).name() + " queues=" + queueCounts[place] +
                " mode=" + binder.mode() + " " + layout);
        }
    }

    @Override
    public String passProblem()
    {
        return passDevice.problem();
    }

    PassDevice passDevice()
    {
        return passDevice;
    }

    @Override
    public void close()
    {
        passDevice.close();
        for (final WorkerBell bell : bells)
        {
            bell.close();
        }
    }

    private void validate()
    {
        if (sockets == null)
        {
            throw new IllegalArgumentException("sockets is not set");
        }
        DriverSettings.check(links, workerCount);
        checkSlots("receiveSlots", receiveSlots);
        checkSlots("transmitSlots", transmitSlots);
        checkRange("busyPollBudget", busyPollBudget, 0, 1 << 15);
        queueCounts = new int[links.size()];
        for (int place = 0; place < links.size(); place++)
        {
            final NetworkLink link = links.get(place);
            queueCounts[place] = NetworkQueues.count(link.name());
            if (queueCounts[place] < workerCount)
            {
                throw new IllegalArgumentException(
                    "interface=" + link.name() + " queues=" + queueCounts[place] + " < workers=" + workerCount +
                    ": give it more (ethtool -L " + link.name() + "), or configure fewer workers, or io: io_uring");
            }
        }
    }

    private static void checkSlots(final String name, final int value)
    {
        checkRange(name, value, PacketBatch.CAPACITY, MAX_SLOTS);
        if (Integer.bitCount(value) != 1)
        {
            throw new IllegalArgumentException(name + "=" + value + " (expected: a power of two)");
        }
    }

    @Override
    public String toString()
    {
        return "XdpContext{links=" + links + ", workerCount=" + workerCount + ", receiveSlots=" + receiveSlots +
            ", transmitSlots=" + transmitSlots + ", zeroCopy=" + zeroCopy + ", busyPollBudget=" + busyPollBudget + "}";
    }
}
