package org.headrace.perf.generate.link;

/** Takes received frames. */
@FunctionalInterface
public interface FrameHandler
{
    /**
     * @param frame       address of the Ethernet header, valid until the method returns.
     * @param lengthBytes of what was captured: at least the headers of frames that fit them.
     */
    void onFrame(long frame, int lengthBytes);
}
