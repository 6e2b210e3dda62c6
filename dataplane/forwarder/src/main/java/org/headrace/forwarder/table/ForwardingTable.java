package org.headrace.forwarder.table;

import org.agrona.collections.Hashing;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.LimitTable;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Scheduler;

import java.util.Arrays;
import java.util.List;

/**
 * The services of one generation and which servers each has: immutable, made by the conductor, handed to every worker
 * by one reference.
 *
 * <p>Primitive arrays on the heap: reading them costs what off-heap memory costs, and the collector frees a table when
 * the last worker has let go of it ({@code docs/adr/0004-forwarding-table-on-heap.md}).
 */
public final class ForwardingTable
{
    /** No such service. */
    public static final int NOT_FOUND = -1;

    /** A table without services, for the time before the first generation. */
    public static final ForwardingTable EMPTY = new ForwardingTable(0, List.of());

    private static final int MIN_HASH_LENGTH = 16;

    private final long generation;
    private final int mask;
    private final long[] keyHigh;
    private final long[] keyLow;
    private final int[] keyPorts;
    private final int[] keyService;
    private final Scheduler[] scheduler;
    private final int[] timeouts;
    private final int[] persistenceTimeoutMs;
    private final int[] persistencePrefix;
    private final long[] persistenceMaskHigh;
    private final long[] persistenceMaskLow;
    private final boolean[] expireQuiescent;
    private final AccessList[] accessLists;
    private final boolean hasAccessLists;
    private final LimitTable limits;
    private final int[][] servers;

    /**
     * One service, for the constructor.
     *
     * @param slot        of the service.
     * @param key         transport, address, port.
     * @param scheduler   how it chooses servers.
     * @param timeouts    profile of idle timeouts, 0 to 255.
     * @param persistence of its clients.
     * @param access      which clients get in, or null for all.
     * @param servers     slots of its servers, in the order of the configuration.
     */
    public record Service(
        int slot,
        ServiceKey key,
        Scheduler scheduler,
        int timeouts,
        Persistence persistence,
        AccessList access,
        int[] servers)
    {
        /** A service that everybody may use; see the other constructor for the parameters. */
        public Service(
            final int slot,
            final ServiceKey key,
            final Scheduler scheduler,
            final int timeouts,
            final Persistence persistence,
            final int[] servers)
        {
            this(slot, key, scheduler, timeouts, persistence, null, servers);
        }
    }

    /**
     * @param generation number of the generation.
     * @param services   all of them; keys and slots are unique.
     */
    public ForwardingTable(final long generation, final List<Service> services)
    {
        this(generation, services, LimitTable.EMPTY);
    }

    /**
     * @param generation number of the generation.
     * @param services   all of them; keys and slots are unique.
     * @param limits     that they are subject to.
     */
    public ForwardingTable(final long generation, final List<Service> services, final LimitTable limits)
    {
        this.generation = generation;
        this.limits = limits;
        // At most one third full, so that a miss, the usual outcome for foreign packets, ends after about one probe.
        int hashLength = MIN_HASH_LENGTH;
        while (hashLength < services.size() * 3)
        {
            hashLength <<= 1;
        }
        mask = hashLength - 1;
        keyHigh = new long[hashLength];
        keyLow = new long[hashLength];
        keyPorts = new int[hashLength];
        keyService = new int[hashLength];
        Arrays.fill(keyService, NOT_FOUND);
        final int slots = services.stream().mapToInt(Service::slot).max().orElse(-1) + 1;
        scheduler = new Scheduler[slots];
        timeouts = new int[slots];
        persistenceTimeoutMs = new int[slots];
        persistencePrefix = new int[slots];
        persistenceMaskHigh = new long[slots];
        persistenceMaskLow = new long[slots];
        expireQuiescent = new boolean[slots];
        accessLists = new AccessList[slots];
        hasAccessLists = services.stream().anyMatch(service -> service.access() != null);
        servers = new int[slots][];
        services.forEach(this::put);
    }

    /** @return number of the generation. */
    public long generation()
    {
        return generation;
    }

