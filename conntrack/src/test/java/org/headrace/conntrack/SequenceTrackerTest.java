package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.Plausibility.BELIEVED;
import static org.headrace.conntrack.Plausibility.DOUBTED;
import static org.headrace.conntrack.Plausibility.FORGED;
import static org.headrace.conntrack.Plausibility.REOPENED;
import static org.headrace.conntrack.TestTables.TCP;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

class SequenceTrackerTest
{
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;
    /** Client and server start here, so that both numbers pass zero and the sign within a few bytes. */
    private static final int CLIENT = -5;
    private static final int SERVER = Integer.MAX_VALUE - 5;

    private final ConnectionTable table = TestTables.table(16);
    private int index;

    @BeforeEach
    void insert()
    {
        index = TestTables.insertNat(table, 1, TCP, TcpState.NONE, 0);
    }

    @Test
    void shouldKnowNothingBeforeTheFirstSegmentOfADirection()
    {
        assertThat(table.isSequenceKnown(index, IN)).isFalse();
        in(SYN, CLIENT, 0, 0);
        assertThat(table.isSequenceKnown(index, IN)).isTrue();
        assertThat(table.isSequenceKnown(index, REPLY)).isFalse();
        reply(SYN | ACK, SERVER, CLIENT + 1, 0);
        assertThat(table.isSequenceKnown(index, REPLY)).isTrue();
        assertNext(CLIENT + 1, SERVER + 1);
    }

    @Test
    void shouldForgetTheNumbersOfTheLastConnectionInTheSamePlace()
    {
        open();
        table.remove(index);
        assertThat(TestTables.insertNat(table, 2, TCP, TcpState.NONE, 0)).isEqualTo(index);
        assertThat(table.isSequenceKnown(index, IN)).isFalse();
        assertThat(table.isSequenceKnown(index, REPLY)).isFalse();
    }

    @Test
    void shouldCountPayloadSynAndFinOverTheWrap()
    {
        open();
        assertThat(in(ACK, CLIENT + 1, SERVER + 1, 100)).isEqualTo(BELIEVED);
        assertThat(reply(ACK, SERVER + 1, CLIENT + 101, 64_000)).isEqualTo(BELIEVED);
        assertNext(CLIENT + 101, SERVER + 64_001);
        assertThat(reply(FIN | ACK, SERVER + 64_001, CLIENT + 101, 10)).isEqualTo(BELIEVED);
        assertThat(in(FIN | ACK, CLIENT + 101, SERVER + 64_012, 0)).isEqualTo(BELIEVED);
        assertNext(CLIENT + 102, SERVER + 64_012);
    }

    @Test
    void shouldNotGoBackForWhatIsSentAgainOrComesLate()
    {
        open();
        in(ACK, CLIENT + 1, SERVER + 1, 1000);
        in(ACK, CLIENT + 1001, SERVER + 1, 1000);
        assertThat(in(ACK, CLIENT + 1, SERVER + 1, 1000)).isEqualTo(BELIEVED);
        assertThat(in(ACK, CLIENT + 2000, SERVER + 1, 0)).as("keep-alive").isEqualTo(BELIEVED);
        assertThat(reply(ACK, SERVER + 1, CLIENT + 1, 0)).isEqualTo(BELIEVED);
        assertNext(CLIENT + 2001, SERVER + 1);
    }

    @Test
    void shouldTakeFromAnAcknowledgementWhatItMissed()
    {
        open();
        assertThat(in(ACK, CLIENT + 1, SERVER + 1 + 30_000_000, 0)).isEqualTo(BELIEVED);
        assertNext(CLIENT + 1, SERVER + 1 + 30_000_000);
        assertThat(reply(ACK, SERVER + 1 + 900_000_000, CLIENT + 1, 100))
            .as("exact acknowledgement vouches for any sequence number").isEqualTo(BELIEVED);
        assertNext(CLIENT + 1, SERVER + 1 + 900_000_100);
    }

    @Test
    void shouldDoubtWhatIsFarInBothNumbersAndForgetIt()
    {
        open();
        assertThat(in(ACK, CLIENT + 10_000_000, SERVER + 10_000_000, 100)).isEqualTo(DOUBTED);
        assertThat(in(FIN | ACK, CLIENT + 1_000_000_000, SERVER - 1_000_000_000, 0)).isEqualTo(DOUBTED);
        assertThat(in(FIN, CLIENT + 1, 0, 0)).as("no acknowledgement").isEqualTo(DOUBTED);
        assertNext(CLIENT + 1, SERVER + 1);
    }

    @Test
    void shouldNotLetABlindAckEstablishAnything()
    {
        in(SYN, CLIENT, 0, 0);
        assertThat(in(ACK, CLIENT + 1, SERVER + 1, 0)).isEqualTo(DOUBTED);
        assertThat(table.isSequenceKnown(index, REPLY)).isFalse();
    }

