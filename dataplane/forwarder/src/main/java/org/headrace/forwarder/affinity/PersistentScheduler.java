package org.headrace.forwarder.affinity;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.schedule.BackendScheduler;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.counters.WorkerCounter;

/**
 * Chooses the server of a new connection: the one that the client's template names, if the service is persistent and
 * that server takes the client, else the one that the service's scheduler says. What IPVS does in
 * {@code ip_vs_sched_persist}. Owned by one worker; the table of templates is shared.
 */
public final class PersistentScheduler
{
    /** A template is told again when its expiry has moved by this part of the timeout. */
    private static final int TELL_PARTS = 8;
    /** But not more often than this. */
    private static final int MIN_TELL_INTERVAL_MS = 5_000;
    /** And not less often, so that a reboot takes no more than this from a client's time. */
    private static final int MAX_TELL_INTERVAL_MS = 60_000;

    private final Schedulers schedulers;
    private final ServerTable servers;
    private final PersistenceTable templates;
    private final TemplateQueue queue;
    private final WorkerCounters counters;
    private final Template template = new Template();

    /**
     * @param schedulers of the worker.
     * @param servers    of all services.
     * @param affinity   of all workers.
     * @param counters   of the worker.
     */
    public PersistentScheduler(
        final Schedulers schedulers,
        final ServerTable servers,
        final Affinity affinity,
        final WorkerCounters counters)
    {
        this.schedulers = schedulers;
        this.servers = servers;
        this.templates = affinity.templates();
        this.queue = affinity.changes();
        this.counters = counters;
    }

    /**
     * @param timeoutMs of a persistent service.
     * @return by how much the expiry of a template must have moved before the agent is told.
     */
    public static long tellIntervalMs(final int timeoutMs)
    {
        return Math.max(MIN_TELL_INTERVAL_MS, Math.min(MAX_TELL_INTERVAL_MS, timeoutMs / TELL_PARTS));
    }

    /**
     * @param table      in force.
     * @param service    slot.
     * @param clientHigh first half of the client's address.
     * @param clientLow  second half; an IPv4 address in its mapped form.
     * @param nowMs      monotonic milliseconds.
     * @return slot of the chosen server or {@link BackendScheduler#NONE}.
     */
    public int select(
        final ForwardingTable table,
        final int service,
        final long clientHigh,
        final long clientLow,
        final long nowMs)
    {
        final int timeoutMs = table.persistenceTimeoutMs(service);
        if (timeoutMs == 0)
        {
            return schedulers.select(table, service);
        }
        template.key(service, table.persistencePrefix(service),
            clientHigh & table.persistenceMaskHigh(service), clientLow & table.persistenceMaskLow(service));
        if (templates.find(template, nowMs) && isUsable(table, service))
        {
            templates.renew(template, nowMs + timeoutMs);
            counters.add(WorkerCounter.PERSISTENCE_HITS, 1);
            if (template.expiresMs() - template.toldMs() >= tellIntervalMs(timeoutMs))
            {
                tell();
            }
            return template.server();
        }
        return selectAnew(table, service, timeoutMs, nowMs);
    }

    private int selectAnew(final ForwardingTable table, final int service, final int timeoutMs, final long nowMs)
    {
        final int server = schedulers.select(table, service);
        if (server == BackendScheduler.NONE)
        {
            return BackendScheduler.NONE;
        }
        final PersistenceTable.Outcome outcome =
            templates.put(template, server, servers.identityOpaque(server), nowMs + timeoutMs, nowMs);
        if (outcome == PersistenceTable.Outcome.BUSY)
        {
            counters.add(WorkerCounter.PERSISTENCE_BUSY, 1);
            return server;
        }
        if (outcome == PersistenceTable.Outcome.ADOPTED)
        {
            // Another worker had a connection of the same client in the same moment: follow it.
            final boolean isUsable = isUsable(table, service);
            counters.add(isUsable ? WorkerCounter.PERSISTENCE_HITS : WorkerCounter.PERSISTENCE_BUSY, 1);
            return isUsable ? template.server() : server;
        }
        if (outcome == PersistenceTable.Outcome.EVICTED)
        {
            counters.add(WorkerCounter.PERSISTENCE_EVICTED, 1);
        }
        counters.add(WorkerCounter.PERSISTENCE_CREATED, 1);
        tell();
        return server;
    }

    /** Whether the template's server is still the one that it was made for, and takes this client. */
    private boolean isUsable(final ForwardingTable table, final int service)
    {
        final int acceptance = servers.acceptanceAcquire(template.server());
        if (acceptance == ServerTable.TAKES_NONE ||
            acceptance == ServerTable.TAKES_ITS_OWN && table.expireQuiescent(service))
        {
            return false;
        }
        return servers.identityOpaque(template.server()) == template.identity();
    }

    private void tell()
    {
        if (queue.isOn() && !queue.offer(template.index()))
        {
            counters.add(WorkerCounter.PERSISTENCE_UNTOLD, 1);
        }
    }
}
