package org.headrace.forwarder;

import org.headrace.forwarder.linux.LinkDriver;
import org.headrace.forwarder.linux.NetworkLink;

import java.io.PrintStream;

/**
 * Settings of an interface that change frames in a way that AF_XDP does not show. What can be seen from this end is
 * told at the start.
 */
final class OffloadWarnings
{
    private OffloadWarnings()
    {
    }

    /**
     * @param link   of an interface, in the network namespace of the calling thread.
     * @param events takes a line for each warning.
     */
    static void print(final NetworkLink link, final PrintStream events)
    {
        final LinkDriver driver = LinkDriver.of(link.name());
        if (driver.isVirtual())
        {
            events.println("event=partial-checksums-possible interface=" + link.name() + " driver=" + driver.name() +
                " advice=\"who sends into this link must not leave checksums to it: ethtool -K PEER tx off\"");
        }
        else if (driver.stripsVlanTags())
        {
            events.println("event=vlan-tags-hidden interface=" + link.name() + " driver=" + driver.name() +
                " advice=\"if there are VLANs on it: ethtool -K " + link.name() + " rxvlan off\"");
        }
        if (driver.mergesPackets())
        {
            events.println("event=large-receive-offload interface=" + link.name() + " driver=" + driver.name() +
                " advice=\"ethtool -K " + link.name() + " lro off\"");
        }
    }
}
