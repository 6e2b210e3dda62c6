package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.util.Set;

/** Addresses, routes and neighbours of this host. Callbacks come on the implementation's own thread. */
public interface HostNetwork extends AutoCloseable
{
    /**
     * Begins to watch; the initial state has been delivered when this returns.
     *
     * @param listener of all changes; called by one thread only.
     */
    void start(HostNetworkListener listener);

    /**
     * Names the servers whose next hop is wanted. A server that is new counts as unresolved until the listener is told
     * otherwise; one that was watched before keeps its state and is not reported again.
     *
     * @param servers replace the former set.
     */
    void watch(Set<IpAddress> servers);

    /**
     * Puts an address on an interface as /32 or /128; one that is there already is left as it is.
     *
     * @param address       a virtual address.
     * @param interfaceName as {@code ip link} shows it.
     */
    void addAddress(IpAddress address, String interfaceName);

    /**
     * Takes an address off an interface; one that is not there is no error.
     *
     * @param address       a virtual address.
     * @param interfaceName as {@code ip link} shows it.
     */
    void removeAddress(IpAddress address, String interfaceName);

    @Override
    void close();
}
