package org.headrace.agent.publish;

import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.ControlResponseAdapter;
import org.headrace.protocol.ControlResponseListener;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps the data plane in step with the desired state. It connects to the data plane's media driver whenever there is
 * one, asks for the generation in force, publishes a new one if that is not the one it wants, and then sends deltas. A
 * data plane that dies, is replaced or falls silent is simply connected to again.
 *
 * <p><b>Assumptions and guarantees.</b> All methods are called on one thread. Nothing waits: what back pressure holds
 * up goes on in the next duty cycle. A delta that gets no answer, or a bad one, makes the session publish the whole
 * state anew, so that both sides agree in the end.
 */
public final class DataPlaneSession implements Agent, ControlResponseListener
{
    private enum State
    {
        DISCONNECTED, CONNECTING, HELLO_SENT, PUBLISHING, COMMITTED, IN_STEP
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(DataPlaneSession.class);
    private static final long CONNECT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long DRIVER_CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long HELLO_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long COMMIT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long REPUBLISH_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long HEARTBEAT_INTERVAL_NS =
        TimeUnit.MILLISECONDS.toNanos(ControlChannel.HEARTBEAT_INTERVAL_MS);
    private static final long HEARTBEAT_TIMEOUT_NS =
        TimeUnit.MILLISECONDS.toNanos(ControlChannel.HEARTBEAT_TIMEOUT_MS);
    private static final int SEND_LIMIT = 256;
    /** Heartbeats with another generation than ours before it is published again. */
    private static final int OUT_OF_STEP_LIMIT = 2;
    /** Times that a generation is sent again when the fault lay in its transfer. */
    private static final int REPEAT_LIMIT = 3;

    private final Path aeronDirectory;
    private final NanoClock clock;
    private final long agentEpoch;
    private final Supplier<GenerationContent> desired;
    private final DataPlaneSessionListener listener;
    private final ControlResponseAdapter adapter = new ControlResponseAdapter(this);
    private final DeltaQueue deltas;
    private final TemplatePages templatePages;
    private TemplateListener templateListener = TemplateListener.NONE;
    private AeronLink link;
    private ControlRequestProxy proxy;
    private State state = State.DISCONNECTED;
    private GenerationTransfer transfer;
    private GenerationContent transferContent;
    private boolean isPublishWanted;
    private boolean isEnabled;
    private long dataPlaneEpoch;
    private long acceptedEpoch;
    private long acceptedGeneration;
    private long highestGeneration;
    private long nextCorrelationId = 1;
    private long helloCorrelationId;
    private long stateSinceNs;
    private long nextAttemptNs;
    private long nextPublishNs;
    private long nextHeartbeatNs;
    private long nextDriverCheckNs;
    private long lastHeardNs;
    private int outOfStepCount;
    private int repeatCount;

    /**
     * @param aeronDirectory of the data plane's media driver.
     * @param clock          for time-outs.
     * @param agentEpoch     random number of this process.
     * @param desired        makes what is to be published, at the moment when publishing begins.
     * @param listener       of the outcome.
     */
    public DataPlaneSession(
        final Path aeronDirectory,
        final NanoClock clock,
        final long agentEpoch,
        final Supplier<GenerationContent> desired,
        final DataPlaneSessionListener listener)
    {
        this.aeronDirectory = aeronDirectory;
        this.clock = clock;
        this.agentEpoch = agentEpoch;
        this.desired = desired;
        this.listener = listener;
        this.deltas = new DeltaQueue(() -> nextCorrelationId++);
        this.templatePages = new TemplatePages(() -> nextCorrelationId++);
        this.nextAttemptNs = clock.nanoTime();
        this.nextPublishNs = nextAttemptNs;
    }

    /** Publishes the desired state, now or as soon as there is a data plane; several calls are one publication. */
    public void publish()
    {
        isPublishWanted = true;
        isEnabled = true;
    }

    /**
     * @param service that has the server.
     * @param server  whose weight changes.
     * @param weight  0 to 65535.
     * @param reply   receives the outcome.
     */
    public void serverWeight(
        final ServiceKey service, final Endpoint server, final int weight, final ReplyListener reply)
    {
        if (!isReady())
        {
            reply.onReply(ResultCode.INTERNAL_ERROR, "data plane is not connected");
            return;
        }
        deltas.weight(service, server, weight, reply);
    }

    /**
     * Tells a changed health state; without a data plane nothing is sent, because the next generation holds it.
     *
     * @param service     that has the server.
     * @param server      whose health changed.
     * @param serverState what it is now.
     */
    public void serverState(final ServiceKey service, final Endpoint server, final ServerState serverState)
    {
        if (hasSnapshot())
        {
            deltas.state(service, server, serverState);
        }
    }

