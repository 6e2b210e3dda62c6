package org.headrace.agent;

import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.headrace.agent.config.ConfigDiff;
import org.headrace.agent.config.ConfigReader;
import org.headrace.agent.config.ConfigResult;
import org.headrace.agent.config.ManagedAddresses;
import org.headrace.agent.config.Problem;
import org.headrace.agent.config.ServerConfig;
import org.headrace.agent.config.ServiceConfig;
import org.headrace.agent.health.HealthTarget;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.agent.netlink.HostNetworkListener;
import org.headrace.agent.publish.DataPlaneSession;
import org.headrace.agent.publish.DataPlaneSessionListener;
import org.headrace.agent.publish.DesiredState;
import org.headrace.agent.publish.GenerationContent;
import org.headrace.agent.publish.HealthStatus;
import org.headrace.agent.publish.ReplyListener;
import org.headrace.agent.publish.ServerKey;
import org.headrace.agent.publish.WeightOverride;
import org.headrace.agent.store.StoreAgent;
import org.headrace.agent.store.TemplateSync;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.codec.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Owns the desired state. Whatever changes it (the file, an operator, a health check, the host's network) ends here, on
 * one thread, and goes on to the data plane from here.
 *
 * <p>A reload makes a second state beside the one in force. Only when the data plane has accepted it does it take the
 * first one's place, and only then are checks, next hops and addresses changed to fit; otherwise it is dropped.
 */
public final class ConfigAgent implements Agent, DataPlaneSessionListener, HostNetworkListener
{
    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigAgent.class);
    private static final long NETWORK_WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STORE_WAIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long READY_WAIT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int COMMAND_LIMIT = 1_024;
    private static final int LOGGED_CHANGES = 1_000;

    private final AgentContext context;
    private final AgentStateFile stateFile;
    private final VirtualAddresses virtualAddresses;
    private final DataPlaneSession session;
    private final TemplateSync templates;
    private final ManyToOneConcurrentLinkedQueue<Runnable> commands = new ManyToOneConcurrentLinkedQueue<>();
    private final List<Runnable> unsavedReplies = new ArrayList<>();
    private final long startMs;
    private DesiredState state;
    private DesiredState candidate;
    private GenerationContent candidateContent;
    private List<String> candidateChanges;
    private ReloadListener reloadListener;
    private ReloadOutcome lastReload;
    private long startNs;
    private long assumeUntilNs;
    private boolean isPublishing;
    private boolean isReady;

    /**
     * @param context concluded.
     */
    public ConfigAgent(final AgentContext context)
    {
        this.context = context;
        this.startMs = context.epochClock().time();
        this.state = new DesiredState(context.config());
        this.stateFile = new AgentStateFile(context.directory());
        this.virtualAddresses = new VirtualAddresses(context.hostNetwork(), stateFile.addresses(),
            address -> state.hasLocalAddress(address), () -> stateFile.save(state.overrides()));
        this.session = new DataPlaneSession(context.aeronDirectory(), context.nanoClock(),
            new SecureRandom().nextLong(), this::desired, this);
        this.templates = new TemplateSync(session, context.store(), context.nanoClock());
    }

    /** @return the session with the data plane, for its part of the duty cycle and for queries. */
    public DataPlaneSession session()
    {
        return session;
    }

    /** @return what keeps the store of session persistence in step, for its part of the duty cycle. */
    public TemplateSync templates()
    {
        return templates;
    }

    /** @return the store of session persistence. */
    public StoreAgent store()
    {
        return context.store();
    }

    /** @return the state in force. */
    public DesiredState state()
    {
        return state;
    }

    /** @return outcome of the last reload, or null. */
    public ReloadOutcome lastReload()
    {
        return lastReload;
    }

    /** @return start of this process, milliseconds since 1970. */
    public long startMs()
    {
        return startMs;
    }

    /** @return true once the data plane forwards by a generation of ours. */
    public boolean isReady()
    {
        return isReady;
    }

    /**
     * Runs something on this agent's thread; may be called by any thread.
     *
     * @param command to run.
     */
    public void execute(final Runnable command)
    {
        commands.add(command);
    }

    @Override
    public void onStart()
    {
        startNs = context.nanoClock().nanoTime();
        stateFile.load();
        stateFile.overrides().forEach(state::restoreOverride);
        state.assumeUp(InitialHealth.serversUp(context.directory(), context.epochClock().time()));
        assumeUntilNs = startNs + InitialHealth.validityNs(state.healthTargets());
        templates.persistence(state.hasPersistence());
        context.hostNetwork().start(this);
        drainAll();
        virtualAddresses.apply(ManagedAddresses.of(state.config()));
        context.hostNetwork().watch(state.serverAddresses());
        context.healthChecker().start((target, isUp, reason) -> execute(() -> onHealth(target, isUp, reason)));
        context.healthChecker().targets(state.healthTargets());
    }

    @Override
    public int doWork()
    {
        int workCount = 0;
        for (Runnable command = commands.poll(); command != null; command = commands.poll())
        {
            command.run();
            if (++workCount == COMMAND_LIMIT)
            {
                break;
            }
        }
        workCount += saveOverrides();
        final long nowNs = context.nanoClock().nanoTime();
        final boolean isStoreLate = nowNs - startNs > STORE_WAIT_NS;
        // A data plane that has lost its templates gets them right after its generation, or its clients move.
        if (!isPublishing && (state.isNetworkKnown() || nowNs - startNs > NETWORK_WAIT_NS) &&
            (templates.isStoreSettled() || isStoreLate))
        {
            isPublishing = true;
            session.publish();
            workCount++;
        }
        if (!isReady && session.acceptedGeneration() > 0 && (templates.isInStep() || isStoreLate) &&
            (state.isHealthKnown() || nowNs - startNs > READY_WAIT_NS))
        {
            isReady = true;
            LOGGER.info("event=ready generation={}", session.acceptedGeneration());
            context.onReady().run();
        }
        if (assumeUntilNs != 0 && nowNs - assumeUntilNs > 0)
        {
            assumeUntilNs = 0;
            tellStates(state.endAssumptions());
            if (candidate != null)
            {
                candidate.endAssumptions();
            }
        }
        return workCount;
    }

    @Override
    public void onClose()
    {
        saveOverrides();
        CloseHelper.quietClose(context.healthChecker());
        virtualAddresses.apply(Set.of());
        CloseHelper.quietClose(context.hostNetwork());
    }

    @Override
    public String roleName()
    {
        return "config-agent";
    }

    /**
     * Reads the file again and puts it in force, whole or not at all.
     *
     * @param listener receives the outcome.
     */
    public void reload(final ReloadListener listener)
    {
        if (candidate != null)
        {
            listener.onReload(new ReloadOutcome(now(), false, "another reload is under way", List.of(), List.of()));
            return;
        }
        final ConfigResult result = ConfigReader.read(context.configFile());
        final List<String> problems = result.problems().stream().map(Problem::toString).toList();
        if (!result.isValid())
        {
            problems.forEach(problem -> LOGGER.error("event=reload-problem text=\"{}\"", problem));
            finishReload(listener, new ReloadOutcome(now(), false,
                "the file has problems; the running configuration stays", List.of(), problems));
            return;
        }
        final List<String> changes = ConfigDiff.between(state.config(), result.config());
        log(changes);
        if (changes.isEmpty())
        {
            finishReload(listener, new ReloadOutcome(now(), true, "nothing changed", changes, problems));
            return;
        }
        final DesiredState next = state.with(result.config());
        if (!session.isReady())
        {
            // Nobody can refuse it now; the data plane gets it when it comes.
            adopt(next);
            session.publish();
            finishReload(listener, new ReloadOutcome(now(), true,
                "applied; the data plane is not connected and gets it when it is back", changes, problems));
            return;
        }
        candidate = next;
        candidateChanges = changes;
        reloadListener = listener;
        session.publish();
    }

    /**
     * Sets or lifts an override, and tells the data plane.
     *
     * @param key      of a server of the configuration.
     * @param override new one, or null for the file's weight.
     * @param reply    receives the outcome in a later duty cycle; without success the former weight stays.
     */
    public void override(final ServerKey key, final WeightOverride override, final ReplyListener reply)
    {
        if (!session.isReady())
        {
            reply.onReply(ResultCode.INTERNAL_ERROR, "data plane is not connected");
            return;
        }
        final WeightOverride former = state.overrides().get(key);
        putOverride(key, override);
        final ServerConfig server = state.server(key);
        session.serverWeight(key.service(), key.server(), state.weight(key, server), (code, text) ->
        {
            if (code != ResultCode.OK)
            {
                putOverride(key, former);
            }
            unsavedReplies.add(() -> reply.onReply(code, text));
        });
    }

    @Override
    public void onConnected(final long dataPlaneEpoch, final long generation)
    {
        LOGGER.debug("event=session-connected generation={}", generation);
    }

    @Override
    public void onDisconnected(final String reason)
    {
        templates.onDisconnected();
        if (candidate == null)
        {
            return;
        }
        // The next data plane would get the candidate first and nobody could say what it replaces: drop it.
        rejectCandidate("data plane was lost: " + reason);
    }

    @Override
    public void onAccepted(final long generation, final GenerationContent content)
    {
        if (candidate == null || content != candidateContent)
        {
            return;
        }
        final ReloadOutcome outcome =
            new ReloadOutcome(now(), true, "generation " + generation, candidateChanges, List.of());
        adopt(candidate);
        finishReload(reloadListener, outcome);
    }

    @Override
    public void onRejected(
        final long generation, final GenerationContent content, final ResultCode code, final String text)
    {
        if (candidate != null && content == candidateContent)
        {
            rejectCandidate("data plane refused it: " + code + " " + text);
            session.publish();
        }
        else if (!isReady && session.acceptedGeneration() == 0)
        {
            context.onStartFailed().accept("data plane refused the configuration: " + code + " " + text);
        }
    }

    @Override
    public void onAdjacency(final Adjacency adjacency)
    {
        execute(() ->
        {
            final boolean isForCandidate = candidate != null && candidate.adjacency(adjacency);
            if (state.adjacency(adjacency) || isForCandidate)
            {
                LOGGER.info("event=adjacency server={} interface={} mac={} mtu={}", adjacency.server(),
                    adjacency.interfaceIndex(), Long.toHexString(adjacency.destinationMac()), adjacency.mtuBytes());
                session.adjacency(adjacency);
            }
        });
    }

    @Override
    public void onLocalAddress(final IpAddress address, final boolean isPresent)
    {
        execute(() ->
        {
            state.localAddress(address, isPresent);
            if (candidate != null)
            {
                candidate.localAddress(address, isPresent);
            }
            session.localAddress(address, isPresent);
        });
    }

    private void onHealth(final HealthTarget target, final boolean isUp, final String reason)
    {
        final HealthStatus status = new HealthStatus(isUp, reason, now());
        final Set<ServerKey> keys = new HashSet<>(state.health(target, status));
        if (candidate != null)
        {
            keys.addAll(candidate.health(target, status));
        }
        if (!keys.isEmpty())
        {
            LOGGER.info("event=health server={} up={} reason=\"{}\"", target.server(), isUp, reason);
            tellStates(keys);
        }
    }

    private void tellStates(final Set<ServerKey> keys)
    {
        for (final ServerKey key : keys)
        {
            // A server that only the candidate has is told with the candidate.
            final ServiceConfig service = state.service(key.service());
            if (service != null && state.server(key) != null)
            {
                session.serverState(key.service(), key.server(), state.state(service, key.server()));
            }
        }
    }

    private void adopt(final DesiredState next)
    {
        state = next;
        templates.persistence(state.hasPersistence());
        candidate = null;
        stateFile.save(state.overrides());
        virtualAddresses.apply(ManagedAddresses.of(state.config()));
        context.hostNetwork().watch(state.serverAddresses());
        context.healthChecker().targets(state.healthTargets());
    }

    /** Whoever asked for the reload gets all of them. */
    private static void log(final List<String> changes)
    {
        final int count = Math.min(changes.size(), LOGGED_CHANGES);
        changes.subList(0, count).forEach(change -> LOGGER.info("event=reload-change text=\"{}\"", change));
        if (changes.size() > count)
        {
            LOGGER.info("event=reload-change text=\"and {} more\"", changes.size() - count);
        }
    }

    private void rejectCandidate(final String reason)
    {
        candidate = null;
        finishReload(reloadListener, new ReloadOutcome(
            now(), false, reason + "; the running configuration stays", candidateChanges, List.of()));
    }

    private void finishReload(final ReloadListener listener, final ReloadOutcome outcome)
    {
        lastReload = outcome;
        reloadListener = null;
        LOGGER.info("event=reload ok={} text=\"{}\"", outcome.isOk(), outcome.text());
        listener.onReload(outcome);
    }

    /** Whoever is told that a weight is set can rely on it, also after a restart; many of them are one write. */
    private int saveOverrides()
    {
        final int count = unsavedReplies.size();
        if (count > 0)
        {
            stateFile.save(state.overrides());
            unsavedReplies.forEach(Runnable::run);
            unsavedReplies.clear();
        }
        return count;
    }

    private void putOverride(final ServerKey key, final WeightOverride override)
    {
        state.override(key, override);
        if (candidate != null && override != null)
        {
            candidate.restoreOverride(key, override);
        }
        else if (candidate != null)
        {
            candidate.override(key, null);
        }
    }

    private GenerationContent desired()
    {
        candidateContent = candidate == null ? null : candidate.content();
        return candidate == null ? state.content() : candidateContent;
    }

    private void drainAll()
    {
        for (Runnable command = commands.poll(); command != null; command = commands.poll())
        {
            command.run();
        }
    }

    private long now()
    {
        return context.epochClock().time();
    }
}