    /**
     * @param protocol number of the transport.
     * @param address  IPv4 destination, first byte highest.
     * @param port     destination port.
     * @return slot of the service or {@link #NOT_FOUND}.
     */
    public int findIpv4(final int protocol, final int address, final int port)
    {
        return find(protocol, 0, 0xFFFF_0000_0000L | (address & 0xFFFF_FFFFL), port);
    }

    /**
     * @param protocol number of the transport.
     * @param high     first half of the destination address.
     * @param low      second half of the destination address.
     * @param port     destination port.
     * @return slot of the service or {@link #NOT_FOUND}.
     */
    public int find(final int protocol, final long high, final long low, final int port)
    {
        final int ports = protocol << 16 | port;
        int i = hash(high, low, ports);
        while (keyService[i] != NOT_FOUND)
        {
            if (keyLow[i] == low && keyPorts[i] == ports && keyHigh[i] == high)
            {
                return keyService[i];
            }
            i = (i + 1) & mask;
        }
        return NOT_FOUND;
    }

    /** @param service slot. @return how it chooses servers. */
    public Scheduler scheduler(final int service)
    {
        return scheduler[service];
    }

    /** @param service slot. @return profile of its idle timeouts. */
    public int timeouts(final int service)
    {
        return timeouts[service];
    }

    /** @param service slot. @return how long a client keeps its server after its last new connection, 0 for not. */
    public int persistenceTimeoutMs(final int service)
    {
        return persistenceTimeoutMs[service];
    }

    /** @param service slot. @return bits of a client's address that count for persistence, 1 to 128. */
    public int persistencePrefix(final int service)
    {
        return persistencePrefix[service];
    }

    /** @param service slot. @return mask of the first half of a client's address, for persistence. */
    public long persistenceMaskHigh(final int service)
    {
        return persistenceMaskHigh[service];
    }

    /** @param service slot. @return mask of the second half of a client's address, for persistence. */
    public long persistenceMaskLow(final int service)
    {
        return persistenceMaskLow[service];
    }

    /** @param service slot. @return whether a server of weight 0 loses its clients. */
    public boolean expireQuiescent(final int service)
    {
        return expireQuiescent[service];
    }

    /** @return which services are subject to which limits. */
    public LimitTable limits()
    {
        return limits;
    }

    /** @return true if any service has an access list. */
    public boolean hasAccessLists()
    {
        return hasAccessLists;
    }

    /**
     * @param service slot, also of a service that has left the configuration.
     * @return which clients get in, or null for all.
     */
    public AccessList accessList(final int service)
    {
        return service < accessLists.length ? accessLists[service] : null;
    }

    /** @param service slot. @return slots of its servers, in order; not to be changed. */
    public int[] servers(final int service)
    {
        return servers[service];
    }

    private void put(final Service service)
    {
        final long high = service.key().virtual().address().high();
        final long low = service.key().virtual().address().low();
        final int ports = service.key().transport().value() << 16 | service.key().virtual().port();
        int i = hash(high, low, ports);
        while (keyService[i] != NOT_FOUND)
        {
            i = (i + 1) & mask;
        }
        keyHigh[i] = high;
        keyLow[i] = low;
        keyPorts[i] = ports;
        keyService[i] = service.slot();
        scheduler[service.slot()] = service.scheduler();
        timeouts[service.slot()] = service.timeouts();
        final Persistence persistence = service.persistence();
        persistenceTimeoutMs[service.slot()] = persistence.timeoutMs();
        persistencePrefix[service.slot()] = persistence.prefixLength();
        persistenceMaskHigh[service.slot()] = IpAddress.maskHigh(persistence.prefixLength());
        persistenceMaskLow[service.slot()] = IpAddress.maskLow(persistence.prefixLength());
        expireQuiescent[service.slot()] = persistence.expireQuiescent();
        accessLists[service.slot()] = service.access();
        servers[service.slot()] = service.servers();
    }

    private int hash(final long high, final long low, final int ports)
    {
        return Hashing.hash(high * 31 + low ^ (long)ports << 32) & mask;
    }
}