    /**
     * @param adjacency that changed.
     */
    public void adjacency(final Adjacency adjacency)
    {
        if (hasSnapshot())
        {
            deltas.adjacency(adjacency);
        }
    }

    /**
     * @param address   that came or went.
     * @param isPresent whether it is there now.
     */
    public void localAddress(final IpAddress address, final boolean isPresent)
    {
        if (hasSnapshot())
        {
            deltas.localAddress(address, isPresent);
        }
    }

    /**
     * @param query which connections are wanted.
     * @param page  receives them.
     */
    public void connections(final ConnectionsQuery query, final PageListener page)
    {
        if (!isReady())
        {
            page.onNoPage("data plane is not connected");
            return;
        }
        deltas.connections(query, page);
    }

    /** @param newListener of templates; before the session runs. */
    public void templateListener(final TemplateListener newListener)
    {
        templateListener = newListener;
    }

    /** Asks for all templates, and those that change from now on. @return false if that has to be tried again. */
    public boolean templateFeed()
    {
        return state == State.IN_STEP && isReady() && proxy.templateFeed(nextCorrelationId++);
    }

    /** @param template that is stored. @return false if it has to be tried again. */
    public boolean templateRestore(final TemplateSnapshot template)
    {
        return state == State.IN_STEP && isReady() && proxy.templateRestore(template);
    }

    /** @param count of templates that were restored. @return false if it has to be tried again. */
    public boolean templateRestoreEnd(final long count)
    {
        return state == State.IN_STEP && isReady() && proxy.templateRestoreEnd(count);
    }

    /**
     * @param query which templates are wanted.
     * @param page  receives them.
     */
    public void templates(final TemplatesQuery query, final TemplatePageListener page)
    {
        if (!isReady())
        {
            page.onNoPage("data plane is not connected");
            return;
        }
        templatePages.ask(query, page);
    }

    /** @return true if the data plane is connected and has accepted a generation of ours. */
    public boolean isReady()
    {
        return acceptedGeneration > 0 && isConnected();
    }

    /** @return generation of ours that the data plane accepted last, 0 for none. */
    public long acceptedGeneration()
    {
        return acceptedGeneration;
    }

    /** @return random number of the data plane's process, 0 before the first answer. */
    public long dataPlaneEpoch()
    {
        return dataPlaneEpoch;
    }

