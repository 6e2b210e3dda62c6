package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.PipelineFixture.CLIENT;
import static org.headrace.forwarder.PipelineFixture.CLIENT6;
import static org.headrace.forwarder.PipelineFixture.SERVER;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL6;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.guard.AccessListBuilder;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.guard.LimitTable;
import org.headrace.forwarder.guard.SharedLimit;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/** The packet path makes no garbage: not for a hit, a miss, a drop, an answer, ICMP, a fragment, a guard or IPv6. */
class PipelineAllocationTest
{
    private static final int WARM_UP_BATCHES = 20_000;
    private static final int BATCHES = 160_000;
    private static final int LIMIT = 3;
    private static final Endpoint DENIED = Endpoint.parse("10.1.0.77:40000");
    private static final Endpoint DENIED6 = Endpoint.parse("[fd00:1::77]:40000");

    private long denied;
    private long limited;

    @TempDir
    Path directory;

    @Test
    void shouldAllocateNothingOverTenMillionPackets()
    {
        try (PipelineFixture fixture = new PipelineFixture(directory, 1 << 16))
        {
            guard(fixture);
            final List<byte[]> mix = mix();
            new WarmUp().run(WARM_UP_BATCHES);
            run(fixture, mix, WARM_UP_BATCHES);
            expireAll(fixture);
            final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
            // The first call of the bean allocates itself.
            threads.getCurrentThreadAllocatedBytes();
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long packets = run(fixture, mix, BATCHES);
            final long after = threads.getCurrentThreadAllocatedBytes();
            assertThat(packets).isGreaterThan(10_000_000);
            assertThat(denied).as("packets that an access list denied").isGreaterThan(100_000);
            assertThat(limited).as("connections beyond a limit").isGreaterThan(10_000);
            assertThat(fixture.connections.created()).as("connections came and went").isGreaterThan(100_000);
            assertThat(after - before).as("bytes allocated over %d packets", packets).isZero();
        }
    }

    private long run(final PipelineFixture fixture, final List<byte[]> mix, final int batches)
    {
        long packets = 0;
        for (int round = 0; round < batches; round++)
        {
            fixture.frames.clear();
            for (int i = 0; i < PacketBatch.CAPACITY; i++)
            {
                fixture.frames.add(mix.get(i % mix.size()), i % mix.size() == 2 ? 1 : 0, 0);
            }
            // Ports change with the round, so that connections open, fill the table and expire.
            for (int i = 0; i < PacketBatch.CAPACITY; i += 4)
            {
                Ports.source(
                    fixture.batch().address(i) + 34, 1024 + (round * 17 + i) % 60_000);
            }
            fixture.pipeline.process(fixture.batch(), fixture.table, fixture.nowMs);
            for (int i = 0; i < fixture.batch().size; i++)
            {
                denied += fixture.batch().verdict(i) == Verdict.drop(DropReason.ACCESS_DENIED) ? 1 : 0;
                limited += fixture.batch().verdict(i) == Verdict.drop(DropReason.CONNECTION_LIMIT) ? 1 : 0;
            }
            fixture.connections.expire(fixture.nowMs, IdleResets.CONNECTION_LIMIT);
            fixture.resets.send();
            fixture.nowMs += 20;
            packets += fixture.batch().size;
        }
        return packets;
    }

    /** Two clients are denied; of UDP over IPv6 only a thousand connections may be there at once. */
    private static void guard(final PipelineFixture fixture)
    {
        final AccessListBuilder access = new AccessListBuilder(false);
        access.add(DENIED.address().high(), DENIED.address().low(), IpAddress.MAX_PREFIX);
        access.add(DENIED6.address().high(), DENIED6.address().low(), IpAddress.MAX_PREFIX);
        fixture.guard(access.build(), new LimitTable.Limit(LIMIT, 1, new int[]{PipelineFixture.UDP6}));
        new SharedLimit(List.of(fixture.allowances), LIMIT, Allowances.OPENED).divide(Allowances.UNLIMITED);
        new SharedLimit(List.of(fixture.allowances), LIMIT, Allowances.CONNECTIONS).divide(1_000);
        fixture.allowances.poll();
    }

    private static void expireAll(final PipelineFixture fixture)
    {
        fixture.nowMs += 1_000_000;
        while (fixture.connections.size() > 0)
        {
            fixture.connections.expire(fixture.nowMs, 64);
        }
    }

    private static List<byte[]> mix()
    {
        final byte[] fragment = Frames.udp(CLIENT, VIRTUAL, 32);
        fragment[20] = 0x20;
        Frames.fixIpv4Checksum(fragment);
        final byte[] truncated = new byte[20];
        return List.of(
            Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0),
            Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 100),
            Frames.tcp(SERVER, CLIENT, Tcp.ACK, 500),
            Frames.udp(CLIENT, VIRTUAL, 18),
            Frames.tcp(CLIENT6, VIRTUAL6, Tcp.SYN, 0),
            Frames.udp(CLIENT6, VIRTUAL6, 30),
            Frames.icmpError(Endpoint.parse("10.1.0.9:0"), VIRTUAL, 3, 4, Frames.tcp(VIRTUAL, CLIENT, Tcp.ACK, 90)),
            fragment,
            truncated,
            Frames.tcp(Endpoint.parse("10.1.0.3:5"), VIRTUAL, Tcp.ACK, 10),
            Frames.tcp(CLIENT, Endpoint.parse("10.99.0.1:81"), Tcp.SYN, 0),
            Frames.udp(DENIED, VIRTUAL, 18),
            Frames.tcp(DENIED6, VIRTUAL6, Tcp.SYN, 0));
    }
}
