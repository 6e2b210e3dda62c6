package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.DriverSettings.checkRange;

import org.headrace.forwarder.io.DriverSettings;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketDriver;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.linux.NetworkLink;

import java.util.ArrayList;
import java.util.List;

/**
 * Configuration of the io_uring driver, and the opener of its workers.
 *
 * <pre>{@code
 * final UringContext context = new UringContext()
 *     .links(List.of(NetworkLink.find("eth0"), NetworkLink.find("eth1")))
 *     .picker(picker)
 *     .workerCount(2);
 * final PacketIo first = context.openNext();
 * final PacketIo second = context.openNext();
 * context.admit();
 * picker.attach();
 * }</pre>
 *
 * <p>Used by the conductor's thread, in the network namespace of the interfaces. Memory per worker and interface:
 * 2 KiB for each small slot and 68 KiB for each large slot, and 512 KiB to send from; 43 MiB by default.
 */
public final class UringContext implements PacketDriver
{
    /** Longest frame, with its Ethernet header, of the small slots: the threshold for {@link PacketPicker}. */
    public static final int SMALL_FRAME_BYTES = TpacketDescriptor.frameCapacity(TpacketDescriptor.SMALL_SLOT_BYTES);
    /**
     * Slots for frames up to {@link #SMALL_FRAME_BYTES}: 2.4 ms at 1.7 million packets per second. More are slower,
     * because they do not fit the cache: 16 384 slots forwarded 15 % less ({@code docs/performance.md}).
     */
    public static final int SMALL_SLOTS_DEFAULT = 4_096;
    /** Slots for longer frames: 2 ms of super-packets at 100 Gbit/s. */
    public static final int LARGE_SLOTS_DEFAULT = 480;
    /** Most slots of either kind. */
    public static final int MAX_SLOTS = 1 << 20;

    private static final int NO_GROUP = -1;

    private List<NetworkLink> links = List.of();
    private PacketPicker picker;
    private int workerCount = 1;
    private int smallSlots = SMALL_SLOTS_DEFAULT;
    private int largeSlots = LARGE_SLOTS_DEFAULT;
    private final List<UringPacketIo> drivers = new ArrayList<>();
    private final PassDevice passDevice = new PassDevice();

    /** @param newLinks interfaces, in the order in which frames refer to them. @return this. */
    public UringContext links(final List<NetworkLink> newLinks)
    {
        links = List.copyOf(newLinks);
        return this;
    }

    /** @return interfaces, in the order in which frames refer to them. */
    public List<NetworkLink> links()
    {
        return links;
    }

    /** @param newPicker chooses the frames; outlives the drivers. @return this. */
    public UringContext picker(final PacketPicker newPicker)
    {
        picker = newPicker;
        return this;
    }

    /** @return chooses the frames. */
    public PacketPicker picker()
    {
        return picker;
    }

    /** @param newWorkerCount drivers that share the interfaces, at least 1. @return this. */
    public UringContext workerCount(final int newWorkerCount)
    {
        workerCount = newWorkerCount;
        return this;
    }

    /** @return drivers that share the interfaces. */
    public int workerCount()
    {
        return workerCount;
    }

    /** @param newSmallSlots per worker and interface, 64 to {@link #MAX_SLOTS}. @return this. */
    public UringContext smallSlots(final int newSmallSlots)
    {
        smallSlots = newSmallSlots;
        return this;
    }

    /** @return slots for short frames per worker and interface. */
    public int smallSlots()
    {
        return smallSlots;
    }

    /** @param newLargeSlots per worker and interface, 64 to {@link #MAX_SLOTS}. @return this. */
    public UringContext largeSlots(final int newLargeSlots)
    {
        largeSlots = newLargeSlots;
        return this;
    }

    /** @return slots for long frames per worker and interface. */
    public int largeSlots()
    {
        return largeSlots;
    }

    @Override
    public UringPacketIo openNext()
    {
        if (drivers.isEmpty())
        {
            validate();
        }
        if (drivers.size() == workerCount)
        {
            throw new IllegalStateException("opened=" + drivers.size() + " >= workerCount=" + workerCount);
        }
        final List<InterfacePort> ports = new ArrayList<>();
        final List<TransmitPort> transmitPorts = new ArrayList<>();
        try
        {
            for (int place = 0; place < links.size(); place++)
            {
                ports.add(openPort(place));
                transmitPorts.add(new TransmitPort(
                    links.get(place), UringPacketIo.directFile(place, links.size()),
                    UringPacketIo.kickedFile(place, links.size())));
            }
        }
        catch (final RuntimeException ex)
        {
            ports.forEach(InterfacePort::close);
            transmitPorts.forEach(TransmitPort::close);
            throw ex;
        }
        final UringPacketIo driver = new UringPacketIo(
            ports.toArray(InterfacePort[]::new), new Transmitter(transmitPorts.toArray(TransmitPort[]::new)));
        drivers.add(driver);
        return driver;
    }

    private InterfacePort openPort(final int place)
    {
        final NetworkLink link = links.get(place);
        final PacketSocket small = new PacketSocket(link, TpacketDescriptor.SMALL_SLOT_BYTES, smallSlots);
        try
        {
            return new InterfacePort(
                place, small, new PacketSocket(link, TpacketDescriptor.LARGE_SLOT_BYTES, largeSlots));
        }
        catch (final RuntimeException ex)
        {
            small.close();
            throw ex;
        }
    }

    @Override
    public void admit()
    {
        passDevice.open();
        for (int place = 0; place < links.size(); place++)
        {
            int smallGroup = NO_GROUP;
            int largeGroup = NO_GROUP;
            // The kernel numbers the sockets of a group in the order in which they join.
            for (final UringPacketIo driver : drivers)
            {
                final InterfacePort port = driver.port(place);
                port.small().bind();
                port.large().bind();
                driver.transmitter().port(place).bind();
                if (workerCount > 1)
                {
                    smallGroup = port.small().joinFanout(smallGroup, picker.fanout());
                    largeGroup = port.large().joinFanout(largeGroup, picker.fanout());
                }
                port.large().accept(picker.largeFilter());
                port.small().accept(picker.smallFilter());
            }
        }
        drivers.forEach(driver -> driver.passTo(passDevice));
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
    }

    private void validate()
    {
        if (picker == null)
        {
            throw new IllegalArgumentException("picker is not set");
        }
        DriverSettings.check(links, workerCount);
        checkRange("smallSlots", smallSlots, PacketBatch.CAPACITY, MAX_SLOTS);
        checkRange("largeSlots", largeSlots, PacketBatch.CAPACITY, MAX_SLOTS);
        checkRange("picker.thresholdBytes", picker.thresholdBytes(), 1, SMALL_FRAME_BYTES);
    }

    @Override
    public String toString()
    {
        return "UringContext{links=" + links + ", workerCount=" + workerCount + ", smallSlots=" + smallSlots +
            ", largeSlots=" + largeSlots + "}";
    }
}
