package org.headrace.forwarder.control;

import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketSelection;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerSlot;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The generation in force with all deltas since, and the file that lets a successor go on with it after
 * {@code kill -9}.
 *
 * <p>The file is written before a worker sees a generation, so that no connection ever refers to a slot that a
 * successor does not know. Weights and health change too often for a file; a successor finds them in the counters file,
 * where they are shown anyhow.
 *
 * <p>{@link #restore} comes first, on the thread that starts the data plane; all else is the conductor's thread's.
 */
public final class ConfigurationInForce
{
    /** No such server, or none of that service. */
    static final int NO_SLOT = -1;

    private static final long FILE_INTERVAL_MS = 1_000;
    private static final int MAX_WEIGHT = 65_535;

    private final CountersFile counters;
    private final GenerationFile file;
    private final PrintStream log;
    private final ServerDirectory directory;
    private final TimeoutProfiles timeoutProfiles;
    private final LimitRegistry limits;
    private final ServiceRegistry registry;
    private final Affinity affinity;

    private List<? extends WorkerLink> workers = List.of();
    private byte[] messages = {};
    private Map<ServiceKey, Generation.Service> services = Map.of();
    private long generation;
    private boolean isIpv6Reserved;
    private boolean isFileStale;
    private long nextFileMs;

    /**
     * @param counters   file that shows services and servers.
     * @param servers    table that the workers read.
     * @param affinity   gets its memory with the first persistent service.
     * @param allowances of all workers, under all limits.
     * @param timeouts   that the workers read.
     * @param selection  of packets in the kernel.
     * @param interfaces in the order of the configuration.
     * @param file       that outlives the process.
     * @param log        one line per event.
     */
    public ConfigurationInForce(
        final CountersFile counters,
        final ServerTable servers,
        final Affinity affinity,
        final List<Allowances> allowances,
        final IdleTimeouts timeouts,
        final PacketSelection selection,
        final List<NetworkLink> interfaces,
        final GenerationFile file,
        final PrintStream log)
    {
        this.counters = counters;
        this.affinity = affinity;
        this.file = file;
        this.log = log;
        directory = new ServerDirectory(servers, counters, selection, interfaces.toArray(new NetworkLink[0]));
        timeoutProfiles = new TimeoutProfiles(timeouts);
        limits = new LimitRegistry(allowances, counters);
        registry = new ServiceRegistry(directory, timeoutProfiles, limits);
    }

    /**
     * Puts in force what a killed predecessor had in force, with the same slots. The kernel's selection is filled, but
     * not attached: see {@link #attach}.
     *
     * @return the table to forward by, or null if there was no predecessor.
     * @throws IllegalStateException if what it left contradicts itself, or the kernel refuses the selection.
     */
    public ForwardingTable restore()
    {
        final RetainedState retained = file.retained();
        if (retained == null)
        {
            return null;
        }
        try
        {
            final Generation whole = GenerationReplay.replay(retained.messages())
                .with(retained.adjacencies(), retained.localAddresses());
            takeLastWeights(retained, whole);
            timeoutProfiles.restore(retained.timeoutProfiles());
            registry.restore(retained);
            final ForwardingTable table = registry.apply(whole);
            messages = retained.messages();
            services = whole.services();
            generation = whole.number();
            isIpv6Reserved = hasIpv6(whole);
            reserveTemplates(whole);
            counters.generationRelease(generation);
            return table;
        }
        catch (final RejectedException ex)
        {
            throw new IllegalStateException(GenerationFile.FILE_NAME + " cannot be put in force: " + ex.getMessage(),
                ex);
        }
    }

    /** @return true if the workers' tables have the memory that IPv6 connections need, or are to have it at once. */
    public boolean isIpv6Reserved()
    {
        return isIpv6Reserved;
    }

    /** @param slot of a server. @return true if a connection may name it. */
    public boolean isServer(final int slot)
    {
        return directory.isOccupied(slot);
    }

    /**
     * Says who forwards; before the first generation is committed.
     *
     * @param newWorkers with their drivers open.
     * @param table      that they start with, or null for none.
     */
    public void forwardBy(final List<? extends WorkerLink> newWorkers, final ForwardingTable table)
    {
        workers = newWorkers;
        if (table != null)
        {
            limits.begin(table.limits(), System.nanoTime());
            workers.forEach(worker -> worker.offer(table));
        }
    }

    /**
     * Keeps the packets that a restored generation selects from the kernel; the predecessor's programs have done so
     * until now, and go.
     *
     * @throws IllegalStateException if the kernel refuses.
     */
    public void attach()
    {
        try
        {
            directory.attachOnce();
        }
        catch (final RejectedException ex)
        {
            throw new IllegalStateException(ex.getMessage(), ex);
        }
    }

    long generation()
    {
        return generation;
    }

    /**
     * Puts the generation in force, as a whole or not at all.
     *
     * @param whole       as received.
     * @param newMessages it was received by; see {@link GenerationRecording}.
     * @throws RejectedException if it does not fit.
     */
    void commit(final Generation whole, final byte[] newMessages) throws RejectedException
    {
        if (whole.number() <= generation)
        {
            throw new RejectedException(ResultCode.WRONG_GENERATION,
                "generation=" + whole.number() + " <= generation in force=" + generation);
        }
        reserveIpv6(whole);
        reserveTemplates(whole);
        final ForwardingTable table = registry.apply(whole);
        messages = newMessages;
        services = whole.services();
        writeFile();
        workers.forEach(worker -> worker.offer(table));
        directory.attachOnce();
        generation = whole.number();
        counters.generationRelease(generation);
    }

    /** Who has no IPv6 service does without the memory; who has one is told now, and not by SIGBUS some day. */
    private void reserveIpv6(final Generation whole) throws RejectedException
    {
        if (isIpv6Reserved || !hasIpv6(whole))
        {
            return;
        }
        try
        {
            workers.forEach(WorkerLink::reserveIpv6);
            isIpv6Reserved = true;
        }
        catch (final IllegalStateException ex)
        {
            throw new RejectedException(ResultCode.LIMIT_EXCEEDED, "IPv6 connections: " + ex.getMessage());
        }
    }

    private void reserveTemplates(final Generation whole) throws RejectedException
    {
        if (whole.services().values().stream().noneMatch(service -> service.persistence().isOn()))
        {
            return;
        }
        try
        {
            affinity.reserve();
        }
        catch (final IllegalStateException ex)
        {
            throw new RejectedException(ResultCode.LIMIT_EXCEEDED, "session persistence: " + ex.getMessage());
        }
    }

    private static boolean hasIpv6(final Generation whole)
    {
        return whole.services().keySet().stream().anyMatch(key -> !key.virtual().address().isIpv4());
    }

    /** Returns how the clients of a service persist; not at all if it is not in force. */
    Persistence persistence(final ServiceKey service)
    {
        final Generation.Service found = services.get(service);
        return found == null ? Persistence.NONE : found.persistence();
    }

    /** Returns the slot of a server in force, or {@link #NO_SLOT}. */
    int serverSlot(final ServiceKey service, final Endpoint server)
    {
        return registry.slot(service, server);
    }

    void weight(final ServiceKey service, final Endpoint server, final int weight) throws RejectedException
    {
        registry.weight(service, server, weight);
    }

    void health(final ServiceKey service, final Endpoint server, final ServerState state) throws RejectedException
    {
        registry.health(service, server, state);
    }

    void adjacency(final IpAddress server, final Generation.Adjacency adjacency)
    {
        directory.adjacency(server, adjacency);
        isFileStale = true;
    }

    void localAddress(final IpAddress address, final boolean isPresent)
    {
        if (isPresent)
        {
            directory.addLocal(address);
        }
        else
        {
            directory.removeLocal(address);
        }
        isFileStale = true;
    }

    /** Moves shares of limits to the workers that need them; in every cycle. */
    int divideLimits(final long nowNs)
    {
        return limits.divide(nowNs, this::oldestGeneration);
    }

    private long oldestGeneration()
    {
        long oldest = generation;
        for (final WorkerLink worker : workers)
        {
            oldest = Math.min(oldest, worker.generationAcquire());
        }
        return oldest;
    }

    int housekeeping(final long nowMs)
    {
        final long oldest = oldestGeneration();
        final int freed = registry.freeUnused(oldest);
        limits.freeUnused(oldest);
        isFileStale |= freed > 0;
        if (isFileStale && generation > 0 && nowMs >= nextFileMs)
        {
            nextFileMs = nowMs + FILE_INTERVAL_MS;
            writeFile();
        }
        return freed;
    }

    private void writeFile()
    {
        try
        {
            file.write(new RetainedState(messages, timeoutProfiles.rows(), registry.services(), registry.servers(),
                directory.adjacencies(), directory.locals()));
            isFileStale = false;
        }
        catch (final IOException ex)
        {
            // Forwarding does not need the file; only the next kill -9 would cost connections.
            isFileStale = true;
            log.println("event=generation-not-saved reason=\"" + ex + "\"");
        }
    }

    /** Weights and health as the last deltas left them: the predecessor has shown them in the counters file. */
    private void takeLastWeights(final RetainedState retained, final Generation whole)
    {
        final Map<Integer, ServiceKey> keys = retained.services().stream()
            .collect(Collectors.toMap(RetainedState.Service::slot, RetainedState.Service::key));
        for (final RetainedState.Server server : retained.servers())
        {
            final Generation.Service service = whole.services().get(keys.get(server.serviceSlot()));
            final ServerSlot shown = counters.server(server.slot());
            if (service != null && shown != null && shown.server().equals(server.server()) &&
                shown.weight() >= 0 && shown.weight() <= MAX_WEIGHT)
            {
                service.servers().replace(server.server(), new Generation.Server(shown.weight(), shown.health()));
            }
        }
    }
}
