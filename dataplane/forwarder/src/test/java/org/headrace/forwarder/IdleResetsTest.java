package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.PipelineFixture.CLIENT;
import static org.headrace.forwarder.PipelineFixture.CLIENT6;
import static org.headrace.forwarder.PipelineFixture.SERVER;
import static org.headrace.forwarder.PipelineFixture.SERVER6;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL6;

import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.io.memory.MemoryPacketIo;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** What the worker sends when a connection has been idle for too long, and to whom. */
class IdleResetsTest
{
    private static final int ISN = Frames.FIRST_SEQUENCE;
    private static final int CLIENT_SENT = 300;
    private static final int SERVER_SENT = 0x2000;
    private static final int ANY_STATE_MS = 1_000_000;

    @TempDir
    Path directory;

    private PipelineFixture fixture;
    private ForwardingWorker worker;

    @BeforeEach
    void setUp()
    {
        fixture = new PipelineFixture(directory, 1024);
        worker = new ForwardingWorker(0, () -> TimeUnit.MILLISECONDS.toNanos(fixture.nowMs), fixture.packetIo,
            fixture.pipeline, fixture.connections, fixture.resets, fixture.counters,
            fixture.allowances, () -> {});
        worker.offer(fixture.table);
    }

    @AfterEach
    void tearDown()
    {
        assertThat(counter(WorkerCounter.RECEIVED)).isEqualTo(counter(WorkerCounter.FORWARDED) +
            counter(WorkerCounter.ANSWERED) + counter(WorkerCounter.PASSED) +
            fixture.countersFile.snapshot(0).dropped());
        fixture.close();
    }

