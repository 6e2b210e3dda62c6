package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.CHECKSUM_MISMATCH;
import static org.headrace.protocol.codec.ResultCode.COUNT_MISMATCH;
import static org.headrace.protocol.codec.ResultCode.INVALID_ENTRY;
import static org.headrace.protocol.codec.ResultCode.NO_GENERATION_OPEN;
import static org.headrace.protocol.codec.ResultCode.WRONG_GENERATION;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersDescriptor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Collects the entries between begin and commit. The first fault is remembered and rejects the commit; entries after it
 * are only counted.
 */
final class GenerationBuilder
{
    private static final int NONE_OPEN = 0;
    /** A listener's and its instance's. */
    private static final int MAX_LIMITS = 2;

    private long number = NONE_OPEN;
    private RejectedException fault;
    private Map<ServiceKey, Generation.Service> services = Map.of();
    private Map<IpAddress, Generation.Adjacency> adjacencies = Map.of();
    private Set<IpAddress> localAddresses = Set.of();
    private AccessListCollector accessLists = new AccessListCollector();
    private Map<String, Limits> limits = Map.of();
    private List<String> limitNames = List.of();
    private Generation.Service lastService;
    private int serviceCount;
    private int serverCount;
    private int adjacencyCount;
    private int localAddressCount;

    void begin(final long newNumber)
    {
        number = newNumber;
        fault = null;
        services = new LinkedHashMap<>();
        adjacencies = new LinkedHashMap<>();
        localAddresses = new LinkedHashSet<>();
        accessLists = new AccessListCollector();
        limits = new LinkedHashMap<>();
        limitNames = new ArrayList<>();
        lastService = null;
        serviceCount = 0;
        serverCount = 0;
        adjacencyCount = 0;
        localAddressCount = 0;
    }

    void service(
        final long generation,
        final ServiceKey key,
        final Scheduler scheduler,
        final ForwardingMethod forwarding,
        final StateTimeouts timeouts,
        final Persistence persistence,
        final String name)
    {
        serviceCount++;
        final Generation.Service service = new Generation.Service(
            key, scheduler, forwarding, timeouts, persistence, name, null, List.of(), new LinkedHashMap<>());
        if (isOpen(generation) &&
            check(key.virtual().port() > 0, INVALID_ENTRY, () -> "service=" + key + " has port 0") &&
            check(TimeoutProfiles.problem(timeouts) == null, INVALID_ENTRY, () -> "service=" + key + " " +
                TimeoutProfiles.problem(timeouts)) &&
            check(!key.virtual().address().isIpv4() || persistence.prefixLength() > IpAddress.IPV4_PREFIX_OFFSET,
                INVALID_ENTRY, () -> "service=" + key + " persistence prefix=" + persistence.prefixLength() +
                " leaves no bit of an IPv4 address") &&
            check(services.size() < CountersDescriptor.SERVICE_SLOTS, ResultCode.LIMIT_EXCEEDED,
                () -> "services > " + CountersDescriptor.SERVICE_SLOTS) &&
            check(services.putIfAbsent(key, service) == null, INVALID_ENTRY, () -> "service=" + key + " occurs twice"))
        {
            lastService = service;
        }
    }

    void server(final long generation, final Endpoint server, final int weight, final ServerState state)
    {
        serverCount++;
        if (isOpen(generation) &&
            check(lastService != null, INVALID_ENTRY, () -> "server=" + server + " comes before any service") &&
            check(server.port() > 0, INVALID_ENTRY, () -> "server=" + server + " has port 0") &&
            check(server.address().isIpv4() == lastService.key().virtual().address().isIpv4(), INVALID_ENTRY,
                () -> "server=" + server + " is of another family than service=" + lastService.key()) &&
            check(serverCount <= CountersDescriptor.SERVER_SLOTS, ResultCode.LIMIT_EXCEEDED,
                () -> "servers > " + CountersDescriptor.SERVER_SLOTS))
        {
            check(lastService.servers().putIfAbsent(server, new Generation.Server(weight, state)) == null,
                INVALID_ENTRY, () -> "server=" + server + " occurs twice in service=" + lastService.key());
        }
    }

    void accessList(final long generation, final int listNumber, final AccessMode mode, final int prefixCount)
    {
        if (isOpen(generation))
        {
            final String problem = accessLists.begin(listNumber, mode, prefixCount);
            check(problem == null, INVALID_ENTRY, () -> problem);
        }
    }

    void accessPrefixes(final long generation, final PrefixBlock block)
    {
        if (isOpen(generation))
        {
            final String problem = accessLists.add(block);
            check(problem == null, INVALID_ENTRY, () -> problem);
        }
    }

