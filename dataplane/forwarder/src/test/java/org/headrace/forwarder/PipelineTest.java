package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.PipelineFixture.CLIENT;
import static org.headrace.forwarder.PipelineFixture.CLIENT6;
import static org.headrace.forwarder.PipelineFixture.SERVER;
import static org.headrace.forwarder.PipelineFixture.SERVER6;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL;
import static org.headrace.forwarder.PipelineFixture.VIRTUAL6;

import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.AccessListBuilder;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.guard.LimitTable;
import org.headrace.forwarder.guard.SharedLimit;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.ServerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

class PipelineTest
{
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

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 1459", "true, 0", "true, 7", "true, 1439"})
    void shouldForwardTcpBothWays(final boolean isIpv6, final int payload)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        final Endpoint server = isIpv6 ? SERVER6 : SERVER;
        assertThat(fixture.fromClient(Frames.tcp(client, virtual, Tcp.SYN, 0))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.tcp(client, server, Tcp.SYN, 0), 1, Frames.SERVER_MAC);
        assertThat(fixture.fromServer(Frames.tcp(server, client, Tcp.SYN | Tcp.ACK, 0))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.tcp(virtual, client, Tcp.SYN | Tcp.ACK, 0), 0, Frames.CLIENT_MAC);
        assertThat(fixture.fromClient(Frames.tcp(client, virtual, Tcp.ACK, payload))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.tcp(client, server, Tcp.ACK, payload), 1, Frames.SERVER_MAC);
        assertThat(fixture.fromServer(Frames.tcp(server, client, Tcp.ACK, payload))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.tcp(virtual, client, Tcp.ACK, payload), 0, Frames.CLIENT_MAC);
        assertThat(fixture.connections.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 1400", "true, 0", "true, 9", "true, 1400"})
    void shouldForwardUdpBothWays(final boolean isIpv6, final int payload)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        final Endpoint server = isIpv6 ? SERVER6 : SERVER;
        assertThat(fixture.fromClient(Frames.udp(client, virtual, payload))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.udp(client, server, payload), 1, Frames.SERVER_MAC);
        assertThat(fixture.fromServer(Frames.udp(server, client, payload))).isEqualTo(Verdict.FORWARD);
        assertForwarded(Frames.udp(virtual, client, payload), 0, Frames.CLIENT_MAC);
    }

    @Test
    void shouldLeaveAMissingUdpChecksumMissing()
    {
        final byte[] frame = Frames.udp(CLIENT, VIRTUAL, 8);
        ByteBuffer.wrap(frame).putShort(40, (short)0);
        fixture.fromClient(frame);
        assertThat(ByteBuffer.wrap(fixture.result()).getShort(40)).isZero();
    }

