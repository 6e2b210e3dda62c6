package org.headrace.forwarder;

import com.sun.management.ThreadMXBean;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.AccessListBuilder;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.memory.MemoryPacketIo;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.forwarder.wire.Udp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.Transport;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Sends synthetic packets through a pipeline of its own before a worker takes real ones, so that the first clients meet
 * loaded classes and compiled code. Same classes, same call sites; nothing that it does is visible outside.
 *
 * <p>Packets: TCP and UDP, both families, opening, established both ways, and resets; connections open, finish and
 * expire.
 */
final class WarmUp
{
    private static final int MIN_ROUNDS = 50;
    private static final int MAX_ROUNDS = 500;
    private static final int QUIET_ROUNDS = 10;
    private static final int BATCHES_PER_ROUND = 10;
    private static final int CONNECTIONS = 1_024;
    private static final int SLOTS = 4;
    /** Few, so that they run full. */
    private static final int TEMPLATES = 32;
    private static final int CLIENTS = 256;
    private static final int DENIED_BITS = 5;
    private static final int DENIED = 1 << DENIED_BITS;
    private static final int PERSISTENCE_MS = 20_000;
    private static final int FRAME_ROOM = 256;
    private static final int IPV4_TCP = 0;
    private static final int IPV4_UDP = 1;
    private static final int IPV6_TCP = 2;
    private static final int IPV6_UDP = 3;
    private static final int KINDS = 4;
    private static final int PORTS = 512;
    private static final int VIRTUAL_PORT = 80;
    private static final int SERVER_PORT = 8_080;
    private static final int CLIENT = 0x0A01_0002;
    private static final int VIRTUAL = 0x0A63_0001;
    private static final int SERVER = 0x0A02_0102;
    /** Unique local addresses (RFC 4193) whose low half is one of the above. */
    private static final long IPV6_HIGH = 0xFD00_0000_0000_0000L;
    private static final long CLIENT_MAC = 0x0200_0000_0001L;
    private static final int MTU = 1_500;
    private static final int MS_PER_BATCH = 1_000;
    /** From any sequence number of a connection. */
    private static final int FAR = 1 << 30;

    private final NetworkLink[] links = {
        new NetworkLink("client", 1, MTU, 1, true), new NetworkLink("server", 2, MTU, 2, true)};
    private final ServerTable servers = new ServerTable(SLOTS, SLOTS);
    private final ConnectionTable connections;
    private final IdleResets resets;
    private final Pipeline pipeline;
    private final ForwardingTable table;
    private final PacketBatch batch = new PacketBatch();
    private int round;
    private final long frames = NativeMemory.allocate((long)FRAME_ROOM * PacketBatch.CAPACITY, 64);

    WarmUp()
    {
        resolveStringConstants();
        final WorkerCounters counters = new WorkerCounters(
            new byte[(WorkerCounter.MAX_COUNTERS + DropReason.MAX_REASONS) * Long.BYTES],
            ByteBuffer.allocateDirect(SLOTS * 64));
        final MemoryPacketIo packetIo = new MemoryPacketIo(links.length, PacketBatch.CAPACITY);
        for (int place = 0; place < links.length; place++)
        {
            // So that its frames are free again at once.
            packetIo.refuse(place, DropReason.TX_FULL);
        }
        final Affinity affinity = Affinity.inMemory(TEMPLATES);
        affinity.changes().switchOn(true);
        final PacketPath path = PacketPath.offline(links, servers, SLOTS, affinity, counters, packetIo, accounting ->
            ConnectionTable.create(
                Arena.ofAuto().allocate(ConnectionTableDescriptor.requiredBytes(CONNECTIONS), 64), CONNECTIONS, 1,
                new IdleTimeouts(), accounting, 0));
        resets = path.resets();
        connections = path.connections();
        pipeline = path.pipeline();
        table = new ForwardingTable(1, List.of(
            service(IPV4_TCP, Transport.TCP, Scheduler.WRR), service(IPV4_UDP, Transport.UDP, Scheduler.RR),
            service(IPV6_TCP, Transport.TCP, Scheduler.WLC), service(IPV6_UDP, Transport.UDP, Scheduler.LC)));
    }

