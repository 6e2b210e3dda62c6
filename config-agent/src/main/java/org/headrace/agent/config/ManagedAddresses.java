package org.headrace.agent.config;

import org.headrace.protocol.IpAddress;

import java.util.LinkedHashSet;
import java.util.Set;

/** The virtual addresses that the agent is to put on an interface. */
public final class ManagedAddresses
{
    private ManagedAddresses()
    {
    }

    /**
     * @param config that names them.
     * @return addresses of the instances with {@code manage-address: true}, in the order of the file.
     */
    public static Set<IpAddress> of(final HeadraceConfig config)
    {
        final Set<IpAddress> addresses = new LinkedHashSet<>();
        for (final InstanceConfig instance : config.instances())
        {
            if (instance.isManageAddress())
            {
                addresses.addAll(instance.addresses());
            }
        }
        return addresses;
    }
}
