package org.headrace.agent.netlink;

import org.headrace.agent.netlink.WatchedServer.Obstacle;
import org.headrace.protocol.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Turns links, routes and neighbours into adjacencies of the watched servers. Single threaded, no I/O, no clock: the
 * owner feeds messages in and takes out the routes to ask for and the neighbours to resolve.
 *
 * <p>The work per message is bounded by the servers that it concerns: routes find theirs in a sorted map, links and
 * neighbours by reference. What concerns all servers (a default route, a policy rule) starts a sweep, which the owner
 * works off in slices; any number of such messages during a sweep costs one more at most.
 */
final class AdjacencyTracker
{
    /** How often a resolved neighbour is confirmed; with a spread of 20 % so that they do not fall together. */
    static final long CONFIRM_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    /** How often an unresolved neighbour is tried. */
    static final long RETRY_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** IPv4 routes that vanish with their link are not announced; a sweep now and then finds such changes. */
    static final long SWEEP_INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

    private static final Logger LOGGER = LoggerFactory.getLogger(AdjacencyTracker.class);

    private final HostNetworkListener listener;
    private final TreeMap<IpAddress, WatchedServer> servers = new TreeMap<>(AddressRange.ORDER);
    private final Map<NextHopKey, NextHop> nextHops = new HashMap<>();
    private final Map<Integer, Set<NextHop>> nextHopsByInterface = new HashMap<>();
    private final Map<Integer, RtnetlinkMessage.Link> links = new HashMap<>();
    private final Map<NextHopKey, RtnetlinkMessage.Neighbour> neighbours = new HashMap<>();
    private final Queue<WatchedServer> lookups = new ArrayDeque<>();
    private final PriorityQueue<Due> dues = new PriorityQueue<>();
    private final SplittableRandom random = new SplittableRandom();
    private IpAddress sweepCursor = IpAddress.NONE;
    private int sweepRemaining;
    private long nextSweepNs = Long.MAX_VALUE;
    private boolean isDumping;

    AdjacencyTracker(final HostNetworkListener listener)
    {
        this.listener = listener;
    }

    /** Replaces the set of watched servers. */
    void watch(final Set<IpAddress> wanted, final long nowNs)
    {
        servers.values().removeIf(server ->
        {
            final boolean isUnwanted = !wanted.contains(server.address);
            if (isUnwanted)
            {
                server.isWatched = false;
                detach(server);
            }
            return isUnwanted;
        });
        for (final IpAddress address : wanted)
        {
            if (!servers.containsKey(address))
            {
                final WatchedServer server = new WatchedServer(address);
                servers.put(address, server);
                wantLookup(server);
            }
        }
        nextSweepNs = servers.isEmpty() ? Long.MAX_VALUE : nowNs + SWEEP_INTERVAL_NS;
    }

    /** A full dump of links and neighbours begins; nothing is reported until its end. */
    void onDumpBegin()
    {
        isDumping = true;
        links.clear();
        neighbours.clear();
    }

    void onDumpEnd(final long nowNs)
    {
        isDumping = false;
        evaluate(servers.values());
        nextHops.values().stream().filter(nextHop -> !isResolved(nextHop)).forEach(nextHop -> plan(nextHop, nowNs));
        sweep();
    }

    void onLink(final RtnetlinkMessage.Link link)
    {
        final RtnetlinkMessage.Link before =
            link.isRemoved() ? links.remove(link.interfaceIndex()) : links.put(link.interfaceIndex(), link);
        final boolean isUp = !link.isRemoved() && link.isUp();
        final boolean wasUp = before != null && before.isUp();
        if (isDumping || !link.isRemoved() && link.equals(before))
        {
            return;
        }
        if (isUp != wasUp)
        {
            LOGGER.info("event=link_state interface={} index={} up={}", link.name(), link.interfaceIndex(), isUp);
            sweep();
        }
        nextHopsByInterface.getOrDefault(link.interfaceIndex(), Set.of())
            .forEach(nextHop -> evaluate(nextHop.servers));
    }

