package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

/**
 * How frames reach a server.
 *
 * @param server         the watched server.
 * @param interfaceIndex of the interface to send on, 0 if the server is unresolved.
 * @param destinationMac hardware address of the next hop in the low 48 bits, first byte highest; 0 if unresolved.
 * @param mtuBytes       largest IP packet on the way to the next hop; 0 if unresolved.
 */
public record Adjacency(IpAddress server, int interfaceIndex, long destinationMac, int mtuBytes)
{
}
