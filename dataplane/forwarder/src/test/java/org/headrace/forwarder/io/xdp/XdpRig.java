package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.VethRig;
import org.headrace.forwarder.io.bpf.RedirectAll;
import org.headrace.forwarder.io.bpf.XdpPicker;
import org.headrace.forwarder.io.bpf.XdpSocketMaps;
import org.headrace.forwarder.linux.NetworkLink;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The AF_XDP driver with its program, between two cables of as many queues as there are workers. */
final class XdpRig extends VethRig
{
    static final int RECEIVE_SLOTS = 1024;
    static final int TRANSMIT_SLOTS = 512;

    private final List<String> events = new ArrayList<>();
    private final XdpContext context = new XdpContext()
        .receiveSlots(RECEIVE_SLOTS).transmitSlots(TRANSMIT_SLOTS).events(events::add);
    private final XdpPacketIo[] workers;
    private RedirectAll redirect;
    private XdpPicker picker;

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
        context.busyPollBudget(busyPollBudget);
        workers = new XdpPacketIo[workerCount];
        open("mtu " + mtuBytes + " numrxqueues " + workerCount + " numtxqueues " + workerCount);
    }

    @Override
    protected PassDevice openDriver(final List<NetworkLink> links)
    {
        context.links(links).sockets(openSockets(links)).workerCount(workers.length);
        for (int i = 0; i < workers.length; i++)
        {
            workers[i] = context.openNext();
        }
        context.admit();
        return context.passDevice();
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
            Path.of("/sys/fs/bpf/" + id()), links, workers.length, new PrintStream(OutputStream.nullOutputStream()));
        addService(picker);
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
    protected void closeDriver()
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
    }
}