    void onNeighbour(final RtnetlinkMessage.Neighbour neighbour, final long nowNs)
    {
        final NextHopKey key = new NextHopKey(neighbour.interfaceIndex(), neighbour.address());
        if (neighbour.isRemoved())
        {
            neighbours.remove(key);
        }
        else
        {
            neighbours.put(key, neighbour);
        }
        final NextHop nextHop = nextHops.get(key);
        if (nextHop == null || isDumping)
        {
            return;
        }
        evaluate(nextHop.servers);
        if (!neighbour.isResolved())
        {
            // A deleted neighbour may come back at once; one that has just failed needs a moment.
            final long wantedNs = neighbour.isRemoved() ? nowNs : nowNs + RETRY_INTERVAL_NS;
            if (nextHop.dueNs > wantedNs)
            {
                plan(nextHop, wantedNs);
            }
        }
    }

    /** A route came, changed or went: servers that it covers may have another next hop now. */
    void onRouteChange(final AddressRange range)
    {
        if (range.isWholeFamily())
        {
            sweep();
            return;
        }
        servers.subMap(range.first(), true, range.last(), true).values().forEach(this::wantLookup);
    }

    /** All servers' routes are to be asked for again. */
    void sweep()
    {
        sweepRemaining = servers.size();
    }

    /**
     * Hands out servers whose route is to be asked for; each has to come back through {@link #onRoute} or
     * {@link #onNoRoute}.
     *
     * @param taken receives at most {@code limit} servers.
     */
    void takeLookups(final List<WatchedServer> taken, final int limit, final long nowNs)
    {
        if (nowNs >= nextSweepNs)
        {
            nextSweepNs = nowNs + SWEEP_INTERVAL_NS;
            sweep();
        }
        while (taken.size() < limit && !lookups.isEmpty())
        {
            final WatchedServer server = lookups.remove();
            server.isLookupWanted = false;
            if (server.isWatched)
            {
                taken.add(server);
            }
        }
        sweepRemaining = Math.min(sweepRemaining, servers.size());
        while (taken.size() < limit && sweepRemaining > 0)
        {
            final Map.Entry<IpAddress, WatchedServer> higher = servers.higherEntry(sweepCursor);
            final WatchedServer server = (higher == null ? servers.firstEntry() : higher).getValue();
            sweepCursor = server.address;
            sweepRemaining--;
            taken.add(server);
        }
    }

    boolean hasLookups()
    {
        return sweepRemaining > 0 || !lookups.isEmpty();
    }

    /** The kernel's answer for a server that {@link #takeLookups} gave out. */
    void onRoute(final WatchedServer server, final RtnetlinkMessage.Route route, final long nowNs)
    {
        if (route.type() != Rtnetlink.RTN_UNICAST)
        {
            onNoRoute(server, route.type() == Rtnetlink.RTN_LOCAL ? Obstacle.LOCAL : Obstacle.NO_ROUTE);
            return;
        }
        final IpAddress address = route.gateway().isNone() ? server.address : route.gateway();
        final NextHopKey key = new NextHopKey(route.interfaceIndex(), address);
        server.routeMtuBytes = route.mtuBytes();
        if (server.nextHop == null || !server.nextHop.key.equals(key))
        {
            detach(server);
            attach(server, key, nowNs);
        }
        evaluate(server);
    }

    /** There is no usable route to a server that {@link #takeLookups} gave out. */
    void onNoRoute(final WatchedServer server, final Obstacle obstacle)
    {
        detach(server);
        server.routeObstacle = obstacle;
        evaluate(server);
    }

    /**
     * Hands out next hops that the kernel should resolve or confirm now.
     *
     * @param taken receives at most {@code limit} next hops.
     */
    void takeResolutions(final List<NextHopKey> taken, final int limit, final long nowNs)
    {
        Due due = dues.peek();
        while (due != null && due.timeNs <= nowNs && taken.size() < limit)
        {
            dues.remove();
            final NextHop nextHop = due.nextHop;
            if (nextHop.dueNs == due.timeNs && !nextHop.servers.isEmpty())
            {
                // Asking in vain for a neighbour behind a link that is down would only fill the log of the kernel.
                if (isUsable(links.get(nextHop.key.interfaceIndex())))
                {
                    taken.add(nextHop.key);
                }
                plan(nextHop, nowNs + intervalNs(nextHop));
            }
            due = dues.peek();
        }
    }

    /** When {@link #takeResolutions} or the next sweep will have something to do; {@link Long#MAX_VALUE} for never. */
    long nextDueNs()
    {
        return Math.min(dues.isEmpty() ? Long.MAX_VALUE : dues.peek().timeNs, nextSweepNs);
    }

