package org.headrace.agent.publish;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.CloseHelper;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.headrace.agent.config.NamedLimits;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.AccessRules;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlRequestAdapter;
import org.headrace.protocol.ControlRequestListener;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TemplateFilter;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.Transport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A data plane without packets: a real media driver, and a conductor that keeps what it is told. */
public final class FakeDataPlane implements ControlRequestListener, AutoCloseable
{
    private static final long HEARTBEAT_NS = 200_000_000L;

    private final List<String> calls = new ArrayList<>();
    private final long epoch = new Random().nextLong();
    private final MediaDriver driver;
    private final Aeron aeron;
    private final Publication publication;
    private final Subscription subscription;
    private final ControlResponseProxy proxy;
    private final ControlRequestAdapter adapter = new ControlRequestAdapter(this);
    private final List<TemplateSnapshot> restored = new ArrayList<>();
    private final List<GenerationContent.Service> services = new ArrayList<>();
    private final List<AccessRules> accessLists = new ArrayList<>();
    private final List<NamedLimits> limits = new ArrayList<>();
    private final List<IpPrefix> prefixes = new ArrayList<>();
    private final List<GenerationContent.Server> servers = new ArrayList<>();
    private final List<Adjacency> adjacencies = new ArrayList<>();
    private final List<IpAddress> localAddresses = new ArrayList<>();
    private GenerationContent content = GenerationContent.EMPTY;
    private ResultCode nextResult = ResultCode.OK;
    private long generation;
    private long openGeneration;
    private int entryCount;
    private boolean isSilent;
    private boolean isRestored;
    private long nextHeartbeatNs = System.nanoTime();

