package org.headrace.agent.netlink;

import static org.headrace.agent.netlink.Rtnetlink.*;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.headrace.agent.netlink.WatchedServer.Obstacle;
import org.headrace.protocol.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The duty cycle of the host network: wait for events, apply them, ask for routes, have neighbours resolved.
 *
 * <p>Assumptions and guarantees: one thread runs {@link #doWork()}, and all callbacks come on it; any thread may call
 * {@link #watch} and {@link #wakeUp}, of the sets handed over only the latest counts. The sockets belong to the network
 * namespace of the thread that makes the agent.
 */
final class HostNetworkAgent implements Agent
{
    private static final Logger LOGGER = LoggerFactory.getLogger(HostNetworkAgent.class);

    private static final int GROUPS = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
        RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE | RTMGRP_IPV6_RULE;
    private static final int EVENT_BUFFER_BYTES = 8 << 20;
    private static final int EVENT_RECEIVE_LIMIT = 16;
    private static final int DISCARD_LIMIT = 10_000;
    private static final int DUMP_ATTEMPT_LIMIT = 5;
    private static final long MAX_WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long REFUSAL_LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long RESYNC_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final NanoClock clock;
    private final AdjacencyTracker adjacencies;
    private final LocalAddressTracker localAddresses;
    private final NetlinkSession session;
    private final NetlinkSocket events;
    private final EventFd wakeUp;
    private final PollSet pollSet;
    private final RtnetlinkAdapter eventAdapter = new RtnetlinkAdapter(new EventListener());
    private final AtomicReference<Set<IpAddress>> wantedServers = new AtomicReference<>();
    private final List<WatchedServer> lookups = new ArrayList<>();
    private final List<NextHopKey> resolutions = new ArrayList<>();
    private boolean isResyncWanted = true;
    private long earliestResyncNs;
    private long overrunCount;
    private long refusalCount;
    private long nextRefusalLogNs;

    HostNetworkAgent(final HostNetworkListener listener, final NanoClock clock)
    {
        this.clock = clock;
        adjacencies = new AdjacencyTracker(listener);
        localAddresses = new LocalAddressTracker(listener);
        session = new NetlinkSession();
        events = new NetlinkSocket(GROUPS, EVENT_BUFFER_BYTES);
        wakeUp = new EventFd();
        pollSet = new PollSet(events.fd(), wakeUp.fd());
        earliestResyncNs = clock.nanoTime();
        nextRefusalLogNs = earliestResyncNs;
    }

    @Override
    public String roleName()
    {
        return "headrace-netlink";
    }

    /** Reads the initial state; what fails here is thrown, later failures are logged and tried again. */
    @Override
    public void onStart()
    {
        resync();
    }

    /** Waits for events for up to a second if nothing else is due. */
    @Override
    public int doWork()
    {
        try
        {
            int workCount = drainCommands();
            pollSet.await(waitMs(clock.nanoTime()));
            final long nowNs = clock.nanoTime();
            workCount += drainEvents(nowNs);
            if (isResyncWanted)
            {
                return workCount + (nowNs >= earliestResyncNs ? resync() : 0);
            }
            return workCount + lookUpRoutes(nowNs) + resolveNeighbours(nowNs);
        }
        catch (final RuntimeException ex)
        {
            LOGGER.error("event=netlink_failure action=resync", ex);
            wantResync(clock.nanoTime() + RESYNC_INTERVAL_NS);
            return 0;
        }
    }

    @Override
    public void onClose()
    {
        wakeUp.close();
        events.close();
        session.close();
    }

    /** Any thread; takes effect within the next duty cycle. */
    void watch(final Set<IpAddress> servers)
    {
        wantedServers.set(servers);
        wakeUp();
    }

    /** Any thread; ends the wait of the duty cycle. */
    void wakeUp()
    {
        wakeUp.signal();
    }

    /** How often the kernel had to drop events; read by the thread of the duty cycle. */
    long overrunCount()
    {
        return overrunCount;
    }

    private int drainCommands()
    {
        final Set<IpAddress> servers = wantedServers.getAndSet(null);
        if (servers == null)
        {
            return 0;
        }
        adjacencies.watch(servers, clock.nanoTime());
        return 1;
    }

    private int waitMs(final long nowNs)
    {
        if (!isResyncWanted && adjacencies.hasLookups())
        {
            return 0;
        }
        final long dueNs = isResyncWanted ? earliestResyncNs : adjacencies.nextDueNs();
        final long waitNs = Math.clamp(dueNs - nowNs, 0, MAX_WAIT_NS);
        // Rounded up, or the last part of a millisecond would be spent spinning.
        return (int)TimeUnit.NANOSECONDS.toMillis(waitNs + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    }

    private int drainEvents(final long nowNs)
    {
        if (pollSet.isReady(1))
        {
            wakeUp.clear();
        }
        int count = 0;
        for (int i = 0; i < EVENT_RECEIVE_LIMIT && pollSet.isReady(0); i++)
        {
            final int received = receiveEvents(nowNs);
            for (int datagram = 0; datagram < received; datagram++)
            {
                count += eventAdapter.onDatagram(events.datagram(datagram));
            }
            if (received == 0)
            {
                break;
            }
        }
        return count;
    }

    private int receiveEvents(final long nowNs)
    {
        try
        {
            return events.receive();
        }
        catch (final NetlinkException ex)
        {
            if (ex.errno() != Errno.ENOBUFS.number())
            {
                throw ex;
            }
            overrunCount++;
            LOGGER.warn("event=netlink_overrun action=resync receive_buffer_bytes={}", EVENT_BUFFER_BYTES);
            wantResync(nowNs);
            return 0;
        }
    }

    private void wantResync(final long timeNs)
    {
        isResyncWanted = true;
        earliestResyncNs = Math.max(earliestResyncNs, timeNs);
    }

    /** Reads everything anew. What the events say from here on is newer than what the dump has read. */
    private int resync()
    {
        discardEvents();
        boolean isConsistent = dump();
        for (int attempt = 1; !isConsistent && attempt < DUMP_ATTEMPT_LIMIT; attempt++)
        {
            isConsistent = dump();
        }
        if (!isConsistent)
        {
            LOGGER.warn("event=netlink_dump_interrupted attempts={} action=retry_later", DUMP_ATTEMPT_LIMIT);
        }
        isResyncWanted = !isConsistent;
        final long nowNs = clock.nanoTime();
        earliestResyncNs = nowNs + RESYNC_INTERVAL_NS;
        localAddresses.onDumpEnd();
        adjacencies.onDumpEnd(nowNs);
        return 1;
    }

    private boolean dump()
    {
        localAddresses.onDumpBegin();
        adjacencies.onDumpBegin();
        // All three in any case: what is missing would be taken for gone.
        return session.dump(RTM_GETLINK, this::onState) & session.dump(RTM_GETADDR, this::onState) &
            session.dump(RTM_GETNEIGH, this::onState);
    }

    private void discardEvents()
    {
        // Bounded, because events may come as fast as they are thrown away.
        for (int i = 0; i < DISCARD_LIMIT && receiveEvents(clock.nanoTime()) > 0; i++)
        {
            Thread.onSpinWait();
        }
    }

    private int lookUpRoutes(final long nowNs)
    {
        lookups.clear();
        adjacencies.takeLookups(lookups, NetlinkSession.REQUEST_LIMIT, nowNs);
        if (lookups.isEmpty())
        {
            return 0;
        }
        final RtnetlinkProxy requests = session.requests().clear();
        final int firstSequence = requests.getRoute(lookups.getFirst().address);
        int lastSequence = firstSequence;
        for (final WatchedServer server : lookups.subList(1, lookups.size()))
        {
            lastSequence = requests.getRoute(server.address);
        }
        session.exchange(lastSequence, message -> onRouteAnswer(message, message.sequence() - firstSequence, nowNs));
        return lookups.size();
    }

    private void onRouteAnswer(final RtnetlinkMessage message, final int index, final long nowNs)
    {
        if (index < 0 || index >= lookups.size())
        {
            // The late answer to a request that was given up.
            return;
        }
        switch (message)
        {
            case final RtnetlinkMessage.Route route -> adjacencies.onRoute(lookups.get(index), route, nowNs);
            case final RtnetlinkMessage.End end -> adjacencies.onNoRoute(lookups.get(index), Obstacle.NO_ROUTE);
            default -> throw new IllegalStateException("answer to RTM_GETROUTE is " + message);
        }
    }

    private int resolveNeighbours(final long nowNs)
    {
        resolutions.clear();
        adjacencies.takeResolutions(resolutions, NetlinkSession.REQUEST_LIMIT, nowNs);
        if (resolutions.isEmpty())
        {
            return 0;
        }
        final RtnetlinkProxy requests = session.requests().clear();
        int sequence = 0;
        for (int i = 0; i < resolutions.size(); i++)
        {
            sequence = requests.useNeighbour(resolutions.get(i), i == resolutions.size() - 1);
        }
        final int firstSequence = sequence - resolutions.size() + 1;
        session.exchange(sequence, message -> onResolveAnswer(message, message.sequence() - firstSequence, nowNs));
        return resolutions.size();
    }

    private void onResolveAnswer(final RtnetlinkMessage message, final int index, final long nowNs)
    {
        if (message instanceof final RtnetlinkMessage.End end && end.errno() != 0 && index >= 0 &&
            index < resolutions.size())
        {
            refusalCount++;
            if (nowNs >= nextRefusalLogNs)
            {
                // ENOBUFS: the neighbour table is full, net.ipv4.neigh.default.gc_thresh3 and its IPv6 twin limit it.
                LOGGER.warn("event=resolve_refused count={} next_hop={} interface_index={} {} {}", refusalCount,
                    resolutions.get(index).address(), resolutions.get(index).interfaceIndex(),
                    Errno.describe(end.errno()), end.text());
                nextRefusalLogNs = nowNs + REFUSAL_LOG_INTERVAL_NS;
            }
        }
    }

    private void onState(final RtnetlinkMessage message)
    {
        switch (message)
        {
            case final RtnetlinkMessage.Link link -> adjacencies.onLink(link);
            case final RtnetlinkMessage.Address address -> onAddress(address);
            case final RtnetlinkMessage.Neighbour neighbour -> adjacencies.onNeighbour(neighbour, clock.nanoTime());
            case final RtnetlinkMessage.Route route -> adjacencies.onRouteChange(route.destination());
            case final RtnetlinkMessage.Rule rule -> adjacencies.sweep();
            case final RtnetlinkMessage.End end ->
            {
            }
        }
    }

    private void onAddress(final RtnetlinkMessage.Address address)
    {
        localAddresses.onAddress(address);
        adjacencies.onRouteChange(AddressRange.ofPrefix(address.address(), Byte.MAX_VALUE + 1));
    }

    /** Events that cannot be understood are as good as lost: everything is read anew. */
    private final class EventListener implements RtnetlinkListener
    {
        @Override
        public void onMessage(final RtnetlinkMessage message)
        {
            onState(message);
        }

        @Override
        public void onDumpInterrupted(final int sequence)
        {
            // Events are no dump.
        }

        @Override
        public void onMalformed(final String reason)
        {
            LOGGER.warn("event=netlink_malformed action=resync reason=\"{}\"", reason);
            wantResync(clock.nanoTime());
        }
    }
}
