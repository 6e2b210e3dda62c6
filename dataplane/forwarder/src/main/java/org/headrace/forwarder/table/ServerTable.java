package org.headrace.forwarder.table;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.codec.ServerState;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Every server of every service, by slot. A slot keeps its number as long as the server is in the configuration or has
 * connections, so a connection can name its server by slot over any number of generations.
 *
 * <p>A slot is one server <i>of one service</i>: a machine that serves two services has two slots.
 *
 * <p><b>Assumptions and guarantees.</b> The conductor's thread is the only writer. Address, port and service of a slot
 * do not change while a worker may use the slot; they become visible with the forwarding table that first names the
 * slot. Weight and next hop change at any time; each is one opaque store, so that a worker sees either the old or the
 * new value, and soon.
 */
public final class ServerTable
{
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] addressHigh;
    private final long[] addressLow;
    private final int[] port;
    private final int[] service;
    private final int[] weight;
    private final int[] health;
    private final long[] nextHop;
    private final int[] mtuBytes;
    private final int[] schedulingWeight;
    private final int[] acceptance;
    private final boolean[] isInForce;
    private final long[] identity;
    private final int[] serviceVersion;

    /** The server takes no connections: it has left the configuration, is down, or has no next hop. */
    public static final int TAKES_NONE = 0;
    /** The server has weight 0: it takes connections only of clients that it has already. */
    public static final int TAKES_ITS_OWN = 1;
    /** The server takes connections of every client. */
    public static final int TAKES_ALL = 2;

    /**
     * @param serverSlots  most servers.
     * @param serviceSlots most services.
     */
    public ServerTable(final int serverSlots, final int serviceSlots)
    {
        addressHigh = new long[serverSlots];
        addressLow = new long[serverSlots];
        port = new int[serverSlots];
        service = new int[serverSlots];
        weight = new int[serverSlots];
        health = new int[serverSlots];
        nextHop = new long[serverSlots];
        Arrays.fill(nextHop, NextHop.UNRESOLVED);
        mtuBytes = new int[serverSlots];
        schedulingWeight = new int[serverSlots];
        acceptance = new int[serverSlots];
        isInForce = new boolean[serverSlots];
        identity = new long[serverSlots];
        serviceVersion = new int[serviceSlots];
    }

    /** @return most servers. */
    public int slots()
    {
        return port.length;
    }

    /** @param slot of the server. @return IPv4 address, first byte highest. */
    public int ipv4(final int slot)
    {
        return (int)addressLow[slot];
    }

    /** @param slot of the server. @return first half of the address. */
    public long addressHigh(final int slot)
    {
        return addressHigh[slot];
    }

    /** @param slot of the server. @return second half of the address. */
    public long addressLow(final int slot)
    {
        return addressLow[slot];
    }

    /** @param slot of the server. @return its port. */
    public int port(final int slot)
    {
        return port[slot];
    }

    /** @param slot of the server. @return slot of its service. */
    public int service(final int slot)
    {
        return service[slot];
    }

    /** @param slot of the server. @return address and port; allocates. */
    public Endpoint endpoint(final int slot)
    {
        return new Endpoint(new IpAddress(addressHigh[slot], addressLow[slot]), port[slot]);
    }

    /** @param slot of the server. @return way to the server, see {@link NextHop}. */
    public long nextHopOpaque(final int slot)
    {
        return (long)LONGS.getOpaque(nextHop, slot);
    }

    /** @param slot of the server. @return MTU of the way to the server, in bytes. */
    public int mtuBytesOpaque(final int slot)
    {
        return (int)INTS.getOpaque(mtuBytes, slot);
    }

    /**
     * @param slot of the server.
     * @return its weight for new connections: 0 if it is drained, down or has no next hop.
     */
    public int schedulingWeightOpaque(final int slot)
    {
        return (int)INTS.getOpaque(schedulingWeight, slot);
    }

    /**
     * @param slot of the server.
     * @return whose connections it takes: {@link #TAKES_NONE}, {@link #TAKES_ITS_OWN} or {@link #TAKES_ALL}. Who sees
     *         more than none sees the identity that belongs to it.
     */
    public int acceptanceAcquire(final int slot)
    {
        return (int)INTS.getAcquire(acceptance, slot);
    }

    /** @param slot of the server. @return number that no other server of any service has, whatever their slots. */
    public long identityOpaque(final int slot)
    {
        return (long)LONGS.getOpaque(identity, slot);
    }

    /**
     * @param serviceSlot of the service.
     * @return a number that changes whenever a scheduling weight of the service has changed.
     */
    public int serviceVersionAcquire(final int serviceSlot)
    {
        return (int)INTS.getAcquire(serviceVersion, serviceSlot);
    }

    /** @param slot of the server. @return weight as configured; conductor only. */
    public int weight(final int slot)
    {
        return weight[slot];
    }

    /** @param slot of the server. @return what the health check says; conductor only. */
    public ServerState health(final int slot)
    {
        return ServerState.get((short)health[slot]);
    }

    /**
     * Occupies a slot that no worker uses; conductor only.
     *
     * @param slot        to occupy.
     * @param server      address and port.
     * @param serviceSlot the service it serves.
     */
    public void occupy(final int slot, final Endpoint server, final int serviceSlot)
    {
        addressHigh[slot] = server.address().high();
        addressLow[slot] = server.address().low();
        port[slot] = server.port();
        service[slot] = serviceSlot;
        weight[slot] = 0;
        health[slot] = ServerState.UNKNOWN.value();
        LONGS.setOpaque(nextHop, slot, NextHop.UNRESOLVED);
        INTS.setOpaque(schedulingWeight, slot, 0);
        INTS.setOpaque(acceptance, slot, TAKES_NONE);
        isInForce[slot] = true;
    }

    /**
     * @param slot of the server that was just occupied.
     * @param number that names service and server whatever their slots; conductor only.
     */
    public void identity(final int slot, final long number)
    {
        LONGS.setOpaque(identity, slot, number);
    }

    /** @param slot of the server. @param isConfigured false once it has left the configuration; conductor only. */
    public void inForce(final int slot, final boolean isConfigured)
    {
        isInForce[slot] = isConfigured;
        onSchedulingChange(slot);
    }

    /** @param slot of the server. @param newWeight 0 to 65535; conductor only. */
    public void weight(final int slot, final int newWeight)
    {
        weight[slot] = newWeight;
        onSchedulingChange(slot);
    }

    /** @param slot of the server. @param state from its health check; conductor only. */
    public void health(final int slot, final ServerState state)
    {
        health[slot] = state.value();
        onSchedulingChange(slot);
    }

    /** @param slot of the server. @param hop see {@link NextHop}. @param mtu in bytes; conductor only. */
    public void nextHop(final int slot, final long hop, final int mtu)
    {
        INTS.setOpaque(mtuBytes, slot, mtu);
        LONGS.setOpaque(nextHop, slot, hop);
        onSchedulingChange(slot);
    }

    private void onSchedulingChange(final int slot)
    {
        final boolean takesConnections =
            health[slot] != ServerState.DOWN.value() && nextHop[slot] != NextHop.UNRESOLVED;
        final int newAcceptance = !takesConnections || !isInForce[slot] ? TAKES_NONE :
            weight[slot] == 0 ? TAKES_ITS_OWN : TAKES_ALL;
        // Release: a worker that sees it sees the identity of the server that it is about.
        INTS.setRelease(acceptance, slot, newAcceptance);
        final int newWeight = takesConnections ? weight[slot] : 0;
        if (newWeight != schedulingWeight[slot])
        {
            INTS.setOpaque(schedulingWeight, slot, newWeight);
            // Release: a worker that sees the new version sees the new weight.
            INTS.setRelease(serviceVersion, service[slot], serviceVersion[service[slot]] + 1);
        }
    }
}