    @Test
    void shouldResetBothEndsByteForByte()
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        expire();
        assertThat(hex(fixture.packetIo.takeTransmitted(0))).isEqualTo(
            "020000000001" + "020000000100" + "0800" +
            "45000028" + "00004000" + "4006" + "266a" + "0a630001" + "0a010002" +
            "0050" + "9c40" + "10002002" + "1000012e" + "5014" + "0000" + "bda9" + "0000");
        assertThat(hex(fixture.packetIo.takeTransmitted(1))).isEqualTo(
            "020000000002" + "020000000101" + "0800" +
            "45000028" + "00004000" + "4006" + "25ca" + "0a010002" + "0a020102" +
            "9c40" + "1f90" + "1000012e" + "10002002" + "5014" + "0000" + "9dc9" + "0000");
        assertNothingMore(2, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldResetBothEndsWithWhatTheyExpectNext(final boolean isIpv6)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        final Endpoint server = isIpv6 ? SERVER6 : SERVER;
        openAndTalk(client, virtual, server);
        expire();
        final int flags = Tcp.RST | Tcp.ACK;
        assertReset(fixture.packetIo.takeTransmitted(0), Frames.tcp(
            virtual, client, flags, ISN + 1 + SERVER_SENT, ISN + 1 + CLIENT_SENT, 0));
        assertReset(fixture.packetIo.takeTransmitted(1), Frames.tcp(
            client, server, flags, ISN + 1 + CLIENT_SENT, ISN + 1 + SERVER_SENT, 0));
        assertNothingMore(2, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpState.ESTABLISHED, TcpState.FIN_WAIT, TcpState.CLOSE_WAIT})
    void shouldResetWhatBothEndsMayStillHold(final int state)
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        setState(state);
        expire();
        assertThat(fixture.packetIo.takeTransmitted(0)).isNotNull();
        assertThat(fixture.packetIo.takeTransmitted(1)).isNotNull();
        assertNothingMore(2, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpState.SYN_SENT, TcpState.SYN_RECV, TcpState.TIME_WAIT, TcpState.CLOSE, TcpState.LAST_ACK})
    void shouldNotResetWhatIsOpeningOrOver(final int state)
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        setState(state);
        expire();
        assertNothingMore(0, 0);
    }

    @Test
    void shouldNotResetWhatIsNoTcpConnectionOfTwoEnds()
    {
        fixture.packetIo.offer(0, Frames.udp(CLIENT, VIRTUAL, 10), 0);
        fixture.packetIo.offer(0, Frames.tcp(CLIENT6, VIRTUAL6, Tcp.SYN, 0), 0);
        worker.doWork();
        drain();
        expire();
        assertNothingMore(0, 0);
    }

    @Test
    void shouldNotResetWhatIsRemovedForAnotherReason()
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        fixture.connections.remove(0);
        worker.doWork();
        assertNothingMore(0, 0);
    }

    @Test
    void shouldCountWhatHasNoWay()
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        fixture.servers.nextHop(PipelineFixture.TCP4, NextHop.UNRESOLVED, 0);
        expire();
        assertThat(fixture.packetIo.takeTransmitted(0)).as("the client hears of it all the same").isNotNull();
        assertNothingMore(1, 1);
    }

    @Test
    void shouldCountWhatTheDriverCannotSend()
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        fixture.packetIo.refuse(1, DropReason.TX_FULL);
        expire();
        assertThat(fixture.packetIo.takeTransmitted(0)).isNotNull();
        assertNothingMore(1, 1);
    }

    @Test
    void shouldNotWaitForFrames()
    {
        openAndTalk(CLIENT, VIRTUAL, SERVER);
        while (fixture.packetIo.offer(0, new byte[60], 0))
        {
            // Takes every frame that the driver has.
            continue;
        }
        fixture.nowMs += ANY_STATE_MS;
        fixture.connections.expire(fixture.nowMs, 10);
        assertThat(fixture.connections.size()).isZero();
        assertThat(counter(WorkerCounter.RESETS_NOT_SENT)).isEqualTo(2);
        while (worker.doWork() > 0)
        {
            drain();
        }
        assertThat(counter(WorkerCounter.RESETS_SENT)).isZero();
    }

    @Test
    void shouldSendNoMoreThanABatchPerCycle()
    {
        for (int n = 0; n < 100; n++)
        {
            openAndTalk(new Endpoint(CLIENT.address(), 1_000 + n), VIRTUAL, SERVER);
        }
        fixture.nowMs += ANY_STATE_MS;
        int cycles = 0;
        int resets = 0;
        while (worker.doWork() > 0)
        {
            cycles++;
            final int sent = drain();
            assertThat(sent).isLessThanOrEqualTo(2 * IdleResets.CONNECTION_LIMIT);
            resets += sent;
        }
        assertThat(resets).isEqualTo(200);
        assertThat(cycles).isEqualTo(4);
        assertNothingMore(200, 0);
    }

    private void openAndTalk(final Endpoint client, final Endpoint virtual, final Endpoint server)
    {
        exchange(0, Frames.tcp(client, virtual, Tcp.SYN, 0));
        exchange(1, Frames.tcp(server, client, Tcp.SYN | Tcp.ACK, 0));
        exchange(0, Frames.tcp(client, virtual, Tcp.ACK, CLIENT_SENT - 1));
        exchange(0, Frames.tcp(client, virtual, Tcp.ACK, ISN + CLIENT_SENT, ISN + 1, 1));
        exchange(1, Frames.tcp(server, client, Tcp.ACK, ISN + 1, ISN + 1 + CLIENT_SENT, 1_000));
        // The rest of what the server sent has gone another way; the client's word tells of it.
        exchange(0, Frames.tcp(client, virtual, Tcp.ACK, ISN + 1 + CLIENT_SENT, ISN + 1 + SERVER_SENT, 0));
    }

    private void exchange(final int place, final byte[] frame)
    {
        assertThat(fixture.packetIo.offer(place, frame, 0)).isTrue();
        worker.doWork();
        assertThat(fixture.packetIo.takeTransmitted(1 - place)).isNotNull();
    }

    private void setState(final int state)
    {
        fixture.counters.onConnectionActivity(PipelineFixture.TCP4, state == TcpState.ESTABLISHED);
        fixture.connections.state(0, state);
    }

    private void expire()
    {
        fixture.nowMs += ANY_STATE_MS;
        while (worker.doWork() > 0)
        {
            continue;
        }
        assertThat(fixture.connections.size()).isZero();
    }

    private int drain()
    {
        int frames = 0;
        while (fixture.packetIo.takeTransmitted(0) != null || fixture.packetIo.takeTransmitted(1) != null ||
            fixture.packetIo.takePassed() != null)
        {
            frames++;
        }
        return frames;
    }

    private void assertNothingMore(final int sent, final int notSent)
    {
        assertThat(drain()).isZero();
        assertThat(counter(WorkerCounter.RESETS_SENT)).isEqualTo(sent);
        assertThat(counter(WorkerCounter.RESETS_NOT_SENT)).isEqualTo(notSent);
    }

    /** From the network layer on as in the other frame, but for what only the sender knows of. */
    private static void assertReset(final MemoryPacketIo.Frame sent, final byte[] expected)
    {
        assertThat(sent).isNotNull();
        final byte[] bytes = sent.bytes();
        assertThat(Frames.hasRightChecksums(bytes)).isTrue();
        assertThat(sent.flags()).isZero();
        assertThat(bytes).hasSameSizeAs(expected);
        final int tcp = Frames.transportOffset(expected);
        final int addresses = expected[12] == 8 ? 26 : 22;
        assertThat(HexFormat.of().formatHex(bytes, addresses, tcp + 14))
            .isEqualTo(HexFormat.of().formatHex(expected, addresses, tcp + 14));
        assertThat(ByteBuffer.wrap(bytes).getShort(tcp + 14)).as("window").isZero();
    }

    private static String hex(final MemoryPacketIo.Frame frame)
    {
        return HexFormat.of().formatHex(frame.bytes());
    }

    private long counter(final WorkerCounter counter)
    {
        return fixture.countersFile.get(0, counter);
    }
}
