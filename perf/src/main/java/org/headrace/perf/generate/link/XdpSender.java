package org.headrace.perf.generate.link;

import org.headrace.forwarder.io.xdp.XdpTransmitter;
import org.headrace.forwarder.linux.NetworkLink;

/** Sends through AF_XDP, on the first queue of an interface. */
public final class XdpSender implements FrameSender
{
    private static final int SLOTS = 4_096;

    private final XdpTransmitter transmitter;

    /** @param interfaceName in the namespace of the calling thread. */
    public XdpSender(final String interfaceName)
    {
        transmitter = XdpTransmitter.open(NetworkLink.find(interfaceName), 0, SLOTS);
    }

    @Override
    public boolean hasRoom(final int frames)
    {
        return transmitter.hasRoom(frames);
    }

    @Override
    public long claim()
    {
        return transmitter.claim();
    }

    @Override
    public void commit(final int lengthBytes)
    {
        transmitter.commit(lengthBytes);
    }

    @Override
    public void flush()
    {
        transmitter.flush();
    }

    @Override
    public boolean isDrained()
    {
        transmitter.flush();
        return transmitter.isDrained();
    }

    @Override
    public void close()
    {
        transmitter.close();
    }
}
