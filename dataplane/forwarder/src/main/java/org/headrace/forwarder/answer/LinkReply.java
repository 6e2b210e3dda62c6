package org.headrace.forwarder.answer;

import org.headrace.forwarder.wire.Ethernet;

/** Link layer of an answer: back to the neighbour that the frame came from. */
final class LinkReply
{
    private LinkReply()
    {
    }

    /** @param frame whose two MAC addresses change places. */
    static void turnRound(final long frame)
    {
        final long destination = Ethernet.destination(frame);
        Ethernet.destination(frame, Ethernet.source(frame));
        Ethernet.source(frame, destination);
    }
}
