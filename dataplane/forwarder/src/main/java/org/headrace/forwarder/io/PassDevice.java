package org.headrace.forwarder.io;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.SystemCallException;
import org.headrace.forwarder.linux.TunDevice;
import org.headrace.protocol.counters.DropReason;

/**
 * The way of a frame back to the kernel, when a worker has it that is not for the worker: a TUN device, shared by the
 * drivers of one process. Rare, because the kernel-side programs have chosen already: a system call for each frame.
 *
 * <p>Opened and closed by the conductor; {@link #pass} may be called by several workers at once, each with a batch of
 * its own, after {@link #open}.
 */
public final class PassDevice implements AutoCloseable
{
    private static final String NAME_PATTERN = "hr-pass%d";
    private static final int ETHERNET_HEADER_BYTES = 14;
    /** Of a frame that the kernel cannot be given. */
    private static final int TX_ERROR = Verdict.drop(DropReason.TX_ERROR);

    private TunDevice device;
    private String problem = "not opened";

    /** Makes the device in the caller's network namespace; on a host without TUN there is none. */
    public void open()
    {
        try
        {
            device = TunDevice.create(NAME_PATTERN);
            problem = "";
        }
        catch (final SystemCallException ex)
        {
            problem = ex.getMessage();
        }
    }

    /** @return why there is no device; empty if there is one. */
    public String problem()
    {
        return problem;
    }

    /** @return the kernel's number of the device, which has to be open. */
    public int index()
    {
        return device.index();
    }

    /**
     * @param batch with the frame.
     * @param index of the frame.
     * @return where its vnet header is to stand: {@value TunDevice#VNET_HEADER_BYTES} bytes before the IP packet.
     */
    public static long vnetHeader(final PacketBatch batch, final int index)
    {
        return batch.address(index) + ETHERNET_HEADER_BYTES - TunDevice.VNET_HEADER_BYTES;
    }

    /**
     * Hands a frame to the kernel; one that it does not take gets the verdict {@link DropReason#TX_ERROR}.
     *
     * @param batch with the frame; the vnet header stands at {@link #vnetHeader}.
     * @param index of the frame.
     */
    public void pass(final PacketBatch batch, final int index)
    {
        final int length = batch.length(index) - ETHERNET_HEADER_BYTES;
        if (device == null || length <= 0 ||
            device.write(vnetHeader(batch, index), length + TunDevice.VNET_HEADER_BYTES) < 0)
        {
            batch.verdict(index, TX_ERROR);
        }
    }

    /** Hands over a frame that needs no offloads, as {@link #pass}; its vnet header is written here. */
    public void passPlain(final PacketBatch batch, final int index)
    {
        final long vnetHeader = vnetHeader(batch, index);
        NativeMemory.putLong(vnetHeader, 0);
        NativeMemory.putShort(vnetHeader + Long.BYTES, 0);
        pass(batch, index);
    }

    @Override
    public void close()
    {
        if (device != null)
        {
            device.close();
            device = null;
        }
    }
}