    private void wantLookup(final WatchedServer server)
    {
        if (!server.isLookupWanted)
        {
            server.isLookupWanted = true;
            lookups.add(server);
        }
    }

    private void attach(final WatchedServer server, final NextHopKey key, final long nowNs)
    {
        server.nextHop = nextHops.computeIfAbsent(key, ignored ->
        {
            final NextHop nextHop = new NextHop(key);
            nextHopsByInterface.computeIfAbsent(key.interfaceIndex(), index -> new LinkedHashSet<>()).add(nextHop);
            plan(nextHop, isResolved(nextHop) ? nowNs + intervalNs(nextHop) : nowNs);
            return nextHop;
        });
        server.nextHop.servers.add(server);
    }

    private void detach(final WatchedServer server)
    {
        final NextHop nextHop = server.nextHop;
        if (nextHop == null)
        {
            return;
        }
        server.nextHop = null;
        nextHop.servers.remove(server);
        if (nextHop.servers.isEmpty())
        {
            nextHops.remove(nextHop.key);
            nextHopsByInterface.computeIfPresent(nextHop.key.interfaceIndex(), (ignored, onInterface) ->
            {
                onInterface.remove(nextHop);
                return onInterface.isEmpty() ? null : onInterface;
            });
        }
    }

    private void plan(final NextHop nextHop, final long timeNs)
    {
        nextHop.dueNs = timeNs;
        dues.add(new Due(timeNs, nextHop));
    }

    private long intervalNs(final NextHop nextHop)
    {
        return isResolved(nextHop) ?
            CONFIRM_INTERVAL_NS - random.nextLong(CONFIRM_INTERVAL_NS / 5) : RETRY_INTERVAL_NS;
    }

    private boolean isResolved(final NextHop nextHop)
    {
        final RtnetlinkMessage.Neighbour neighbour = neighbours.get(nextHop.key);
        return neighbour != null && neighbour.isResolved();
    }

    private static boolean isUsable(final RtnetlinkMessage.Link link)
    {
        return link != null && link.isUp() && link.isEthernet();
    }

    private void evaluate(final Collection<WatchedServer> changed)
    {
        changed.forEach(this::evaluate);
    }

    private void evaluate(final WatchedServer server)
    {
        if (isDumping)
        {
            return;
        }
        final Obstacle obstacle = obstacle(server);
        final Adjacency adjacency = obstacle == Obstacle.NONE ? adjacency(server) : server.unresolved();
        if (obstacle != server.obstacle)
        {
            server.obstacle = obstacle;
            log(server, obstacle);
        }
        if (!adjacency.equals(server.reported))
        {
            server.reported = adjacency;
            listener.onAdjacency(adjacency);
        }
    }

    private Obstacle obstacle(final WatchedServer server)
    {
        if (server.nextHop == null)
        {
            return server.routeObstacle;
        }
        final RtnetlinkMessage.Link link = links.get(server.nextHop.key.interfaceIndex());
        if (link != null && !link.isEthernet())
        {
            return Obstacle.NOT_ETHERNET;
        }
        if (!isUsable(link))
        {
            return Obstacle.LINK_DOWN;
        }
        return isResolved(server.nextHop) ? Obstacle.NONE : Obstacle.NEIGHBOUR;
    }

    private Adjacency adjacency(final WatchedServer server)
    {
        final NextHopKey key = server.nextHop.key;
        final int linkMtuBytes = links.get(key.interfaceIndex()).mtuBytes();
        final int mtuBytes = server.routeMtuBytes == 0 ? linkMtuBytes : Math.min(server.routeMtuBytes, linkMtuBytes);
        return new Adjacency(server.address, key.interfaceIndex(), neighbours.get(key).mac(), mtuBytes);
    }

    private static void log(final WatchedServer server, final Obstacle obstacle)
    {
        if (obstacle.isMisconfiguration())
        {
            LOGGER.warn("event=server_unreachable server={} reason=\"{}\"", server.address, obstacle.text());
        }
        else
        {
            LOGGER.debug("event=server_next_hop server={} obstacle=\"{}\"", server.address, obstacle.text());
        }
    }

    /** A next hop's place in the queue; void if the next hop's own time differs. */
    private record Due(long timeNs, NextHop nextHop) implements Comparable<Due>
    {
        @Override
        public int compareTo(final Due other)
        {
            return Long.compare(timeNs, other.timeNs);
        }
    }
}
