package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

/**
 * A neighbour as the kernel's tables key it: link-local addresses mean something only together with an interface.
 *
 * @param interfaceIndex of the link.
 * @param address        of the neighbour on that link.
 */
record NextHopKey(int interfaceIndex, IpAddress address)
{
}
