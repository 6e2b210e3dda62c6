package org.headrace.perf.generate.link;

/** Sends and receives whole Ethernet frames on one interface, many at a time. For one thread; nothing here waits. */
public interface FrameLink extends FrameSender
{
    /**
     * @param handler that each frame is given to; it must not keep the address.
     * @param limit   most frames.
     * @return how many there were.
     */
    int receive(FrameHandler handler, int limit);

    /** @return frames lost before they could be received, since the link was opened. */
    long lost();
}