    @Test
    void shouldNeverMakeAUdpChecksumOfZero()
    {
        // Walk the payload through all values: one of them makes the forwarded checksum zero.
        boolean wasMangled = false;
        for (int value = 0; value <= 0xFFFF; value++)
        {
            final byte[] frame = Frames.udp(CLIENT, VIRTUAL, 8);
            ByteBuffer.wrap(frame).putShort(42, (short)value);
            Frames.putTransportChecksum(frame, 6);
            fixture.fromClient(frame);
            final int checksum = ByteBuffer.wrap(fixture.result()).getShort(40) & 0xFFFF;
            assertThat(checksum).isNotZero();
            wasMangled |= checksum == 0xFFFF;
        }
        assertThat(wasMangled).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMoveAPartialChecksumWithTheAddressesOnly(final boolean isIpv6)
    {
        final byte[] frame =
            Frames.tcp(isIpv6 ? CLIENT6 : CLIENT, isIpv6 ? VIRTUAL6 : VIRTUAL, Tcp.SYN, 100);
        final int field = Frames.transportOffset(frame) + Tcp.CHECKSUM_OFFSET;
        ByteBuffer.wrap(frame).putShort(field, (short)Frames.pseudoSum(frame));
        assertThat(fixture.process(frame, 0, PacketBatch.PARTIAL_CHECKSUM)).isEqualTo(Verdict.FORWARD);
        final byte[] result = fixture.result();
        assertThat(ByteBuffer.wrap(result).getShort(field) & 0xFFFF).isEqualTo(Frames.pseudoSum(result));
        assertThat(fixture.batch().flags(0)).isEqualTo(PacketBatch.PARTIAL_CHECKSUM);
    }

    @Test
    void shouldFollowTheTcpStateMachineAndCountActiveConnections()
    {
        open();
        assertThat(fixture.connections.state(0)).isEqualTo(TcpState.ESTABLISHED);
        assertActive(1, 0);
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.FIN | Tcp.ACK, 0));
        assertThat(fixture.connections.state(0)).isEqualTo(TcpState.FIN_WAIT);
        assertActive(0, 1);
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.FIN | Tcp.ACK, 0));
        assertThat(fixture.connections.state(0)).isEqualTo(TcpState.TIME_WAIT);
        fixture.nowMs += 121_000;
        for (int i = 0; i < 10_000; i++)
        {
            fixture.connections.expire(fixture.nowMs, 64);
        }
        assertThat(fixture.connections.size()).isZero();
        assertActive(0, 0);
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.CONNECTIONS)).isEqualTo(1);
    }

    @Test
    void shouldScheduleAnewWhenAFinishedConnectionIsOpenedAgain()
    {
        open();
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.FIN | Tcp.ACK, 0));
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.FIN | Tcp.ACK, 0));
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.connections.created()).isEqualTo(2);
        assertThat(fixture.connections.size()).isEqualTo(1);
        assertActive(0, 1);
    }

    @Test
    void shouldKeepAConnectionOnItsServerWhenTheServerIsDrained()
    {
        open();
        fixture.servers.weight(PipelineFixture.TCP4, 0);
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 10))).isEqualTo(Verdict.FORWARD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerPortUnreachableIfNoServerTakesConnections(final boolean isIpv6)
    {
        fixture.servers.weight(PipelineFixture.TCP4, 0);
        fixture.servers.weight(PipelineFixture.TCP6, 0);
        final byte[] frame = Frames.tcp(isIpv6 ? CLIENT6 : CLIENT, isIpv6 ? VIRTUAL6 : VIRTUAL, Tcp.SYN, 0);
        assertThat(fixture.fromClient(frame)).isEqualTo(Verdict.ANSWER);
        final byte[] answer = fixture.result();
        assertThat(Frames.hasRightChecksums(answer)).isTrue();
        final int icmp = Frames.transportOffset(answer);
        assertThat(answer[icmp]).isEqualTo((byte)(isIpv6 ? 1 : 3));
        assertThat(answer[icmp + 1]).isEqualTo((byte)(isIpv6 ? 4 : 3));
        assertThat(answer).endsWith(Arrays.copyOfRange(frame, 14, frame.length));
        assertThat(fixture.batch().egress(0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldResetASegmentThatBelongsToNoConnection(final boolean isIpv6)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        assertThat(fixture.fromClient(Frames.tcp(client, virtual, Tcp.ACK, 50))).isEqualTo(Verdict.ANSWER);
        final byte[] reset = fixture.result();
        assertThat(Frames.hasRightChecksums(reset)).isTrue();
        final ByteBuffer buffer = ByteBuffer.wrap(reset);
        final int tcp = Frames.transportOffset(reset);
        assertThat(buffer.getShort(tcp) & 0xFFFF).isEqualTo(virtual.port());
        assertThat(buffer.getShort(tcp + 2) & 0xFFFF).isEqualTo(client.port());
        assertThat(buffer.getInt(tcp + 4)).as("sequence is what the client acknowledged")
            .isEqualTo(Frames.FIRST_SEQUENCE + 1);
        assertThat(reset[tcp + 13]).isEqualTo((byte)Tcp.RST);
    }

    @Test
    void shouldAcknowledgeWhatItResetsIfTheSegmentHadNoAck()
    {
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.FIN, 50));
        final ByteBuffer reset = ByteBuffer.wrap(fixture.result());
        assertThat(reset.getInt(34 + 8)).isEqualTo(Frames.FIRST_SEQUENCE + 1 + 51);
        assertThat(reset.get(34 + 13)).isEqualTo((byte)(Tcp.RST | Tcp.ACK));
    }

    @Test
    void shouldDropAResetThatBelongsToNoConnection()
    {
        assertDrop(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.RST, 0)), DropReason.NO_CONNECTION);
    }

    @Test
    void shouldPassWhatIsNoServiceAndNoConnection()
    {
        assertThat(fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 0))).isEqualTo(Verdict.PASS);
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, Endpoint.parse("10.99.0.1:81"), Tcp.SYN, 0)))
            .isEqualTo(Verdict.PASS);
    }

    @Test
    void shouldAnswerTimeExceededToAClient()
    {
        final byte[] frame = Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0);
        frame[22] = 1;
        Frames.fixIpv4Checksum(frame);
        assertThat(fixture.fromClient(frame)).isEqualTo(Verdict.ANSWER);
        assertThat(fixture.result()[34]).isEqualTo((byte)11);
        assertThat(Frames.hasRightChecksums(fixture.result())).isTrue();
    }

    @Test
    void shouldDropAReplyWhoseTimeToLiveIsUsedUp()
    {
        open();
        final byte[] frame = Frames.tcp(SERVER, CLIENT, Tcp.ACK, 0);
        frame[22] = 1;
        Frames.fixIpv4Checksum(frame);
        assertDrop(fixture.fromServer(frame), DropReason.TTL_EXPIRED);
    }

    @Test
    void shouldSayHowBigAPacketMayBe()
    {
        open();
        final byte[] frame = Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 1461);
        assertThat(fixture.fromClient(frame)).isEqualTo(Verdict.ANSWER);
        final ByteBuffer answer = ByteBuffer.wrap(fixture.result());
        assertThat(answer.get(34)).isEqualTo((byte)3);
        assertThat(answer.get(35)).isEqualTo((byte)4);
        assertThat(answer.getShort(40)).isEqualTo((short)PipelineFixture.MTU);
        assertThat(answer.capacity()).as("at most 576 bytes of IP").isEqualTo(14 + 576);
    }

    @Test
    void shouldForwardASuperPacketWhole()
    {
        open();
        final byte[] frame = Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 60_000);
        assertThat(fixture.process(frame, 0, PacketBatch.SUPER_PACKET)).isEqualTo(Verdict.FORWARD);
    }

    @Test
    void shouldDropWithoutANextHop()
    {
        open();
        fixture.servers.nextHop(PipelineFixture.TCP4, NextHop.UNRESOLVED, 0);
        assertDrop(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0)), DropReason.NO_NEXT_HOP);
    }

    @Test
    void shouldSendTheWayBackToTheNeighbourOfTheLastPacket()
    {
        open();
        final byte[] frame = Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0);
        frame[11] = 0x77;
        fixture.fromClient(frame);
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 0));
        assertThat(fixture.result()[5]).isEqualTo((byte)0x77);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTranslateAnErrorFromTheServersSide(final boolean isIpv6)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        final Endpoint server = isIpv6 ? SERVER6 : SERVER;
        final Endpoint router = Endpoint.parse(isIpv6 ? "[fd00:2::9]:0" : "10.2.1.9:0");
        fixture.fromClient(Frames.udp(client, virtual, 30));
        final byte[] sent = fixture.result();
        final byte[] error = Frames.icmpError(router, new Endpoint(client.address(), 0), isIpv6 ? 1 : 3, 4, sent);
        assertThat(fixture.fromServer(error)).isEqualTo(Verdict.FORWARD);
        final byte[] result = fixture.result();
        assertThat(Frames.hasRightChecksums(result)).isTrue();
        // As if the service itself had sent the error about the client's own packet.
        final int quoted = Frames.transportOffset(result) + 8;
        final int quotedPorts = quoted + (isIpv6 ? 40 : 20);
        assertThat(ByteBuffer.wrap(result).getShort(quotedPorts + 2) & 0xFFFF).isEqualTo(virtual.port());
        assertThat(Arrays.copyOfRange(result, quoted + (isIpv6 ? 24 : 16), quotedPorts))
            .isEqualTo(virtual.address().toInetAddress().getAddress());
        assertThat(server.port()).isNotEqualTo(virtual.port());
        assertThat(fixture.batch().egress(0)).isZero();
    }

    @Test
    void shouldTranslateAnErrorFromTheClientsSide()
    {
        open();
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 500));
        final byte[] error = Frames.icmpError(
            Endpoint.parse("10.1.0.9:0"), new Endpoint(VIRTUAL.address(), 0), 3, 4, fixture.result());
        assertThat(fixture.fromClient(error)).isEqualTo(Verdict.FORWARD);
        final ByteBuffer result = ByteBuffer.wrap(fixture.result());
        assertThat(Frames.hasRightChecksums(fixture.result())).isTrue();
        assertThat(result.getInt(30)).as("goes to the server").isEqualTo(SERVER.address().ipv4());
        assertThat(result.getInt(42 + 12)).as("quotes the server").isEqualTo(SERVER.address().ipv4());
        assertThat(result.getShort(42 + 20) & 0xFFFF).isEqualTo(SERVER.port());
        assertThat(fixture.batch().egress(0)).isEqualTo(1);
    }

    @Test
    void shouldDropAnErrorWithAWrongChecksum()
    {
        open();
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 500));
        final byte[] error = Frames.icmpError(
            Endpoint.parse("10.1.0.9:0"), new Endpoint(VIRTUAL.address(), 0), 3, 4, fixture.result());
        error[36]++;
        assertDrop(fixture.fromClient(error), DropReason.BAD_L4_HEADER);
    }

    @Test
    void shouldRefuseTheSecondServiceThatWouldConfuseTheServersReplies()
    {
        fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1));
        final Endpoint other = Endpoint.parse("10.99.0.7:80");
        fixture.table = new ForwardingTable(2, List.of(
            new ForwardingTable.Service(PipelineFixture.UDP4,
                ServiceKey.parse("udp/" + other),
                Scheduler.RR, 0, Persistence.NONE, new int[]{PipelineFixture.UDP4})));
        assertDrop(fixture.fromClient(Frames.udp(CLIENT, other, 1)), DropReason.TUPLE_CONFLICT);
    }

    @Test
    void shouldDropWhatGoesBeyondTheLimitOfConnections()
    {
        fixture.limit(new LimitTable.Limit(3, 1, new int[]{PipelineFixture.TCP4, PipelineFixture.UDP4}));
        new SharedLimit(List.of(fixture.allowances), 3, Allowances.OPENED).divide(Allowances.UNLIMITED);
        final SharedLimit limit = new SharedLimit(List.of(fixture.allowances), 3, Allowances.CONNECTIONS);
        limit.divide(2);
        fixture.allowances.poll();
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1))).isEqualTo(Verdict.FORWARD);
        final Endpoint other = Endpoint.parse("10.1.0.9:1234");
        assertDrop(fixture.fromClient(Frames.tcp(other, VIRTUAL, Tcp.SYN, 0)), DropReason.CONNECTION_LIMIT);
        assertDrop(fixture.fromClient(Frames.udp(other, VIRTUAL, 1)), DropReason.CONNECTION_LIMIT);
        assertThat(fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1))).as("the connection exists")
            .isEqualTo(Verdict.FORWARD);
        assertThat(fixture.fromClient(Frames.udp(CLIENT6, VIRTUAL6, 1))).as("another service")
            .isEqualTo(Verdict.FORWARD);
        assertThat(limit.used()).isEqualTo(2);

        fixture.nowMs += 3_600_000;
        while (fixture.connections.expire(fixture.nowMs, 64) > 0)
        {
            assertThat(limit.used()).isNotNegative();
        }
        assertThat(limit.used()).isZero();
        assertThat(fixture.fromClient(Frames.udp(other, VIRTUAL, 1))).isEqualTo(Verdict.FORWARD);
    }

    @Test
    void shouldDropWhatGoesBeyondTheLimitOfNewConnections()
    {
        fixture.limit(new LimitTable.Limit(0, 1, new int[]{PipelineFixture.UDP4}));
        new SharedLimit(List.of(fixture.allowances), 0, Allowances.CONNECTIONS).divide(Allowances.UNLIMITED);
        final SharedLimit limit = new SharedLimit(List.of(fixture.allowances), 0, Allowances.OPENED);
        limit.divide(1);
        fixture.allowances.poll();
        assertThat(fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1))).isEqualTo(Verdict.FORWARD);
        final Endpoint other = Endpoint.parse("10.1.0.9:1234");
        assertDrop(fixture.fromClient(Frames.udp(other, VIRTUAL, 1)), DropReason.RATE_LIMIT);
        limit.divide(2);
        fixture.allowances.poll();
        assertThat(fixture.fromClient(Frames.udp(other, VIRTUAL, 1))).isEqualTo(Verdict.FORWARD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropWhomAnAccessListDenies(final boolean isIpv6)
    {
        final Endpoint client = isIpv6 ? CLIENT6 : CLIENT;
        final Endpoint virtual = isIpv6 ? VIRTUAL6 : VIRTUAL;
        final Endpoint server = isIpv6 ? SERVER6 : SERVER;
        fixture.access(access(AccessMode.DENY, client));
        assertDrop(fixture.fromClient(Frames.udp(client, virtual, 1)), DropReason.ACCESS_DENIED);
        assertDrop(fixture.fromClient(Frames.tcp(client, virtual, Tcp.SYN, 0)), DropReason.ACCESS_DENIED);
        assertDrop(fixture.fromClient(Frames.tcp(client, virtual, Tcp.ACK, 0)), DropReason.ACCESS_DENIED);
        assertThat(fixture.connections.size()).isZero();

        fixture.access(access(AccessMode.ALLOW, client));
        assertThat(fixture.fromClient(Frames.tcp(client, virtual, Tcp.SYN, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.fromServer(Frames.tcp(server, client, Tcp.SYN | Tcp.ACK, 0))).isEqualTo(Verdict.FORWARD);
        assertThat(fixture.fromClient(Frames.udp(client, virtual, 1))).isEqualTo(Verdict.FORWARD);
    }

    @Test
    void shouldDropAnEstablishedClientOnceItIsDenied()
    {
        open();
        fixture.access(access(AccessMode.ALLOW, SERVER));
        assertDrop(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 10)), DropReason.ACCESS_DENIED);
        fixture.access(access(AccessMode.ALLOW, CLIENT));
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 10))).isEqualTo(Verdict.FORWARD);
        fixture.access(access(AccessMode.DENY, CLIENT));
        assertDrop(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 10)), DropReason.ACCESS_DENIED);
        assertThat(fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.ACK, 10))).as("answers are not asked for")
            .isEqualTo(Verdict.FORWARD);
        fixture.access(null);
        assertThat(fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 10))).isEqualTo(Verdict.FORWARD);
    }

    private static AccessList access(final AccessMode mode, final Endpoint client)
    {
        final AccessListBuilder builder = new AccessListBuilder(mode == AccessMode.ALLOW);
        builder.add(client.address().high(), client.address().low(), IpAddress.MAX_PREFIX);
        return builder.build();
    }

    @Test
    void shouldLimitIcmpAnswers()
    {
        fixture.servers.weight(PipelineFixture.UDP4, 0);
        int answered = 0;
        for (int i = 0; i < 5_000; i++)
        {
            answered += fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1)) == Verdict.ANSWER ? 1 : 0;
        }
        assertThat(answered).isEqualTo(1_000);
        fixture.nowMs += 500;
        for (int i = 0; i < 5_000; i++)
        {
            answered += fixture.fromClient(Frames.udp(CLIENT, VIRTUAL, 1)) == Verdict.ANSWER ? 1 : 0;
        }
        assertThat(answered).isEqualTo(1_500);
    }

    private void open()
    {
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN, 0));
        fixture.fromServer(Frames.tcp(SERVER, CLIENT, Tcp.SYN | Tcp.ACK, 0));
        fixture.fromClient(Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 0));
    }

    /** @param expected frame with the right addresses and checksums but the sender's MACs and time to live. */
    private void assertForwarded(final byte[] expected, final int egress, final long destinationMac)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(expected);
        buffer.putShort(0, (short)(destinationMac >>> 32)).putInt(2, (int)destinationMac);
        final long sourceMac = Frames.OUR_MAC + egress;
        buffer.putShort(6, (short)(sourceMac >>> 32)).putInt(8, (int)sourceMac);
        expected[expected[12] == 8 ? 22 : 21]--;
        Frames.fixIpv4Checksum(expected);
        assertThat(fixture.result()).isEqualTo(expected);
        assertThat(fixture.batch().egress(0)).isEqualTo(egress);
    }

    private void assertActive(final int active, final int inactive)
    {
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.ACTIVE_CONNECTIONS)).isEqualTo(active);
        assertThat(fixture.countersFile.get(PipelineFixture.TCP4, ServerCounter.INACTIVE_CONNECTIONS))
            .isEqualTo(inactive);
    }

    private static void assertDrop(final int verdict, final DropReason reason)
    {
        assertThat(Verdict.toString(verdict)).isEqualTo("DROP " + reason);
    }
}
