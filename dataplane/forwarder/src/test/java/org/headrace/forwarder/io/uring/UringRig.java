package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.VethRig;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.linux.NetworkLink;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The io_uring driver with its packet picker, between two cables. */
final class UringRig extends VethRig
{
    /** What one block of the ring holds. */
    private static final int SLOTS = TpacketDescriptor.BLOCK_BYTES / TpacketDescriptor.SMALL_SLOT_BYTES;
    private static final int GSO_UDP_L4 = 5;

    private final UringContext context = new UringContext().smallSlots(SLOTS).largeSlots(256);
    private final PacketIo[] workers;
    private PacketPicker picker;

    UringRig()
    {
        this(1);
    }

    UringRig(final int workerCount)
    {
        workers = new PacketIo[workerCount];
        open("mtu 65535");
    }

    @Override
    protected PassDevice openDriver(final List<NetworkLink> links)
    {
        picker = new PacketPicker(
            Path.of("/sys/fs/bpf/" + id()), links.stream().mapToInt(NetworkLink::index).toArray(),
            UringContext.SMALL_FRAME_BYTES);
        addService(picker);
        context.links(links).picker(picker).workerCount(workers.length);
        for (int i = 0; i < workers.length; i++)
        {
            workers[i] = context.openNext();
        }
        context.admit();
        picker.attach();
        return context.passDevice();
    }

    PacketIo worker(final int number)
    {
        return workers[number];
    }

    PacketPicker picker()
    {
        return picker;
    }

    @Override
    public PacketIo io()
    {
        return workers[0];
    }

    @Override
    protected void describe(final ByteBuffer vnet, final int flags)
    {
        if ((flags & PacketBatch.PARTIAL_CHECKSUM) != 0)
        {
            vnet.put(0, (byte)NEEDS_CSUM).putShort(6, (short)34).putShort(8, (short)6);
        }
        if ((flags & PacketBatch.SUPER_PACKET) != 0)
        {
            vnet.put(1, (byte)GSO_UDP_L4).putShort(2, (short)MIN_FRAME).putShort(4, (short)1400);
        }
    }

    @Override
    public int moreThanFit()
    {
        return SLOTS + 300;
    }

    @Override
    protected void closeDriver()
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
    }
}
