package org.headrace.agent;

import org.headrace.agent.netlink.HostNetwork;
import org.headrace.protocol.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts managed virtual addresses on the loopback interface and takes them off again. An address that was there before
 * is left alone; one that a former agent put there, which the state file tells, is ours.
 */
final class VirtualAddresses
{
    static final String INTERFACE = "lo";

    private static final Logger LOGGER = LoggerFactory.getLogger(VirtualAddresses.class);

    private final HostNetwork network;
    private final Set<IpAddress> owned;
    private final Predicate<IpAddress> isLocal;
    private final Runnable save;

    /**
     * @param network of this host.
     * @param owned   addresses that we, or a former agent, have put there; changed by this class.
     * @param isLocal whether this host has an address now.
     * @param save    makes {@code owned} durable.
     */
    VirtualAddresses(
        final HostNetwork network, final Set<IpAddress> owned, final Predicate<IpAddress> isLocal, final Runnable save)
    {
        this.network = network;
        this.owned = owned;
        this.isLocal = isLocal;
        this.save = save;
    }

    /** Makes the owned addresses those wanted. */
    void apply(final Set<IpAddress> wanted)
    {
        for (final IpAddress address : Set.copyOf(owned))
        {
            if (!wanted.contains(address))
            {
                remove(address);
            }
        }
        for (final IpAddress address : wanted)
        {
            if (!isLocal.test(address))
            {
                add(address);
            }
            else if (!owned.contains(address))
            {
                LOGGER.info("event=address-kept address={} reason=\"was there before\"", address);
            }
        }
        save.run();
    }

    private void add(final IpAddress address)
    {
        // Written down first: an address too many in the file is harmless, one too few stays for ever.
        if (owned.add(address))
        {
            save.run();
        }
        try
        {
            network.addAddress(address, INTERFACE);
            LOGGER.info("event=address-added address={} interface={}", address, INTERFACE);
        }
        catch (final RuntimeException ex)
        {
            LOGGER.error("event=address-not-added address={} interface={} reason=\"{}\"", address, INTERFACE,
                ex.getMessage());
        }
    }

    private void remove(final IpAddress address)
    {
        try
        {
            network.removeAddress(address, INTERFACE);
            owned.remove(address);
            LOGGER.info("event=address-removed address={} interface={}", address, INTERFACE);
        }
        catch (final RuntimeException ex)
        {
            LOGGER.error("event=address-not-removed address={} interface={} reason=\"{}\"", address, INTERFACE,
                ex.getMessage());
        }
    }
}
