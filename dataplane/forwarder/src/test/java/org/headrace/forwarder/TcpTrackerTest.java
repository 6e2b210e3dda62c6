package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.PipelineFixture.CLIENT;
import static org.headrace.forwarder.PipelineFixture.CLIENT6;
import static org.headrace.forwarder.PipelineFixture.SERVER;
import static org.headrace.forwarder.PipelineFixture.SERVER6;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL6;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** Blind resets, SYNs inside of connections, and what sequence numbers the pipeline notes. */
class TcpTrackerTest
{
    private static final int NEXT = Frames.FIRST_SEQUENCE + 1;
    private static final int FAR = 0x4000_0000;

    @TempDir
    Path directory;

    private PipelineFixture fixture;

    @BeforeEach
    void setUp()
    {
        fixture = new PipelineFixture(directory, 1024);
    }

    @AfterEach
    void tearDown()
    {
        fixture.close();
    }

    @Test
    void shouldNoteWhatBothEndsSendSuperPacketsIncluded()
    {
        open();
        fixture.process(tcp(CLIENT, VIRTUAL, Tcp.ACK, NEXT, NEXT, 60_000), 0, PacketBatch.SUPER_PACKET);
        fixture.fromServer(tcp(SERVER, CLIENT, Tcp.ACK | Tcp.FIN, NEXT, NEXT + 60_000, 7));
        assertThat(fixture.connections.nextSequence(0, ConnectionTable.IN)).isEqualTo(NEXT + 60_000);
        assertThat(fixture.connections.nextSequence(0, ConnectionTable.REPLY)).isEqualTo(NEXT + 8);
    }

    @Test
    void shouldNoteWhatIsSentOverIpv6()
    {
        fixture.fromClient(Frames.tcp(CLIENT6, VIRTUAL6, Tcp.SYN, 0));
        fixture.fromServer(Frames.tcp(SERVER6, CLIENT6, Tcp.SYN | Tcp.ACK, 0));
        fixture.fromClient(Frames.tcp(CLIENT6, VIRTUAL6, Tcp.ACK, 99));
        assertThat(fixture.connections.nextSequence(0, ConnectionTable.IN)).isEqualTo(NEXT + 99);
        assertThat(fixture.connections.nextSequence(0, ConnectionTable.REPLY)).isEqualTo(NEXT);
    }

    @Test
    void shouldDropAResetFarFromTheConnection()
    {
        open();
        final long packets = fixture.connections.packets(0, ConnectionTable.IN);
        assertDropped(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.RST, FAR, 0, 0)));
        assertDropped(fixture.fromServer(tcp(SERVER, CLIENT, Tcp.RST | Tcp.ACK, FAR, NEXT, 0)));
        assertState(TcpState.ESTABLISHED);
        assertThat(fixture.connections.packets(0, ConnectionTable.IN)).isEqualTo(packets);
        assertThat(doubted()).isZero();
    }

    @Test
    void shouldForwardAResetNearTheConnectionAndLeaveItToTheEnds()
    {
        open();
        assertThat(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.RST, NEXT + 1, 0, 0))).isEqualTo(Verdict.FORWARD);
        assertState(TcpState.ESTABLISHED);
        assertThat(doubted()).isEqualTo(1);

        // The server asks back, and the client answers with an exact one (RFC 5961 section 3.2).
        assertThat(fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.RST, NEXT, 0, 0))).isEqualTo(Verdict.FORWARD);
        assertState(TcpState.CLOSE);
        assertActive(0, 1);
    }

    @Test
    void shouldCloseWhenTheServerRefusesTheSyn()
    {
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0));
        assertThat(fixture.fromServer(tcp(SERVER, CLIENT, Tcp.RST | Tcp.ACK, 0, NEXT + 5, 0)))
            .isEqualTo(Verdict.FORWARD);
        assertState(TcpState.SYN_RECV);
        assertThat(fixture.fromServer(tcp(SERVER, CLIENT, Tcp.RST | Tcp.ACK, 0, NEXT, 0))).isEqualTo(Verdict.FORWARD);
        assertState(TcpState.CLOSE);
    }

    @Test
    void shouldNotEstablishWhatTheServerHasNotAnswered()
    {
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0));
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0))).isEqualTo(Verdict.FORWARD);
        assertState(TcpState.SYN_RECV);
        assertActive(0, 1);
    }

    @Test
    void shouldLeaveAHalfClosedConnectionAloneWhenASynComes()
    {
        open();
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.FIN | Tcp.ACK, 0));
        assertState(TcpState.CLOSE_WAIT);
        assertThat(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.SYN, FAR, 0, 0))).isEqualTo(Verdict.FORWARD);
        assertState(TcpState.CLOSE_WAIT);
        assertThat(fixture.connections.created()).isEqualTo(1);
        assertThat(doubted()).isEqualTo(1);
    }

    @Test
    void shouldFollowAServerThatAcceptsASynInsideOfAConnection()
    {
        open();
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.FIN | Tcp.ACK, 0));
        fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.SYN, FAR, 0, 0));
        fixture.fromServer(tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 5, FAR + 1, 0));
        assertState(TcpState.SYN_RECV);
        fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.ACK, FAR + 1, 6, 0));
        assertState(TcpState.ESTABLISHED);
        assertActive(1, 0);
        assertThat(fixture.connections.nextSequence(0, ConnectionTable.IN)).isEqualTo(FAR + 1);
    }

    @Test
    void shouldNotLetABlindFinShortenAConnectionsLife()
    {
        open();
        assertThat(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.FIN | Tcp.ACK, FAR, FAR, 0)))
            .isEqualTo(Verdict.FORWARD);
        assertState(TcpState.ESTABLISHED);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpState.TIME_WAIT, TcpState.CLOSE, TcpState.LAST_ACK})
    void shouldOpenAFinishedConnectionAnewAtOnce(final int state)
    {
        open();
        fixture.counters.onConnectionActivity(PipelineFixture.TCP4, false);
        fixture.connections.state(0, state);
        assertThat(fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.SYN, FAR, 0, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.connections.created()).isEqualTo(2);
        assertThat(fixture.connections.removed()).isEqualTo(1);
        assertThat(fixture.connections.size()).isEqualTo(1);
        assertState(TcpState.SYN_RECV);
        assertActive(0, 1);
        fixture.fromServer(tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 5, FAR + 1, 0));
        fixture.fromClient(tcp(CLIENT, VIRTUAL, Tcp.ACK, FAR + 1, 6, 0));
        assertState(TcpState.ESTABLISHED);
        assertActive(1, 0);
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.CONNECTIONS)).isEqualTo(2);
    }

    private static byte[] tcp(
        final Endpoint source,
        final Endpoint destination,
        final int flags,
        final int sequence,
        final int acknowledgement,
        final int payload)
    {
        return Frames.tcp(source, destination, flags, sequence, acknowledgement, payload);
    }

    private void open()
    {
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0));
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 0));
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0));
        assertState(TcpState.ESTABLISHED);
    }

    private void assertState(final int state)
    {
        assertThat(TcpState.name(fixture.connections.state(0))).isEqualTo(TcpState.name(state));
    }

    private void assertActive(final int active, final int inactive)
    {
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.ACTIVE_CONNECTIONS)).isEqualTo(active);
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.INACTIVE_CONNECTIONS))
            .isEqualTo(inactive);
    }

    private long doubted()
    {
        return fixture.countersFile.get(0, WorkerCounter.DOUBTED);
    }

    private static void assertDropped(final int verdict)
    {
        assertThat(Verdict.toString(verdict)).isEqualTo("DROP " + DropReason.BAD_RST_SEQUENCE);
    }
}
