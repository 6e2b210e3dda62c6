package org.headrace.agent.netlink;

/** Receives the messages that {@link RtnetlinkAdapter} decodes. */
interface RtnetlinkListener
{
    void onMessage(RtnetlinkMessage message);

    /** The dump with this sequence number was disturbed by a change and may be inconsistent (NLM_F_DUMP_INTR). */
    void onDumpInterrupted(int sequence);

    /** A datagram broke the format; what follows in it was left out. */
    void onMalformed(String reason);
}
