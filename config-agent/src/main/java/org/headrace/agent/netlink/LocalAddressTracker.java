package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The addresses of this host, each present as long as any interface has it. Single threaded, no I/O.
 */
final class LocalAddressTracker
{
    private final HostNetworkListener listener;
    private Map<IpAddress, Set<Integer>> interfacesByAddress = new HashMap<>();
    private Map<IpAddress, Set<Integer>> interfacesBeforeDump;

    LocalAddressTracker(final HostNetworkListener listener)
    {
        this.listener = listener;
    }

    /** A full dump begins: what it does not confirm will be gone at its end. */
    void onDumpBegin()
    {
        if (interfacesBeforeDump == null)
        {
            interfacesBeforeDump = interfacesByAddress;
        }
        interfacesByAddress = new HashMap<>();
    }

    void onDumpEnd()
    {
        final Map<IpAddress, Set<Integer>> before = interfacesBeforeDump;
        interfacesBeforeDump = null;
        before.keySet().stream().filter(address -> !interfacesByAddress.containsKey(address))
            .forEach(address -> listener.onLocalAddress(address, false));
        interfacesByAddress.keySet().stream().filter(address -> !before.containsKey(address))
            .forEach(address -> listener.onLocalAddress(address, true));
    }

    void onAddress(final RtnetlinkMessage.Address message)
    {
        final IpAddress address = message.address();
        final boolean wasPresent = interfacesByAddress.containsKey(address);
        if (message.isRemoved())
        {
            interfacesByAddress.computeIfPresent(address, (ignored, interfaces) ->
            {
                interfaces.remove(message.interfaceIndex());
                return interfaces.isEmpty() ? null : interfaces;
            });
        }
        else
        {
            interfacesByAddress.computeIfAbsent(address, ignored -> new HashSet<>()).add(message.interfaceIndex());
        }
        final boolean isPresent = interfacesByAddress.containsKey(address);
        if (interfacesBeforeDump == null && isPresent != wasPresent)
        {
            listener.onLocalAddress(address, isPresent);
        }
    }
}