    /** @return name of the session's state, for people. */
    public String stateName()
    {
        return state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    @Override
    public int doWork()
    {
        final long nowNs = clock.nanoTime();
        int workCount = 0;
        if (link != null)
        {
            workCount += templateListener.hasRoom() ? link.poll(adapter) : 0;
            checkLink(nowNs);
        }
        workCount += switch (state)
        {
            case DISCONNECTED -> connect(nowNs);
            case CONNECTING -> hello(nowNs);
            case HELLO_SENT -> retryHello(nowNs);
            case PUBLISHING -> continueTransfer(nowNs);
            case COMMITTED -> checkCommit(nowNs);
            case IN_STEP -> keepInStep(nowNs);
        };
        if (link != null)
        {
            workCount += heartbeat(nowNs);
            deltas.expire(nowNs);
            templatePages.expire(nowNs);
        }
        return workCount;
    }

    @Override
    public void onClose()
    {
        deltas.failAll("the agent stops");
        templatePages.failAll("the agent stops");
        CloseHelper.quietClose(link);
        link = null;
    }

    @Override
    public String roleName()
    {
        return "data-plane-session";
    }

    @Override
    public void onHello(final long correlationId, final long epoch, final long generation)
    {
        if (correlationId != helloCorrelationId || state != State.HELLO_SENT)
        {
            return;
        }
        onHeard();
        dataPlaneEpoch = epoch;
        highestGeneration = Math.max(highestGeneration, generation);
        acceptedGeneration = epoch == acceptedEpoch ? acceptedGeneration : 0;
        // Even a data plane that has our generation may have missed deltas, so that it gets a new one in any case.
        isPublishWanted |= isEnabled;
        LOGGER.info("event=connected epoch={} generation={} accepted={}", Long.toHexString(epoch), generation,
            acceptedGeneration);
        enter(State.IN_STEP);
        listener.onConnected(epoch, generation);
    }

    @Override
    public void onHeartbeat(final long epoch, final long generation)
    {
        if (state == State.CONNECTING || state == State.HELLO_SENT)
        {
            return;
        }
        if (epoch != dataPlaneEpoch)
        {
            disconnect("data plane was replaced: epoch=" + Long.toHexString(epoch));
            return;
        }
        onHeard();
        highestGeneration = Math.max(highestGeneration, generation);
        if (state == State.COMMITTED && generation == transfer.generation())
        {
            onGeneration(transfer.correlationId(), generation, ResultCode.OK, "seen in a heartbeat");
        }
        final boolean isOutOfStep =
            state == State.IN_STEP && generation != acceptedGeneration && acceptedGeneration > 0;
        outOfStepCount = isOutOfStep ? outOfStepCount + 1 : 0;
        if (outOfStepCount >= OUT_OF_STEP_LIMIT)
        {
            LOGGER.warn("event=out-of-step generation={} expected={}", generation, acceptedGeneration);
            outOfStepCount = 0;
            isPublishWanted = true;
        }
    }

    @Override
    public void onGeneration(
        final long correlationId, final long generation, final ResultCode code, final String text)
    {
        // A data plane may refuse before it has seen the commit; then the rest need not be sent.
        if (transfer == null || correlationId != transfer.correlationId())
        {
            return;
        }
        onHeard();
        final GenerationContent content = transferContent;
        transfer = null;
        transferContent = null;
        enter(State.IN_STEP);
        if (code == ResultCode.OK)
        {
            acceptedGeneration = generation;
            acceptedEpoch = dataPlaneEpoch;
            repeatCount = 0;
            LOGGER.info("event=generation-accepted generation={} services={} servers={}", generation,
                content.services().size(), content.serverCount());
            listener.onAccepted(generation, content);
            return;
        }
        LOGGER.error("event=generation-rejected generation={} code={} text=\"{}\"", generation, code, text);
        if (isWorthRepeating(code) && repeatCount++ < REPEAT_LIMIT)
        {
            isPublishWanted = true;
            nextPublishNs = clock.nanoTime() + REPUBLISH_PAUSE_NS;
            return;
        }
        repeatCount = 0;
        listener.onRejected(generation, content, code, text);
    }

    @Override
    public void onDelta(final long correlationId, final ResultCode code, final String text)
    {
        onHeard();
        if (templatePages.onRefused(correlationId, code + ": " + text) ||
            !deltas.onReply(correlationId, code, text))
        {
            return;
        }
        LOGGER.warn("event=delta-rejected code={} text=\"{}\"", code, text);
        isPublishWanted = true;
        nextPublishNs = clock.nanoTime() + REPUBLISH_PAUSE_NS;
    }

    @Override
    public void onConnection(final long correlationId, final ConnectionSnapshot connection)
    {
        onHeard();
        deltas.onConnection(correlationId, connection);
    }

    @Override
    public void onConnections(
        final long correlationId, final long nextCursor, final int count, final long matched)
    {
        onHeard();
        deltas.onPageEnd(correlationId, nextCursor, count, matched);
    }

    @Override
    public void onTemplateFeed(final long correlationId, final boolean isRestored)
    {
        onHeard();
        templateListener.onTemplateFeed(isRestored);
    }

    @Override
    public void onTemplate(final long correlationId, final TemplateSnapshot template)
    {
        onHeard();
        if (correlationId == 0)
        {
            templateListener.onTemplate(template);
        }
        else
        {
            templatePages.onTemplate(correlationId, template);
        }
    }

    @Override
    public void onTemplates(final long correlationId, final long nextCursor, final int count)
    {
        onHeard();
        templatePages.onEnd(correlationId, nextCursor, count);
    }

    @Override
    public void onMalformed(final String problem)
    {
        LOGGER.warn("event=malformed-message problem=\"{}\"", problem);
    }

    private int connect(final long nowNs)
    {
        if (nowNs - nextAttemptNs < 0)
        {
            return 0;
        }
        nextAttemptNs = nowNs + CONNECT_INTERVAL_NS;
        try
        {
            link = AeronLink.connect(aeronDirectory);
        }
        catch (final RuntimeException ex)
        {
            // A driver that dies at this very moment; the next attempt will tell.
            LOGGER.debug("event=connect-failed", ex);
        }
        if (link == null)
        {
            return 0;
        }
        proxy = new ControlRequestProxy(link);
        nextDriverCheckNs = nowNs + DRIVER_CHECK_INTERVAL_NS;
        enter(State.CONNECTING);
        return 1;
    }

    private int hello(final long nowNs)
    {
        if (link == null || !link.isConnected())
        {
            if (nowNs - stateSinceNs > CONNECT_TIMEOUT_NS)
            {
                disconnect("nobody is at the other end");
            }
            return 0;
        }
        final long correlationId = nextCorrelationId++;
        if (!proxy.hello(correlationId, agentEpoch))
        {
            return 0;
        }
        helloCorrelationId = correlationId;
        lastHeardNs = nowNs;
        nextHeartbeatNs = nowNs;
        enter(State.HELLO_SENT);
        return 1;
    }

    private int retryHello(final long nowNs)
    {
        if (nowNs - stateSinceNs > HELLO_TIMEOUT_NS)
        {
            enter(State.CONNECTING);
        }
        return 0;
    }

    private int continueTransfer(final long nowNs)
    {
        final int sent = transfer.send(proxy, SEND_LIMIT);
        if (transfer.isDone())
        {
            enter(State.COMMITTED);
        }
        else if (nowNs - stateSinceNs > COMMIT_TIMEOUT_NS)
        {
            disconnect("generation=" + transfer.generation() + " could not be sent in time");
        }
        return sent;
    }

    private int checkCommit(final long nowNs)
    {
        if (nowNs - stateSinceNs > COMMIT_TIMEOUT_NS)
        {
            disconnect("no answer to the commit of generation=" + transfer.generation());
        }
        return 0;
    }

    private int keepInStep(final long nowNs)
    {
        if (isPublishWanted && nowNs - nextPublishNs >= 0)
        {
            isPublishWanted = false;
            // The snapshot holds every change so far; deltas of later changes wait until it is accepted.
            deltas.clearChanges();
            transferContent = desired.get();
            transfer = new GenerationTransfer(transferContent, ++highestGeneration, nextCorrelationId++);
            enter(State.PUBLISHING);
            return 1;
        }
        final int sent = deltas.send(proxy, nowNs, SEND_LIMIT) + templatePages.send(proxy, nowNs);
        if (deltas.takeHasExpired())
        {
            isPublishWanted = true;
        }
        return sent;
    }

    private int heartbeat(final long nowNs)
    {
        final boolean isTalking = state != State.CONNECTING && state != State.DISCONNECTED;
        if (isTalking && nowNs - nextHeartbeatNs >= 0 && proxy.heartbeat(agentEpoch, acceptedGeneration))
        {
            nextHeartbeatNs = nowNs + HEARTBEAT_INTERVAL_NS;
            return 1;
        }
        return 0;
    }

    private void checkLink(final long nowNs)
    {
        if (link == null)
        {
            return;
        }
        if (link.failure() != null)
        {
            disconnect(link.failure());
        }
        else if (nowNs - nextDriverCheckNs >= 0)
        {
            nextDriverCheckNs = nowNs + DRIVER_CHECK_INTERVAL_NS;
            if (link.isDriverReplaced())
            {
                disconnect("media driver is gone");
            }
        }
        if (link != null && state != State.CONNECTING && nowNs - lastHeardNs > HEARTBEAT_TIMEOUT_NS)
        {
            disconnect("silent for " + ControlChannel.HEARTBEAT_TIMEOUT_MS + " ms");
        }
    }

    private void disconnect(final String reason)
    {
        final boolean wasConnected = isConnected();
        LOGGER.warn("event=disconnected state={} reason=\"{}\"", stateName(), reason);
        CloseHelper.quietClose(link);
        link = null;
        proxy = null;
        transfer = null;
        transferContent = null;
        isPublishWanted = isEnabled;
        nextAttemptNs = clock.nanoTime() + CONNECT_INTERVAL_NS;
        enter(State.DISCONNECTED);
        deltas.failAll("data plane is lost: " + reason);
        templatePages.failAll("data plane is lost: " + reason);
        if (wasConnected)
        {
            listener.onDisconnected(reason);
        }
    }

    private boolean isConnected()
    {
        return state == State.PUBLISHING || state == State.COMMITTED || state == State.IN_STEP;
    }

    /** Whether a snapshot has been taken for this data plane, so that later changes must follow as deltas. */
    private boolean hasSnapshot()
    {
        return transfer != null || isConnected() && acceptedEpoch == dataPlaneEpoch && acceptedGeneration > 0;
    }

    private void enter(final State next)
    {
        state = next;
        stateSinceNs = clock.nanoTime();
    }

    private void onHeard()
    {
        lastHeardNs = clock.nanoTime();
    }

    private static boolean isWorthRepeating(final ResultCode code)
    {
        return code == ResultCode.COUNT_MISMATCH || code == ResultCode.CHECKSUM_MISMATCH ||
            code == ResultCode.NO_GENERATION_OPEN || code == ResultCode.WRONG_GENERATION;
    }
}
