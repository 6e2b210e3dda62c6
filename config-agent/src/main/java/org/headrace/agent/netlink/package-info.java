/**
 * Addresses, routes and neighbours of this host, read and changed through rtnetlink (rtnetlink(7)).
 *
 * <p>From the outside in: {@link org.headrace.agent.netlink.HostNetwork} is the contract,
 * {@code RtnetlinkHostNetwork} the lifecycle, {@code HostNetworkAgent} the duty cycle, {@code AdjacencyTracker} and
 * {@code LocalAddressTracker} the state without any I/O, {@code RtnetlinkProxy} and {@code RtnetlinkAdapter} the
 * bytes, {@code NetlinkSocket} and {@code Libc} the system calls.
 */
package org.headrace.agent.netlink;
