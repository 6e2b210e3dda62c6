package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

/** A server whose adjacency is wanted, and what has been said about it last. Owned by {@link AdjacencyTracker}. */
final class WatchedServer
{
    /** Why a server has no adjacency. */
    enum Obstacle
    {
        /** None: it has one. */
        NONE("none"),
        /** The route has not been asked for yet. */
        ROUTE_UNKNOWN("the route is not known yet"),
        /** The kernel has no route, or one that forbids or discards. */
        NO_ROUTE("there is no route"),
        /** The server is an address of this host. */
        LOCAL("it is an address of this host"),
        /** The route leaves through lo, a tunnel or another device without Ethernet frames. */
        NOT_ETHERNET("its interface is not Ethernet"),
        /** The link is off, has no carrier or is gone. */
        LINK_DOWN("its link is down"),
        /** ARP or neighbour discovery has not succeeded. */
        NEIGHBOUR("its neighbour is not resolved");

        private final String text;

        Obstacle(final String text)
        {
            this.text = text;
        }

        String text()
        {
            return text;
        }

        /** Waiting will not help: the configuration of this host or of the balancer is wrong. */
        boolean isMisconfiguration()
        {
            return this == LOCAL || this == NOT_ETHERNET;
        }
    }

    final IpAddress address;
    /** Null while there is no route to it. */
    NextHop nextHop;
    /** Of the route's metrics, 0 if it has none. */
    int routeMtuBytes;
    /** Why {@link #nextHop} is null. */
    Obstacle routeObstacle = Obstacle.ROUTE_UNKNOWN;
    /** Is in the queue of routes to be asked for. */
    boolean isLookupWanted;
    /** Cleared when the server is no longer watched, for queues that still hold it. */
    boolean isWatched = true;
    /** What the listener knows. */
    Adjacency reported;
    /** As logged last. */
    Obstacle obstacle = Obstacle.ROUTE_UNKNOWN;

    WatchedServer(final IpAddress address)
    {
        this.address = address;
        reported = unresolved();
    }

    Adjacency unresolved()
    {
        return new Adjacency(address, 0, 0, 0);
    }
}
