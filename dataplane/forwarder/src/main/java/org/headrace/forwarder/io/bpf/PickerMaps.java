package org.headrace.forwarder.io.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The tables behind the decision, shared by all programs of one picker. */
final class PickerMaps implements AutoCloseable
{
    static final int MAX_SERVICES = 16_384;
    static final int MAX_SERVERS = 131_072;
    static final int MAX_LOCALS = 4_096;
    static final int MAX_FRAGMENTED = 16_384;
    /** Value of the first three maps: presence is all that counts, but for {@link #localNatValue}. */
    static final int VALUE_BYTES = 4;
    /** Most that the value of an address can be that is none of our NAT addresses. */
    static final int MAX_PLAIN_LOCAL = Integer.MAX_VALUE;

    private final BpfMap services;
    private final BpfMap servers;
    private final BpfMap locals;
    private final BpfMap fragments;

    PickerMaps()
    {
        services = create("hr_services", EndpointKeyDescriptor.LENGTH_BYTES, MAX_SERVICES);
        servers = create("hr_servers", EndpointKeyDescriptor.LENGTH_BYTES, MAX_SERVERS);
        locals = create("hr_locals", EndpointKeyDescriptor.ADDRESS_BYTES, MAX_LOCALS);
        fragments = BpfMap.create(
            BpfMap.Kind.LRU_HASH, "hr_fragments", PickerStack.FRAGMENT_KEY_BYTES, Integer.BYTES, MAX_FRAGMENTED);
    }

    private static BpfMap create(final String name, final int keyBytes, final int maxEntries)
    {
        return BpfMap.create(BpfMap.Kind.HASH, name, keyBytes, VALUE_BYTES, maxEntries);
    }

    /** Destination of packets to balance. */
    BpfMap services()
    {
        return services;
    }

    /** Source of packets on their way back. */
    BpfMap servers()
    {
        return servers;
    }

    /**
     * Returns the value of a local address that is ours to NAT to: what servers send to it goes to the worker with the
     * number {@code port & mask}.
     */
    static byte[] localNatValue(final int mask)
    {
        return ByteBuffer.allocate(VALUE_BYTES).order(ByteOrder.nativeOrder()).putInt(Integer.MIN_VALUE | mask).array();
    }

    /**
     * Addresses of this host: what servers send to them is the kernel's, as answers to the agent's probes, unless their
     * value is a {@link #localNatValue}.
     */
    BpfMap locals()
    {
        return locals;
    }

    /** Fragmented datagrams whose first fragment was ours, with the client's hash. */
    BpfMap fragments()
    {
        return fragments;
    }

    @Override
    public void close()
    {
        services.close();
        servers.close();
        locals.close();
        fragments.close();
    }
}