    /**
     * @param runtimeDirectory   to start in.
     * @param generationInForce that it claims to have.
     */
    public FakeDataPlane(final Path runtimeDirectory, final long generationInForce)
    {
        generation = generationInForce;
        final String directory = ControlChannel.aeronDirectory(runtimeDirectory).toString();
        driver = MediaDriver.launch(new MediaDriver.Context()
            .aeronDirectoryName(directory)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
            .ipcTermBufferLength(64 * 1024)
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true));
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory)
            .idleStrategy(new SleepingMillisIdleStrategy(1)));
        subscription = aeron.addSubscription(ControlChannel.CHANNEL, ControlChannel.REQUEST_STREAM_ID);
        publication = aeron.addPublication(ControlChannel.CHANNEL, ControlChannel.RESPONSE_STREAM_ID);
        proxy = new ControlResponseProxy(publication);
    }

    /** @return everything that was asked, as text, without heartbeats. */
    public List<String> calls()
    {
        return calls;
    }

    /** @return content of the generation in force, deltas not applied. */
    public GenerationContent content()
    {
        return content;
    }

    /** @return generation in force. */
    public long generation()
    {
        return generation;
    }

    /** @return entries of the open generation so far. */
    public int entryCount()
    {
        return entryCount;
    }

    /**
     * @param code for the next generation or delta.
     */
    public void nextResult(final ResultCode code)
    {
        nextResult = code;
    }

    /**
     * @param value true to answer nothing and send no heartbeats.
     */
    public void silent(final boolean value)
    {
        isSilent = value;
    }

    /** Changes the generation in force behind the agent's back. */
    public void forget()
    {
        generation = 1;
        content = GenerationContent.EMPTY;
    }

    /** @return templates that were restored. */
    public List<TemplateSnapshot> restored()
    {
        return restored;
    }

    /** @param template that a client has got. */
    public void tell(final TemplateSnapshot template)
    {
        answer(() -> proxy.template(0, template));
    }

    /** Takes at most a few messages, and sends heartbeats. */
    public void doWork()
    {
        subscription.poll(adapter, 16);
        if (!isSilent && System.nanoTime() - nextHeartbeatNs >= 0 && proxy.heartbeat(epoch, generation))
        {
            nextHeartbeatNs = System.nanoTime() + HEARTBEAT_NS;
        }
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(aeron, driver);
    }

    @Override
    public void onHello(final long correlationId, final long agentEpoch)
    {
        calls.add("hello");
        answer(() -> proxy.hello(correlationId, epoch, generation));
    }

    @Override
    public void onHeartbeat(final long agentEpoch, final long accepted)
    {
        // Only its absence would be of interest.
    }

    @Override
    public void onGenerationBegin(final long correlationId, final long number)
    {
        calls.add("begin " + number);
        openGeneration = number;
        entryCount = 0;
        services.clear();
        accessLists.clear();
        limits.clear();
        servers.clear();
        adjacencies.clear();
        localAddresses.clear();
    }

    @Override
    public void onServiceEntry(
        final long number,
        final ServiceKey service,
        final Scheduler scheduler,
        final ForwardingMethod forwarding,
        final StateTimeouts timeouts,
        final Persistence persistence,
        final String name)
    {
        entryCount++;
        closeService();
        services.add(new GenerationContent.Service(
            service, scheduler, forwarding, timeouts, persistence, name, AccessRules.NONE, List.of(), List.of()));
    }

    @Override
    public void onServerEntry(
        final long number, final Endpoint server, final int weight, final ServerState state)
    {
        entryCount++;
        servers.add(new GenerationContent.Server(server, weight, state));
    }

    @Override
    public void onAdjacencyEntry(
        final long number,
        final IpAddress server,
        final int interfaceIndex,
        final long destinationMac,
        final int mtuBytes)
    {
        if (number == 0)
        {
            calls.add("adjacency " + server + " " + interfaceIndex);
            return;
        }
        entryCount++;
        adjacencies.add(new Adjacency(server, interfaceIndex, destinationMac, mtuBytes));
    }

    @Override
    public void onLocalAddressEntry(final long number, final IpAddress address, final boolean isPresent)
    {
        if (number == 0)
        {
            calls.add("address " + address + " " + isPresent);
            return;
        }
        entryCount++;
        localAddresses.add(address);
    }

    @Override
    public void onAccessListEntry(
        final long number, final int listNumber, final AccessMode mode, final int prefixCount)
    {
        entryCount++;
        prefixes.clear();
        accessLists.add(new AccessRules(mode, List.of()));
    }

    @Override
    public void onAccessPrefixesEntry(final long number, final PrefixBlock block)
    {
        entryCount++;
        for (int i = 0; i < block.size(); i++)
        {
            prefixes.add(new IpPrefix(new IpAddress(block.high(i), block.low(i)), block.lengthBits(i)));
        }
        accessLists.add(new AccessRules(accessLists.removeLast().mode(), prefixes));
    }

    @Override
    public void onServiceAccessEntry(final long number, final int accessList)
    {
        entryCount++;
        final GenerationContent.Service last = services.removeLast();
        services.add(new GenerationContent.Service(last.key(), last.scheduler(), last.forwarding(),
            last.timeouts(), last.persistence(), last.name(), accessLists.get(accessList - 1), last.limits(),
            last.servers()));
    }

    @Override
    public void onLimitEntry(final long number, final int limitNumber, final Limits newLimits, final String name)
    {
        entryCount++;
        limits.add(new NamedLimits(name, newLimits));
    }

    @Override
    public void onServiceLimitEntry(final long number, final int limit)
    {
        entryCount++;
        final GenerationContent.Service last = services.removeLast();
        final List<NamedLimits> both = new ArrayList<>(last.limits());
        both.add(limits.get(limit - 1));
        services.add(new GenerationContent.Service(last.key(), last.scheduler(), last.forwarding(),
            last.timeouts(), last.persistence(), last.name(), last.access(), both, last.servers()));
    }

    @Override
    public void onGenerationCommit(
        final long correlationId,
        final long number,
        final int serviceCount,
        final int serverCount,
        final int adjacencyCount,
        final int localAddressCount,
        final int checksum)
    {
        closeService();
        final GenerationContent received = new GenerationContent(services, adjacencies, localAddresses);
        final boolean isWhole = number == openGeneration && number > generation &&
            checksum == adapter.entryChecksum() && serviceCount == services.size() &&
            serverCount == received.serverCount() && adjacencyCount == adjacencies.size() &&
            localAddressCount == localAddresses.size();
        final ResultCode result = isWhole ? nextResult : ResultCode.CHECKSUM_MISMATCH;
        nextResult = ResultCode.OK;
        calls.add("commit " + number + " " + result);
        if (result == ResultCode.OK)
        {
            generation = number;
            content = received;
        }
        answer(() -> proxy.generation(correlationId, number, result, result == ResultCode.OK ? "" : "as told"));
    }

    @Override
    public void onServerWeight(
        final long correlationId, final ServiceKey service, final Endpoint server, final int weight)
    {
        calls.add("weight " + service + " " + server + " " + weight);
        answerDelta(correlationId);
    }

    @Override
    public void onServerState(
        final long correlationId, final ServiceKey service, final Endpoint server, final ServerState state)
    {
        calls.add("state " + service + " " + server + " " + state);
        answerDelta(correlationId);
    }

    @Override
    public void onConnections(
        final long correlationId, final long cursor, final int pageSize, final ConnectionFilter filter)
    {
        calls.add("connections " + cursor + " " + pageSize + " " + filter);
        if (pageSize == 0)
        {
            answer(() -> proxy.connections(correlationId, cursor < 2 ? cursor + 1 : 0, 0, 1_000_000));
            return;
        }
        final ConnectionSnapshot connection = new ConnectionSnapshot(Transport.TCP,
            new Endpoint(IpAddress.parse("10.1.0.9"), (int)(1_000 + cursor)), Endpoint.parse("10.99.0.1:80"),
            Endpoint.NONE, Endpoint.parse("10.2.1.2:8080"), ConnectionState.ESTABLISHED, 0, 5_000, 895_000, 3, 2, 300,
            200);
        answer(() -> proxy.connection(correlationId, connection));
        answer(() -> proxy.connections(correlationId, cursor < 2 ? cursor + 1 : 0, 1, 1));
    }

    @Override
    public void onTemplateFeed(final long correlationId)
    {
        calls.add("feed");
        answer(() -> proxy.templateFeed(correlationId, isRestored));
    }

    @Override
    public void onTemplateRestore(final TemplateSnapshot template)
    {
        restored.add(template);
    }

    @Override
    public void onTemplateRestoreEnd(final long count)
    {
        calls.add("restored " + count);
        isRestored = true;
    }

    @Override
    public void onTemplates(
        final long correlationId, final long cursor, final int pageSize, final TemplateFilter filter)
    {
        calls.add("templates " + cursor + " " + pageSize + " " + filter);
        restored.forEach(template -> answer(() -> proxy.template(correlationId, template)));
        answer(() -> proxy.templates(correlationId, 0, restored.size()));
    }

    @Override
    public void onMalformed(final String problem)
    {
        throw new AssertionError(problem);
    }

    private void closeService()
    {
        if (!services.isEmpty())
        {
            final GenerationContent.Service last = services.removeLast();
            services.add(new GenerationContent.Service(last.key(), last.scheduler(), last.forwarding(),
                last.timeouts(), last.persistence(), last.name(), last.access(), last.limits(), servers));
            servers.clear();
        }
    }

    private void answerDelta(final long correlationId)
    {
        final ResultCode result = Objects.requireNonNull(nextResult);
        nextResult = ResultCode.OK;
        answer(() -> proxy.delta(correlationId, result, result == ResultCode.OK ? "" : "as told"));
    }

    private void answer(final java.util.function.BooleanSupplier message)
    {
        while (!isSilent && !message.getAsBoolean())
        {
            Thread.onSpinWait();
        }
    }
}