    @Test
    void shouldTakeTheClientsWordIfTheServerAnswersPastUs()
    {
        index = table.insert(TestTables.nat(table, 2, TCP, TcpState.NONE).oneWay(), 0);
        in(SYN, CLIENT, 0, 0);
        assertThat(in(ACK, CLIENT + 1, SERVER + 1, 0)).isEqualTo(BELIEVED);
        assertThat(in(ACK, CLIENT + 1, SERVER + 5_000, 100)).isEqualTo(BELIEVED);
        assertNext(CLIENT + 101, SERVER + 5_000);
    }

    @Test
    void shouldBelieveALaterSynWhileNothingIsEstablished()
    {
        in(SYN, CLIENT, 0, 0);
        table.state(index, TcpState.SYN_RECV);
        assertThat(in(SYN, CLIENT + 1_234_567, 0, 0)).isEqualTo(BELIEVED);
        reply(SYN | ACK, SERVER, CLIENT + 1_234_568, 0);
        assertNext(CLIENT + 1_234_568, SERVER + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {TcpState.ESTABLISHED, TcpState.FIN_WAIT, TcpState.CLOSE_WAIT})
    void shouldDoubtASynInsideAConnectionUntilTheServerAcceptsIt(final int state)
    {
        open();
        table.state(index, state);
        assertThat(in(SYN, 77, 0, 0)).isEqualTo(DOUBTED);
        assertThat(in(SYN | ACK, 77, SERVER + 1, 0)).isEqualTo(DOUBTED);
        assertThat(reply(SYN, 77, 0, 0)).isEqualTo(DOUBTED);
        assertThat(reply(SYN | ACK, SERVER, CLIENT + 1, 0)).as("sent again").isEqualTo(BELIEVED);
        assertNext(CLIENT + 1, SERVER + 1);
        assertThat(reply(SYN | ACK, 1_000_000_000, 78, 0)).isEqualTo(REOPENED);
        assertNext(78, 1_000_000_001);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "-1, 1", "67108864, 1", "-67108864, 1", "67108865, 3", "-67108865, 3",
        "-2147483648, 3"})
    void shouldJudgeAResetByItsDistance(final int distance, final int expected)
    {
        open();
        assertThat(in(RST, CLIENT + 1 + distance, 0, 0)).isEqualTo(expected);
        assertThat(reply(RST | ACK, SERVER + 1 + distance, 5, 0)).isEqualTo(expected);
        assertNext(CLIENT + 1, SERVER + 1);
    }

    @Test
    void shouldForwardResetsWhileNothingIsKnownOrEstablished()
    {
        in(SYN, CLIENT, 0, 0);
        table.state(index, TcpState.SYN_RECV);
        assertThat(in(RST, 12_345_678, 0, 0)).isEqualTo(DOUBTED);
        assertThat(reply(RST, 12_345_678, 0, 0)).isEqualTo(DOUBTED);
        assertThat(reply(RST | ACK, 0, CLIENT, 0)).isEqualTo(DOUBTED);
        assertThat(reply(RST | ACK, 0, CLIENT + 1, 0)).as("port closed").isEqualTo(BELIEVED);
        assertThat(in(RST, CLIENT + 1, 0, 0)).as("the client gives up").isEqualTo(BELIEVED);
    }

    @Test
    void shouldForwardTheRefusalOfASynThatWasDoubted()
    {
        open();
        assertThat(reply(RST | ACK, 0, 78, 0)).isEqualTo(DOUBTED);
        assertThat(in(RST | ACK, 0x4000_0000, 78, 0)).isEqualTo(FORGED);
    }

    @Test
    void shouldNotBeLedAstrayByAMillionForgedSegments()
    {
        open();
        final SplittableRandom random = new SplittableRandom(TestTables.SEED);
        int forged = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            final int flags = random.nextInt(32) & ~SYN | ACK;
            final int judged = in(flags, random.nextInt(), random.nextInt(), random.nextInt(1460));
            assertThat(judged).as("seed=%d i=%d", TestTables.SEED, i).isIn(DOUBTED, FORGED);
            forged += judged == FORGED ? 1 : 0;
        }
        assertNext(CLIENT + 1, SERVER + 1);
        assertThat(forged).as("of half a million resets, 31 in 32").isBetween(450_000, 500_000);
    }

    private void open()
    {
        in(SYN, CLIENT, 0, 0);
        reply(SYN | ACK, SERVER, CLIENT + 1, 0);
        in(ACK, CLIENT + 1, SERVER + 1, 0);
        table.state(index, TcpState.ESTABLISHED);
    }

    private int in(final int flags, final int sequence, final int acknowledgement, final int payload)
    {
        return table.onSegment(index << 1, flags, sequence, acknowledgement, payload);
    }

    private int reply(final int flags, final int sequence, final int acknowledgement, final int payload)
    {
        return table.onSegment(index << 1 | REPLY, flags, sequence, acknowledgement, payload);
    }

    private void assertNext(final int client, final int server)
    {
        assertThat(table.nextSequence(index, IN)).isEqualTo(client);
        assertThat(table.nextSequence(index, REPLY)).isEqualTo(server);
    }
}