    void serviceAccess(final long generation, final int listNumber)
    {
        if (isOpen(generation) &&
            check(lastService != null, INVALID_ENTRY, () -> "access list of a service comes before any service") &&
            check(accessLists.endLast() == null, INVALID_ENTRY, () -> accessLists.endLast()) &&
            check(accessLists.has(listNumber), INVALID_ENTRY,
                () -> "service=" + lastService.key() + " names access list=" + listNumber + ", which did not come"))
        {
            lastService = lastService.with(accessLists.list(listNumber), lastService.limits());
            services.put(lastService.key(), lastService);
        }
    }

    void limit(final long generation, final int limitNumber, final Limits limit, final String name)
    {
        if (isOpen(generation) &&
            check(limitNumber == limits.size() + 1, INVALID_ENTRY,
                () -> "limit=" + limitNumber + " (expected " + (limits.size() + 1) + ")") &&
            check(!limit.isNone() && !name.isEmpty(), INVALID_ENTRY, () -> "limit=" + limitNumber + " name=\"" + name +
                "\" " + limit) &&
            check(limits.size() < CountersDescriptor.LIMIT_SLOTS, ResultCode.LIMIT_EXCEEDED,
                () -> "limits > " + CountersDescriptor.LIMIT_SLOTS) &&
            check(limits.putIfAbsent(name, limit) == null, INVALID_ENTRY, () -> "limit=" + name + " occurs twice"))
        {
            limitNames.add(name);
        }
    }

    void serviceLimit(final long generation, final int limitNumber)
    {
        if (isOpen(generation) &&
            check(lastService != null, INVALID_ENTRY, () -> "limit of a service comes before any service") &&
            check(limitNumber >= 1 && limitNumber <= limitNames.size(), INVALID_ENTRY,
                () -> "service=" + lastService.key() + " names limit=" + limitNumber + ", which did not come"))
        {
            final List<String> both = new ArrayList<>(lastService.limits());
            both.add(limitNames.get(limitNumber - 1));
            if (check(both.size() <= MAX_LIMITS && both.stream().distinct().count() == both.size(), INVALID_ENTRY,
                () -> "service=" + lastService.key() + " is subject to limits=" + both + " (expected at most " +
                MAX_LIMITS + " different ones)"))
            {
                lastService = lastService.with(lastService.access(), List.copyOf(both));
                services.put(lastService.key(), lastService);
            }
        }
    }

    void adjacency(
        final long generation, final IpAddress server, final int interfaceIndex, final long mac, final int mtuBytes)
    {
        adjacencyCount++;
        if (isOpen(generation))
        {
            adjacencies.put(server, new Generation.Adjacency(interfaceIndex, mac, mtuBytes));
        }
    }

    void localAddress(final long generation, final IpAddress address)
    {
        localAddressCount++;
        if (isOpen(generation))
        {
            localAddresses.add(address);
        }
    }

    /**
     * Closes the open generation, whatever the outcome.
     *
     * @return the whole generation.
     * @throws RejectedException if it is not what the agent meant to send, or makes no sense.
     */
    Generation commit(
        final long generation,
        final int services,
        final int servers,
        final int adjacencies,
        final int localAddresses,
        final boolean isChecksumRight)
        throws RejectedException
    {
        try
        {
            if (isOpen(generation))
            {
                check(services == serviceCount && servers == serverCount && adjacencies == adjacencyCount &&
                    localAddresses == localAddressCount, COUNT_MISMATCH,
                    () -> "committed services=" + services + " servers=" + servers + " adjacencies=" + adjacencies +
                    " localAddresses=" + localAddresses + " but received " + serviceCount + ", " + serverCount +
                    ", " + adjacencyCount + ", " + localAddressCount);
                check(accessLists.endLast() == null, COUNT_MISMATCH, () -> accessLists.endLast());
                check(isChecksumRight, CHECKSUM_MISMATCH, () -> "checksum of the entries differs from the agent's");
            }
            if (fault != null)
            {
                throw fault;
            }
            return new Generation(number, this.services, this.adjacencies, this.localAddresses, limits);
        }
        finally
        {
            number = NONE_OPEN;
            // A list may be large, and is not to wait for the next generation.
            accessLists = new AccessListCollector();
        }
    }

    /** Whether a generation is being received. */
    boolean isOpen()
    {
        return number != NONE_OPEN;
    }

    private boolean isOpen(final long generation)
    {
        if (number == NONE_OPEN)
        {
            fault = new RejectedException(NO_GENERATION_OPEN, "generation=" + generation + " was not begun");
            return false;
        }
        return check(number == generation, WRONG_GENERATION,
            () -> "generation=" + generation + " but open is " + number);
    }

    /** The text is made only for a fault: there are four of them for each server. */
    private boolean check(final boolean isTrue, final ResultCode code, final Supplier<String> text)
    {
        if (!isTrue && fault == null)
        {
            fault = new RejectedException(code, text.get());
        }
        return isTrue && fault == null;
    }
}
