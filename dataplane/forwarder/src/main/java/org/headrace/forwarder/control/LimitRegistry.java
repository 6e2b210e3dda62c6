package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.LIMIT_EXCEEDED;

import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.guard.LimitTable;
import org.headrace.forwarder.guard.SharedLimit;
import org.headrace.forwarder.guard.TokenBudget;
import org.headrace.protocol.Limits;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which limit has which slot, and how much of it each worker may use at the moment. A limit keeps its slot, and the
 * workers their shares, as long as the same services are subject to it; its numbers may change. Conductor's thread
 * only.
 */
final class LimitRegistry
{
    /** Shares are looked at this often, and at once when a worker had to refuse. */
    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final List<Allowances> workers;
    private final CountersFile counters;
    private final SlotAllocator slots = new SlotAllocator(CountersDescriptor.LIMIT_SLOTS);
    private final Map<String, Entry> entries = new HashMap<>();
    private final List<Entry> retired = new ArrayList<>();
    private final long[] seenRefusals;
    private long nextNs;
    private boolean isNew;

    LimitRegistry(final List<Allowances> workers, final CountersFile counters)
    {
        this.workers = workers;
        this.counters = counters;
        this.seenRefusals = new long[workers.size()];
    }

    /** Says that a generation fits, or why not; changes nothing. */
    void check(final Generation generation) throws RejectedException
    {
        final Map<String, Set<ServiceKey>> members = members(generation);
        final long wanted = members.entrySet().stream().filter(member -> !isKept(member)).count();
        if (wanted > slots.available())
        {
            throw new RejectedException(LIMIT_EXCEEDED, "new limits=" + wanted + " > free slots=" + slots.available());
        }
    }

    /** Puts the limits of a generation that fits in force; {@code serviceSlots} of its services. */
    LimitTable apply(final Generation generation, final Map<ServiceKey, Integer> serviceSlots)
    {
        final Map<String, Set<ServiceKey>> members = members(generation);
        for (final Entry entry : new ArrayList<>(entries.values()))
        {
            if (!entry.services.equals(members.get(entry.name)))
            {
                entries.remove(entry.name);
                entry.retiredBy = generation.number();
                retired.add(entry);
                counters.putLimit(entry.slot, "", Limits.NONE);
            }
        }
        final List<LimitTable.Limit> table = new ArrayList<>(members.size());
        members.forEach((name, services) ->
        {
            final Entry entry = entries.computeIfAbsent(
                name, _ -> new Entry(name, slots.allocate(), services, generation.number()));
            entry.limits = generation.limits().get(name);
            counters.putLimit(entry.slot, name, entry.limits);
            table.add(new LimitTable.Limit(
                entry.slot, entry.since, services.stream().mapToInt(serviceSlots::get).toArray()));
        });
        isNew = true;
        return new LimitTable(generation.number(), table);
    }

    /** Gives first shares to workers that have not begun, so that they need not wait for them. */
    void begin(final LimitTable table, final long nowNs)
    {
        workers.forEach(worker -> worker.take(table));
        divide(nowNs, table::generation);
    }

    /** Moves shares to where they are needed. */
    int divide(final long nowNs, final LongSupplier oldestGeneration)
    {
        boolean isDue = isNew || nowNs - nextNs >= 0;
        for (int i = 0; i < seenRefusals.length; i++)
        {
            final long refusals = workers.get(i).refusalsOpaque();
            isDue |= refusals != seenRefusals[i];
            seenRefusals[i] = refusals;
        }
        if (!isDue)
        {
            return 0;
        }
        isNew = false;
        nextNs = nowNs + INTERVAL_NS;
        final long oldest = entries.isEmpty() ? 0 : oldestGeneration.getAsLong();
        int count = 0;
        for (final Entry entry : entries.values())
        {
            // Before all workers know the limit, what they have under it is not counted.
            count += entry.since <= oldest ? entry.divide(nowNs) : 0;
        }
        // A share that is on its way is followed by the next one as soon as it has arrived.
        nextNs = count > 0 ? nowNs : nextNs;
        return count;
    }

    /** Frees slots of limits that no worker goes by any more. */
    void freeUnused(final long oldestGeneration)
    {
        for (final Iterator<Entry> iterator = retired.iterator(); iterator.hasNext();)
        {
            final Entry entry = iterator.next();
            if (entry.retiredBy <= oldestGeneration && entry.isSettled())
            {
                slots.release(entry.slot);
                iterator.remove();
            }
        }
    }

    private boolean isKept(final Map.Entry<String, Set<ServiceKey>> member)
    {
        final Entry entry = entries.get(member.getKey());
        return entry != null && entry.services.equals(member.getValue());
    }

    private static Map<String, Set<ServiceKey>> members(final Generation generation)
    {
        final Map<String, Set<ServiceKey>> members = new HashMap<>();
        for (final Generation.Service service : generation.services().values())
        {
            for (final String limit : service.limits())
            {
                members.computeIfAbsent(limit, _ -> new LinkedHashSet<>()).add(service.key());
            }
        }
        return members;
    }

    private final class Entry
    {
        private final String name;
        private final int slot;
        private final Set<ServiceKey> services;
        private final long since;
        private final SharedLimit connections;
        private final SharedLimit opened;
        private Limits limits;
        private TokenBudget tokens;
        private long retiredBy;

        private Entry(final String name, final int slot, final Set<ServiceKey> services, final long since)
        {
            this.name = name;
            this.slot = slot;
            this.services = services;
            this.since = since;
            connections = new SharedLimit(workers, slot, Allowances.CONNECTIONS);
            opened = new SharedLimit(workers, slot, Allowances.OPENED);
        }

        private int divide(final long nowNs)
        {
            return connections.divide(limits.connections() == 0 ? Allowances.UNLIMITED : limits.connections()) +
                opened.divide(openedBudget(nowNs));
        }

        private long openedBudget(final long nowNs)
        {
            final int rate = limits.newConnectionsPerSecond();
            if (rate == 0)
            {
                tokens = null;
                return Allowances.UNLIMITED;
            }
            final long soFar = opened.used();
            if (tokens == null)
            {
                tokens = new TokenBudget(soFar, rate, nowNs);
            }
            return tokens.grow(rate, soFar, nowNs);
        }

        private boolean isSettled()
        {
            return connections.isSettled() && opened.isSettled();
        }
    }
}
