package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.PipelineFixture.CLIENT;
import static org.headrace.forwarder.PipelineFixture.SERVER;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL;

import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.io.memory.MemoryPacketIo;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import org.headrace.protocol.counters.WorkerSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

class ForwardingWorkerTest
{
    @TempDir
    Path directory;

    private MemoryPacketIo packetIo;
    private PipelineFixture fixture;
    private ForwardingWorker worker;

    @BeforeEach
    void setUp()
    {
        fixture = new PipelineFixture(directory, 1024);
        packetIo = fixture.packetIo;
        worker = new ForwardingWorker(0, () -> TimeUnit.MILLISECONDS.toNanos(fixture.nowMs), packetIo,
            fixture.pipeline, fixture.connections, fixture.resets, fixture.counters,
            fixture.allowances, () -> {});
        worker.offer(fixture.table);
    }

    @AfterEach
    void tearDown()
    {
        fixture.close();
    }

    @Test
    void shouldMovePacketsFromInterfaceToInterface()
    {
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0), 0);
        assertThat(worker.doWork()).isPositive();
        assertThat(packetIo.takeTransmitted(1)).isNotNull();
        packetIo.offer(1, Frames.tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 0), 0);
        worker.doWork();
        assertThat(packetIo.takeTransmitted(0)).isNotNull();
        assertThat(snapshot().get(WorkerCounter.FORWARDED)).isEqualTo(2);
    }

    @Test
    void shouldReportNoWorkWhenThereIsNone()
    {
        worker.doWork();
        assertThat(worker.doWork()).isZero();
    }

    @Test
    void shouldTakeANewTableBeforeTheNextBatch()
    {
        worker.offer(ForwardingTable.EMPTY);
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0), 0);
        worker.doWork();
        assertThat(packetIo.takePassed()).as("no service, so it is the kernel's").isNotNull();
        worker.offer(fixture.table);
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0), 0);
        worker.doWork();
        assertThat(packetIo.takeTransmitted(1)).isNotNull();
        assertThat(snapshot().get(WorkerCounter.GENERATION)).isEqualTo(1);
    }

    @Test
    void shouldCountAFrameThatCouldNotBeSentAsDropped()
    {
        packetIo.refuse(1, DropReason.TX_FULL);
        packetIo.offer(0, Frames.udp(CLIENT, VIRTUAL, 8), 0);
        worker.doWork();
        assertThat(snapshot().get(WorkerCounter.FORWARDED)).isZero();
        assertThat(snapshot().get(DropReason.TX_FULL)).isEqualTo(1);
    }

    @Test
    void shouldExpireConnectionsWithoutTraffic()
    {
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0), 0);
        worker.doWork();
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS)).isEqualTo(1);
        for (int second = 0; second < 70; second++)
        {
            fixture.nowMs += 1_000;
            for (int cycle = 0; cycle < 10; cycle++)
            {
                worker.doWork();
            }
        }
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS)).isZero();
        assertThat(snapshot().get(WorkerCounter.EXPIRED)).isEqualTo(1);
    }

    @Test
    void shouldShowHowManyConnectionsAreInWhichState()
    {
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0), 0);
        packetIo.offer(0, Frames.udp(CLIENT, VIRTUAL, 8), 0);
        worker.doWork();
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS_SYN_RECV)).isEqualTo(1);
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS_UDP)).isEqualTo(1);
        packetIo.offer(1, Frames.tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 0), 0);
        worker.doWork();
        packetIo.offer(0, Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0), 0);
        worker.doWork();
        fixture.nowMs += 100;
        worker.doWork();
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS_SYN_RECV)).isZero();
        assertThat(snapshot().get(WorkerCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(1);
    }

    @Test
    void shouldNameTheStatesAsTheConnectionTableDoes()
    {
        assertThat(ConnectionState.count()).isEqualTo(TcpState.COUNT);
        for (final ConnectionState state : ConnectionState.values())
        {
            assertThat(TcpState.name(state.ordinal())).isEqualTo(state.name());
            assertThat(WorkerCounter.of(state).name()).isEqualTo("CONNECTIONS_" + state.name());
        }
    }

    @Test
    void shouldMeasureCyclesWithWorkOnly()
    {
        worker.doWork();
        fixture.nowMs += 5_000;
        packetIo.offer(0, Frames.udp(CLIENT, VIRTUAL, 8), 0);
        worker.doWork();
        assertThat(fixture.countersFile.cycleTimes(0).count()).isZero();
        fixture.nowMs += 2;
        worker.doWork();
        assertThat(fixture.countersFile.cycleTimes(0).count()).isEqualTo(1);
        assertThat(fixture.countersFile.cycleTimes(0).maxNs()).isBetween(2_000_000L, 2_125_000L);
        assertThat(snapshot().get(WorkerCounter.MAX_CYCLE_NS)).isEqualTo(2_000_000);
        assertThat(snapshot().get(WorkerCounter.SLOW_CYCLES)).isEqualTo(1);
    }

    @Test
    void shouldAccountForEveryPacketWhateverComes()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ForwardingWorkerTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        long offered = 0;
        long dropsSeen = 0;
        for (int round = 0; round < 3_000; round++)
        {
            for (int i = random.nextInt(40); i > 0; i--)
            {
                offered += packetIo.offer(random.nextInt(2), frame(random), 0) ? 1 : 0;
            }
            if (random.nextInt(10) == 0)
            {
                packetIo.refuse(random.nextInt(2), random.nextBoolean() ? DropReason.TX_FULL : null);
            }
            fixture.nowMs += random.nextInt(100);
            worker.doWork();
            drain();
            final WorkerSnapshot now = snapshot();
            assertThat(now.get(WorkerCounter.RECEIVED)).as("seed=%d round=%d", seed, round)
                .isEqualTo(now.get(WorkerCounter.FORWARDED) + now.get(WorkerCounter.ANSWERED) +
                    now.get(WorkerCounter.PASSED) + now.dropped());
            dropsSeen = now.dropped();
        }
        while (worker.doWork() > 0)
        {
            drain();
        }
        assertThat(snapshot().get(WorkerCounter.RECEIVED)).as("seed=%d", seed).isEqualTo(offered);
        assertThat(dropsSeen).isPositive();
        assertThat(snapshot().get(WorkerCounter.ANSWERED)).isPositive();
        assertThat(snapshot().get(WorkerCounter.PASSED)).isPositive();
    }

    private void drain()
    {
        while (packetIo.takeTransmitted(0) != null || packetIo.takeTransmitted(1) != null ||
            packetIo.takePassed() != null)
        {
            // Makes room for the next frames.
            continue;
        }
    }

    private static byte[] frame(final SplittableRandom random)
    {
        final Endpoint client = new Endpoint(CLIENT.address(), 1 + random.nextInt(50));
        final byte[] frame = switch (random.nextInt(7))
        {
            case 0 -> Frames.tcp(client, VIRTUAL, Tcp.SYN, 0);
            case 1 -> Frames.tcp(client, VIRTUAL, random.nextInt(64), random.nextInt(1600));
            case 2 -> Frames.tcp(SERVER, client, random.nextInt(64), random.nextInt(100));
            case 3 -> Frames.udp(client, VIRTUAL, random.nextInt(100));
            case 4 -> Frames.udp(SERVER, client, random.nextInt(100));
            case 5 -> Frames.icmpError(SERVER, client, random.nextInt(13), 3, Frames.udp(client, SERVER, 20));
            default -> Frames.tcp(client, new Endpoint(VIRTUAL.address(), 1 + random.nextInt(99)), Tcp.SYN, 0);
        };
        if (random.nextInt(3) == 0)
        {
            frame[random.nextInt(frame.length)] = (byte)random.nextInt();
        }
        return frame;
    }

    private WorkerSnapshot snapshot()
    {
        return fixture.countersFile.snapshot(0);
    }
}
