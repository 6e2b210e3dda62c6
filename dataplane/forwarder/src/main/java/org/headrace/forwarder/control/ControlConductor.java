package org.headrace.forwarder.control;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateFilter;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Serves the agent's requests: collects a generation, puts it in force as a whole or not at all, and applies deltas.
 * Losing the agent changes nothing; the next one asks what is in force and goes on from there.
 */
public final class ControlConductor extends GenerationReceiver implements Agent
{
    private static final int REQUEST_LIMIT = 64;
    private static final int RESPONSE_LIMIT = 256;
    private static final long HOUSEKEEPING_INTERVAL_MS = 100;

    private final EpochClock clock;
    private final NanoClock nanoClock;
    private final long epoch;
    private final RequestSource requests;
    private final ControlResponseProxy responses;
    private final CountersFile counters;
    private final List<? extends WorkerLink> workers;
    private final ConfigurationInForce configuration;
    private final ConnectionPager pager;
    private final TemplateFeed templateFeed;
    private final TemplatePager templatePager;
    private final PrintStream log;
    private final GenerationRecording recording = new GenerationRecording();
    private final FragmentHandler onRequest = this::onRequest;
    private final Deque<BooleanSupplier> pendingResponses = new ArrayDeque<>();

    private long nextHeartbeatMs;
    private long nextHousekeepingMs;
    private boolean isChecksumWarningOut;

    /**
     * @param context everything that the conductor works with.
     */
    public ControlConductor(final ConductorContext context)
    {
        clock = context.clock();
        nanoClock = context.nanoClock();
        epoch = context.epoch();
        requests = context.requests();
        responses = context.responses();
        counters = context.counters();
        workers = context.workers();
        log = context.log();
        configuration = context.configuration();
        pager = new ConnectionPager(workers, context.timeouts(), responses);
        final TemplateDirectory templates = new TemplateDirectory(configuration, counters, context.servers());
        templateFeed =
            new TemplateFeed(context.affinity(), templates, responses, counters, context.nanoClock(), clock);
        templatePager = new TemplatePager(
            context.affinity().templates(), templates, responses, context.nanoClock(), clock);
    }

    @Override
    public int doWork()
    {
        int workCount = sendPending();
        if (pendingResponses.isEmpty())
        {
            workCount += requests.poll(onRequest, REQUEST_LIMIT);
        }
        // Pages come last: whatever else has been asked for is answered between two slices of them.
        if (pendingResponses.isEmpty())
        {
            workCount += pageConnections();
            workCount += templatePager.doWork();
            workCount += templateFeed.doWork();
        }
        workCount += configuration.divideLimits(nanoClock.nanoTime());
        final long nowMs = clock.time();
        if (nowMs >= nextHousekeepingMs)
        {
            nextHousekeepingMs = nowMs + HOUSEKEEPING_INTERVAL_MS;
            workCount += housekeeping(nowMs);
        }
        return workCount;
    }

    @Override
    public String roleName()
    {
        return "headrace-conductor";
    }

    @Override
    public void onHello(final long correlationId, final long agentEpoch)
    {
        log.println("event=agent-connected agentEpoch=" + Long.toHexString(agentEpoch) + " generation=" +
            configuration.generation());
        // Nobody waits for what a former agent has asked for.
        pager.clear();
        templatePager.clear();
        templateFeed.end();
        respond(() -> responses.hello(correlationId, epoch, configuration.generation()));
    }

    @Override
    public void onHeartbeat(final long agentEpoch, final long agentGeneration)
    {
        // Nothing to do: the data plane forwards with or without an agent.
    }

    @Override
    public void onGenerationBegin(final long correlationId, final long newGeneration)
    {
        recording.begin();
        super.onGenerationBegin(correlationId, newGeneration);
    }

    @Override
    void onWhole(final long correlationId, final Generation whole)
    {
        try
        {
            configuration.commit(whole, recording.messages());
            log.println("event=generation-accepted generation=" + whole.number() + " services=" +
                whole.services().size() + " servers=" + whole.serverCount());
            respond(() -> responses.generation(correlationId, whole.number(), ResultCode.OK, ""));
        }
        catch (final RejectedException ex)
        {
            onFault(correlationId, whole.number(), ex);
        }
    }

    @Override
    void onFault(final long correlationId, final long newGeneration, final RejectedException fault)
    {
        log.println("event=generation-rejected generation=" + newGeneration + " code=" + fault.code() + " reason=\"" +
            fault.getMessage() + "\"");
        respond(() -> responses.generation(correlationId, newGeneration, fault.code(), fault.getMessage()));
    }

    @Override
    void onAdjacency(final IpAddress server, final Generation.Adjacency adjacency)
    {
        configuration.adjacency(server, adjacency);
    }

    @Override
    void onLocalAddress(final IpAddress address, final boolean isPresent)
    {
        configuration.localAddress(address, isPresent);
    }