    /**
     * Runs until the compiled code is there, which shows in that nothing is allocated any more; or until the limit.
     *
     * @param besides runs once in each round.
     */
    static void untilCompiled(final Runnable besides)
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final WarmUp pipeline = new WarmUp();
        int quietRounds = 0;
        for (int round = 0; round < MAX_ROUNDS && (round < MIN_ROUNDS || quietRounds < QUIET_ROUNDS); round++)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            pipeline.run(BATCHES_PER_ROUND);
            besides.run();
            quietRounds = threads.getCurrentThreadAllocatedBytes() == before ? quietRounds + 1 : 0;
        }
    }

    /**
     * Goes on from where the last run ended.
     *
     * @param batches of {@link PacketBatch#CAPACITY} packets each.
     */
    void run(final int batches)
    {
        for (final int end = round + batches; round < end; round++)
        {
            batch.size = PacketBatch.CAPACITY;
            for (int i = 0; i < batch.size; i++)
            {
                write(i, i % KINDS, (round * 7 + i) % PORTS, round + i >>> 2);
            }
            final long nowMs = (long)round * MS_PER_BATCH;
            pipeline.process(batch, table, nowMs);
            connections.expire(nowMs, IdleResets.CONNECTION_LIMIT);
            resets.send();
        }
    }

    /**
     * Asking C2 for a method resolves all string constants of the method's class on the asking thread: the worker would
     * allocate them in the middle of its work. Here they are resolved by being used.
     */
    private static void resolveStringConstants()
    {
        int length = 0;
        for (int verdict = Verdict.ANSWER; verdict >= -DropReason.count(); verdict--)
        {
            length += Verdict.toString(verdict).length();
        }
        assert length > 0;
    }

    private ForwardingTable.Service service(final int slot, final Transport transport, final Scheduler scheduler)
    {
        final boolean isIpv6 = slot >= IPV6_TCP;
        servers.occupy(slot, new Endpoint(address(isIpv6, SERVER), SERVER_PORT), slot);
        servers.nextHop(slot, NextHop.of(1, CLIENT_MAC + 1), MTU);
        servers.weight(slot, 1);
        final ServiceKey key = new ServiceKey(transport, new Endpoint(address(isIpv6, VIRTUAL), VIRTUAL_PORT));
        final Persistence persistence =
            isIpv6 ? Persistence.NONE : new Persistence(PERSISTENCE_MS, IpAddress.MAX_PREFIX, false);
        return new ForwardingTable.Service(slot, key, scheduler, 0, persistence, access(), new int[]{slot});
    }

    /** Denies some that never come, so that every packet is searched for. */
    private static AccessList access()
    {
        final AccessListBuilder denied = new AccessListBuilder(false);
        for (int i = 1; i < DENIED; i++)
        {
            denied.add(0, IpAddress.mappedLow(i << Integer.SIZE - DENIED_BITS), IpAddress.MAX_PREFIX);
            denied.add((long)i << Long.SIZE - DENIED_BITS, 0, IpAddress.MAX_PREFIX);
        }
        return denied.build();
    }

    private static IpAddress address(final boolean isIpv6, final int ipv4)
    {
        return isIpv6 ? new IpAddress(IPV6_HIGH, ipv4) : IpAddress.ofIpv4(ipv4);
    }

    private void write(final int i, final int kind, final int port, final int step)
    {
        final long frame = frames + (long)i * FRAME_ROOM + PacketIo.HEADROOM_BYTES;
        final boolean isReply = (step & 1) == 1;
        final boolean isIpv6 = kind >= IPV6_TCP;
        final boolean isTcp = kind == IPV4_TCP || kind == IPV6_TCP;
        final int ipHeader = isIpv6 ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH;
        final int transportLength = isTcp ? Tcp.MIN_HEADER_LENGTH : Udp.HEADER_LENGTH;
        final int client = CLIENT + port % CLIENTS;
        final int source = isReply ? SERVER : client;
        final int destination = isReply ? client : VIRTUAL;
        final int sourcePort = isReply ? SERVER_PORT : port + 1;
        final int destinationPort = isReply ? port + 1 : VIRTUAL_PORT;
        Ethernet.source(frame, CLIENT_MAC);
        Ethernet.type(frame, isIpv6 ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4);
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final int protocol = isTcp ? IpProtocol.TCP : IpProtocol.UDP;
        if (isIpv6)
        {
            Ipv6.write(ip, transportLength, protocol);
            Ipv6.source(ip, IPV6_HIGH, source);
            Ipv6.destination(ip, IPV6_HIGH, destination);
        }
        else
        {
            Ipv4.write(ip, ipHeader + transportLength, protocol, source, destination);
        }
        if (isTcp)
        {
            final int flags = flags(step, isReply);
            final int sequence = flags == Tcp.RST ? step + FAR : step;
            Tcp.write(ip + ipHeader, sourcePort, destinationPort, sequence, step, flags);
        }
        else
        {
            Udp.write(ip + ipHeader, sourcePort, destinationPort, transportLength);
        }
        batch.address(i, frame);
        batch.length(i, Ethernet.HEADER_LENGTH + ipHeader + transportLength);
        batch.ingress(i, isReply ? 1 : 0);
        batch.flags(i, 0);
    }

    /** The life of a connection: opening, a few segments, some that nobody believes, both ends finish. */
    private static int flags(final int step, final boolean isReply)
    {
        return switch (step & 15)
        {
            case 0 -> Tcp.SYN;
            case 1, 11 -> isReply ? Tcp.SYN | Tcp.ACK : Tcp.SYN;
            case 12, 13 -> isReply ? Tcp.RST : Tcp.SYN;
            case 14, 15 -> Tcp.FIN | Tcp.ACK;
            default -> Tcp.ACK;
        };
    }
}
