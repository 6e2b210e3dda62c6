package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.guard.LimitTable;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.memory.MemoryPacketIo;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.counters.CountersFile;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/**
 * A pipeline with two interfaces, the client's (place 0) and the servers' (place 1), and four services: TCP and UDP on
 * both families, each with one server.
 */
final class PipelineFixture implements AutoCloseable
{
    static final Endpoint CLIENT = Endpoint.parse("10.1.0.2:40000");
    static final Endpoint VIRTUAL = Endpoint.parse("10.99.0.1:80");
    static final Endpoint SERVER = Endpoint.parse("10.2.1.2:8080");
    static final Endpoint CLIENT6 = Endpoint.parse("[fd00:1::2]:40000");
    static final Endpoint VIRTUAL6 = Endpoint.parse("[fd00:99::1]:80");
    static final Endpoint SERVER6 = Endpoint.parse("[fd00:2::2]:8080");
    static final int MTU = 1500;
    static final int TCP4 = 0;
    static final int UDP4 = 1;
    static final int TCP6 = 2;
    static final int UDP6 = 3;

    final NetworkLink[] links = {
        new NetworkLink("client0", 7, MTU, Frames.OUR_MAC, true),
        new NetworkLink("server0", 8, MTU, Frames.OUR_MAC + 1, true)};
    final ServerTable servers = new ServerTable(16, 16);
    final IdleTimeouts timeouts = new IdleTimeouts();
    final Affinity affinity = Affinity.inMemory(1_024);
    final CountersFile countersFile;
    final WorkerCounters counters;
    final MemoryPacketIo packetIo = new MemoryPacketIo(2, 256);
    final Allowances allowances;
    final IdleResets resets;
    final ConnectionTable connections;
    final Pipeline pipeline;
    final TestBatch frames = new TestBatch();
    ForwardingTable table;
    long nowMs = 1_000;

    PipelineFixture(final Path directory, final int capacity)
    {
        countersFile = CountersFile.create(directory, 1, 1, "memory", "client0,server0");
        counters = new WorkerCounters(countersFile, 0);
        final PacketPath path = PacketPath.offline(links, servers, 16, affinity, counters, packetIo, accounting ->
            ConnectionTable.create(
                Arena.global().allocate(ConnectionTableDescriptor.requiredBytes(capacity), 64), capacity, 42, timeouts,
                accounting, nowMs));
        allowances = path.allowances();
        resets = path.resets();
        connections = path.connections();
        pipeline = path.pipeline();
        occupy(TCP4, SERVER);
        occupy(UDP4, SERVER);
        occupy(TCP6, SERVER6);
        occupy(UDP6, SERVER6);
        access(null);
    }

    /** Gives all services an access list, or none. */
    void access(final AccessList access)
    {
        table = table(access, LimitTable.EMPTY);
    }

    /** Makes all services subject to a limit that no worker has a share of yet. */
    void limit(final LimitTable.Limit limit)
    {
        table = table(null, new LimitTable(1, List.of(limit)));
        allowances.take(table.limits());
    }

    /** Both of the above at once. */
    void guard(final AccessList access, final LimitTable.Limit limit)
    {
        table = table(access, new LimitTable(1, List.of(limit)));
        allowances.take(table.limits());
    }

    private static ForwardingTable table(final AccessList access, final LimitTable limits)
    {
        return new ForwardingTable(1, List.of(
            service(TCP4, "tcp/" + VIRTUAL, access), service(UDP4, "udp/" + VIRTUAL, access),
            service(TCP6, "tcp/" + VIRTUAL6, access), service(UDP6, "udp/" + VIRTUAL6, access)), limits);
    }

    @Override
    public void close()
    {
        countersFile.close();
    }

    /** Sends one frame through the pipeline. @return its verdict. */
    int process(final byte[] frame, final int ingress, final int flags)
    {
        frames.clear().add(frame, ingress, flags);
        pipeline.process(frames.batch(), table, nowMs);
        return frames.batch().verdict(0);
    }

    int fromClient(final byte[] frame)
    {
        return process(frame, 0, 0);
    }

    int fromServer(final byte[] frame)
    {
        return process(frame, 1, 0);
    }

    byte[] result()
    {
        return frames.frame(0);
    }

    PacketBatch batch()
    {
        return frames.batch();
    }

    private void occupy(final int slot, final Endpoint server)
    {
        servers.occupy(slot, server, slot);
        servers.nextHop(slot, NextHop.of(1, Frames.SERVER_MAC), MTU);
        servers.weight(slot, 1);
    }

    private static ForwardingTable.Service service(
        final int slot, final String key, final AccessList access)
    {
        return new ForwardingTable.Service(
            slot, ServiceKey.parse(key), Scheduler.WRR, 0, Persistence.NONE, access, new int[]{slot});
    }
}