    @Override
    public void onServerWeight(
        final long correlationId, final ServiceKey service, final Endpoint server, final int weight)
    {
        respondToDelta(correlationId, () -> configuration.weight(service, server, weight));
    }

    @Override
    public void onServerState(
        final long correlationId, final ServiceKey service, final Endpoint server, final ServerState state)
    {
        respondToDelta(correlationId, () -> configuration.health(service, server, state));
    }

    @Override
    public void onConnections(
        final long correlationId, final long cursor, final int pageSize, final ConnectionFilter filter)
    {
        if (!pager.offer(correlationId, cursor, pageSize, filter))
        {
            respond(() -> responses.delta(correlationId, ResultCode.LIMIT_EXCEEDED,
                "pages asked for > PENDING_LIMIT=" + ConnectionPager.PENDING_LIMIT));
        }
    }

    @Override
    public void onTemplateFeed(final long correlationId)
    {
        final boolean isRestored = templateFeed.begin();
        respond(() -> responses.templateFeed(correlationId, isRestored));
    }

    @Override
    public void onTemplateRestore(final TemplateSnapshot template)
    {
        templateFeed.restore(template);
    }

    @Override
    public void onTemplateRestoreEnd(final long count)
    {
        templateFeed.endRestore();
        log.println("event=templates-restored count=" + count);
    }

    @Override
    public void onTemplates(
        final long correlationId, final long cursor, final int pageSize, final TemplateFilter filter)
    {
        if (!templatePager.offer(correlationId, cursor, pageSize, filter))
        {
            respond(() -> responses.delta(correlationId, ResultCode.LIMIT_EXCEEDED,
                "pages asked for > PENDING_LIMIT=" + TemplatePager.PENDING_LIMIT));
        }
    }

    @Override
    public void onMalformed(final String problem)
    {
        log.println("event=malformed-request reason=\"" + problem + "\"");
    }

    private void onRequest(final DirectBuffer buffer, final int offset, final int length, final Header header)
    {
        if (!isReceiving())
        {
            recording.clear();
        }
        recording.add(buffer, offset, length);
        adapter().onFragment(buffer, offset, length, header);
    }

    private int pageConnections()
    {
        final int workCount = pager.doWork();
        if (workCount == 0 && pager.isBusy() && !requests.hasPeer())
        {
            pager.clear();
        }
        return workCount;
    }

    private int housekeeping(final long nowMs)
    {
        counters.heartbeatMsRelease(nowMs);
        if (nowMs >= nextHeartbeatMs)
        {
            nextHeartbeatMs = nowMs + ControlChannel.HEARTBEAT_INTERVAL_MS;
            if (pendingResponses.isEmpty())
            {
                // A heartbeat that finds no room is not repeated; the next one will do.
                responses.heartbeat(epoch, configuration.generation());
            }
            showAllocations();
            warnOfUnfinishedChecksums();
            if (!requests.hasPeer())
            {
                templatePager.clear();
                templateFeed.end();
            }
        }
        return configuration.housekeeping(nowMs);
    }

    private void showAllocations()
    {
        for (int i = 0; i < workers.size(); i++)
        {
            counters.set(i, WorkerCounter.ALLOCATED_BYTES, workers.get(i).allocatedBytes());
        }
    }

    private void warnOfUnfinishedChecksums()
    {
        for (int i = 0; i < workers.size() && !isChecksumWarningOut; i++)
        {
            if (counters.get(i, WorkerCounter.UNFINISHED_CHECKSUMS) > 0)
            {
                isChecksumWarningOut = true;
                log.println("event=unfinished-checksums advice=\"a sender on a virtual link leaves checksums to its " +
                    "interface, and receivers drop them: ethtool -K IF tx off, over there\"");
            }
        }
    }

    private void respondToDelta(final long correlationId, final Delta delta)
    {
        try
        {
            delta.apply();
            respond(() -> responses.delta(correlationId, ResultCode.OK, ""));
        }
        catch (final RejectedException ex)
        {
            respond(() -> responses.delta(correlationId, ex.code(), ex.getMessage()));
        }
    }

    private void respond(final BooleanSupplier response)
    {
        pendingResponses.addLast(response);
        sendPending();
    }

    private int sendPending()
    {
        int sent = 0;
        while (sent < RESPONSE_LIMIT && !pendingResponses.isEmpty())
        {
            if (!pendingResponses.peekFirst().getAsBoolean())
            {
                if (!requests.hasPeer())
                {
                    // Nobody is there to read them; the next agent starts from Hello.
                    pendingResponses.clear();
                }
                break;
            }
            pendingResponses.removeFirst();
            sent++;
        }
        return sent;
    }

    @FunctionalInterface
    private interface Delta
    {
        void apply() throws RejectedException;
    }
}
