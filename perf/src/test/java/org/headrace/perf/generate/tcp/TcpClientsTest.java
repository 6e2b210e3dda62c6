package org.headrace.perf.generate.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.wire.Tcp;
import org.headrace.perf.generate.link.FrameHandler;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.generate.link.NeighbourAnswers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Clients on a wire in memory: with the answerer at its other end, with nobody, or with what a test says there. */
class TcpClientsTest
{
    private static final long CLIENT_MAC = 0x02_00_00_00_00_02L;
    private static final long SERVER_MAC = 0x02_00_00_00_00_01L;
    private static final long CLIENTS = 0x0A10_0000L;
    private static final long SERVER = 0x0A63_0001L;
    private static final int PORT = 80;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(30);
    private static final Payload REQUEST = new Payload("ping".getBytes());
    private static final Payload RESPONSE = new Payload("a longer answer".getBytes());

    private MemoryWire wire = new MemoryWire();
    private Payload request = Payload.NONE;
    private Payload response = Payload.NONE;
    private long holdNs;
    private boolean isReset;
    private boolean isIpv6;
    private int attempts = 5;
    private int slots = 4_096;
    private long rate = ConnectionRun.UNLIMITED;
    private long concurrent = 200;
    private TcpClients clients;
    private TcpAnswerer answerer;
    private ConnectionRun run;
    private FrameHandler server;

    @AfterEach
    void tearDown()
    {
        if (clients != null)
        {
            clients.close();
        }
    }

    @Test
    void shouldOpenAndCloseEachConnectionWithFourSegments()
    {
        final ClientCounts counts = runWithAnswerer(1_000);
        assertThat(counts.established()).isEqualTo(1_000);
        assertThat(counts.completed()).isEqualTo(1_000);
        assertThat(counts.failed()).isZero();
        assertThat(counts.sent()).isEqualTo(4_000);
        assertThat(counts.received()).isEqualTo(2_000);
        assertThat(counts.mostStanding()).isLessThanOrEqualTo(concurrent);
        assertThat(answerer.syns()).isEqualTo(1_000);
        assertThat(answerer.fins()).isEqualTo(1_000);
        assertThat(clients.handshakes().getTotalCount()).isEqualTo(1_000);
        assertThat(clients.handshakes().getMinValue()).isGreaterThanOrEqualTo(TimeUnit.MICROSECONDS.toNanos(1_999));
    }

    @Test
    void shouldAskAndWaitForTheWholeResponse()
    {
        request = REQUEST;
        response = RESPONSE;
        final ClientCounts counts = runWithAnswerer(500);
        assertThat(counts.completed()).isEqualTo(500);
        assertThat(answerer.requests()).isEqualTo(500);
        assertThat(counts.unexpected()).isZero();
    }

    @Test
    void shouldWorkOverIpv6()
    {
        isIpv6 = true;
        request = REQUEST;
        response = RESPONSE;
        assertThat(runWithAnswerer(500).completed()).isEqualTo(500);
    }

    @Test
    void shouldEndByResetWhenToldSo()
    {
        isReset = true;
        final ClientCounts counts = runWithAnswerer(500);
        assertThat(counts.completed()).isEqualTo(500);
        assertThat(answerer.resets()).isEqualTo(500);
        assertThat(answerer.fins()).isZero();
    }

    @Test
    void shouldGetEveryConnectionThroughABadWire()
    {
        request = REQUEST;
        response = RESPONSE;
        attempts = 10;
        for (long seed = 1; seed <= 12; seed++)
        {
            tearDown();
            wire = new MemoryWire(seed, 0.1);
            isIpv6 = seed % 2 == 0;
            holdNs = seed % 3 * TimeUnit.MILLISECONDS.toNanos(50);
            final ClientCounts counts = runWithAnswerer(1_000);
            assertThat(counts.opened()).as("seed %d: %s", seed, counts).isEqualTo(1_000);
            assertThat(counts.established()).as("seed %d: %s", seed, counts).isEqualTo(1_000);
            assertThat(counts.completed()).as("seed %d: %s", seed, counts).isEqualTo(1_000);
            assertThat(counts.synRepeated()).as("seed %d", seed).isPositive();
            assertThat(counts.standing()).as("seed %d", seed).isZero();
            assertThat(clients.open()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void shouldAccountForEveryConnectionOnAWireThatLosesHalf()
    {
        attempts = 3;
        for (long seed = 1; seed <= 10; seed++)
        {
            tearDown();
            wire = new MemoryWire(seed, 0.5);
            final ClientCounts counts = runWithAnswerer(1_000);
            assertThat(counts.completed() + counts.failed()).as("seed %d: %s", seed, counts).isEqualTo(1_000);
            assertThat(counts.failed()).as("seed %d: %s", seed, counts).isPositive();
            assertThat(counts.standing()).as("seed %d: %s", seed, counts).isZero();
        }
    }

    @Test
    void shouldGiveUpWhereNobodyAnswersAfterDoublingTimes()
    {
        prepare(1, (segment, answer) -> { });
        final long startNs = wire.nowNs();
        finish();
        final ClientCounts counts = clients.counts();
        assertThat(counts.timedOut()).isEqualTo(1);
        assertThat(counts.synRepeated()).isEqualTo(4);
        assertThat(counts.sent()).isEqualTo(5);
        // 1 + 2 + 4 + 8 + 16 seconds.
        assertThat(wire.nowNs() - startNs).isBetween(31 * SECOND_NS, 33 * SECOND_NS);
    }

    @Test
    void shouldCountARefusal()
    {
        prepare(10, (segment, answer) -> answer.accept(reply(segment, Tcp.RST | Tcp.ACK, 0)));
        finish();
        assertThat(clients.counts().refused()).isEqualTo(10);
        assertThat(clients.counts().established()).isZero();
    }

    @Test
    void shouldIgnoreAnswersThatAcknowledgeSomethingElse()
    {
        prepare(1, (segment, answer) ->
        {
            final Segment wrong = reply(segment, Tcp.SYN | Tcp.ACK, 5);
            wrong.acknowledgement++;
            answer.accept(wrong);
            final Segment reset = reply(segment, Tcp.RST | Tcp.ACK, 0);
            reset.acknowledgement--;
            answer.accept(reset);
        });
        finish();
        assertThat(clients.counts().unexpected()).isEqualTo(2L * attempts);
        assertThat(clients.counts().timedOut()).isEqualTo(1);
    }

    @Test
    void shouldBelieveAResetOnlyAtTheNextByte()
    {
        request = REQUEST;
        for (final int error : new int[]{0, 1, -1})
        {
            tearDown();
            prepare(1, (segment, answer) ->
            {
                if (segment.has(Tcp.SYN))
                {
                    answer.accept(reply(segment, Tcp.SYN | Tcp.ACK, 100));
                }
                else if (segment.dataLength > 0)
                {
                    answer.accept(reply(segment, Tcp.RST, segment.acknowledgement + error));
                }
            });
            finish();
            assertThat(clients.counts().reset()).as("off by %d", error).isEqualTo(error == 0 ? 1 : 0);
            assertThat(clients.counts().unanswered()).as("off by %d", error).isEqualTo(error == 0 ? 0 : 1);
        }
    }

    @Test
    void shouldCloseWhenTheServerDoes()
    {
        holdNs = ClientPlan.FOREVER;
        prepare(10, (segment, answer) ->
        {
            if (segment.has(Tcp.SYN))
            {
                answer.accept(reply(segment, Tcp.SYN | Tcp.ACK, 100));
                answer.accept(reply(segment, Tcp.FIN | Tcp.ACK, 101));
            }
            else if (segment.has(Tcp.FIN))
            {
                assertThat(segment.acknowledgement).isEqualTo(102);
                answer.accept(reply(segment, Tcp.ACK, segment.acknowledgement));
            }
        });
        finish();
        assertThat(clients.counts().closedByPeer()).isEqualTo(10);
        assertThat(clients.counts().completed()).isEqualTo(10);
        assertThat(clients.counts().finsRepeated()).isZero();
    }

    @Test
    void shouldFailWhenTheResponseEndsTooEarly()
    {
        request = REQUEST;
        response = RESPONSE;
        final List<Segment> resets = new ArrayList<>();
        prepare(3, (segment, answer) ->
        {
            if (segment.has(Tcp.SYN))
            {
                answer.accept(reply(segment, Tcp.SYN | Tcp.ACK, 100));
            }
            else if (segment.dataLength > 0)
            {
                answer.accept(reply(segment, Tcp.FIN | Tcp.ACK, segment.acknowledgement));
            }
            else if (segment.has(Tcp.RST))
            {
                resets.add(reply(segment, 0, 0));
            }
        });
        finish();
        assertThat(clients.counts().shortResponses()).isEqualTo(3);
        assertThat(resets).hasSize(3);
    }

    @Test
    void shouldKeepToTheRateAndToTheMostAtATime()
    {
        rate = 1_000;
        concurrent = 100_000;
        holdNs = SECOND_NS / 2;
        final ClientCounts counts = runWithAnswerer(3_000);
        assertThat(run.openingNs()).isBetween(3 * SECOND_NS - 2_000_000, 3 * SECOND_NS);
        // Half a second of 1000 per second, and the handshakes.
        assertThat(counts.mostStanding()).isBetween(500L, 510L);
        assertThat(run.establishedPerSecond()).allMatch(established -> established >= 990 && established <= 1_010);
        assertThat(run.lateness().getMaxValue()).isLessThanOrEqualTo(2 * STEP_NS);
    }

    @Test
    void shouldHoldAllUntilStopped()
    {
        holdNs = ClientPlan.FOREVER;
        concurrent = 4_000;
        prepareWithAnswerer(4_000);
        step(60 * SECOND_NS);
        assertThat(clients.counts().standing()).isEqualTo(4_000);
        run.stop();
        finish();
        assertThat(clients.counts().completed()).isEqualTo(4_000);
    }

    @Test
    void shouldUsePairsAgainInTurnWithHigherSequenceNumbers()
    {
        slots = 16;
        concurrent = 4;
        final List<String> ends = new ArrayList<>();
        final List<Integer> sequences = new ArrayList<>();
        prepare(48, (segment, answer) ->
        {
            if (segment.has(Tcp.SYN))
            {
                ends.add(segment.sourceLow + ":" + segment.sourcePort);
                sequences.add(segment.sequence);
                answer.accept(reply(segment, Tcp.SYN | Tcp.ACK, 100));
            }
            else if (segment.has(Tcp.FIN))
            {
                answer.accept(reply(segment, Tcp.FIN | Tcp.ACK, segment.acknowledgement));
            }
        });
        finish();
        assertThat(ends.subList(0, 16)).doesNotHaveDuplicates();
        assertThat(ends.subList(16, 32)).containsExactlyElementsOf(ends.subList(0, 16));
        assertThat(ends.subList(32, 48)).containsExactlyElementsOf(ends.subList(0, 16));
        for (int i = 0; i < 32; i++)
        {
            assertThat(sequences.get(i + 16) - sequences.get(i)).as("step of %s", ends.get(i)).isPositive();
        }
    }

    @Test
    void shouldRefusePlansThatCannotBe()
    {
        slots = 64 * 65_536;
        assertThatThrownBy(() -> prepareWithAnswerer(1)).hasMessageContaining("connections=4194304 (expected: 1..");
        slots = 1;
        attempts = 11;
        assertThatThrownBy(() -> prepareWithAnswerer(1)).hasMessage("attempts=11 (expected: 1..10)");
    }

    private ClientCounts runWithAnswerer(final long count)
    {
        prepareWithAnswerer(count);
        finish();
        return clients.counts();
    }

    private void prepareWithAnswerer(final long count)
    {
        answerer = new TcpAnswerer(wire.server(), SERVER_MAC, PORT, response);
        server = answerer;
        prepareClients(count);
    }

    private void prepare(final long count, final Server behaviour)
    {
        final FrameLink link = wire.server();
        final Segment in = new Segment();
        server = (frame, lengthBytes) ->
        {
            assertThat(in.read(frame, lengthBytes)).isTrue();
            behaviour.onSegment(in, answer -> link.commit(answer.write(link.claim(), Payload.NONE)));
        };
        prepareClients(count);
    }

    private void prepareClients(final long count)
    {
        final long high = isIpv6 ? 0xFD00_0000_0000_0000L : 0;
        clients = new TcpClients(new ClientPlan(isIpv6, CLIENT_MAC, SERVER_MAC, high, CLIENTS, 16, 1_024, slots, high,
            SERVER, PORT, request, response.length(), holdNs, isReset, SECOND_NS, attempts, 0x7FFF_0000),
            wire.client());
        run = new ConnectionRun(wire::nowNs, wire.client(), clients,
            new NeighbourAnswers(CLIENT_MAC, isIpv6, high, CLIENTS, 16), rate, concurrent, count, LIMIT_NS);
    }

    private void finish()
    {
        final long limitNs = wire.nowNs() + LIMIT_NS;
        while (run.doWork() >= 0)
        {
            wire.server().receive(server, Integer.MAX_VALUE);
            wire.pass(STEP_NS);
            assertThat(wire.nowNs()).as("%s", clients.counts()).isLessThan(limitNs);
        }
        // What is still on its way.
        wire.pass(SECOND_NS);
        wire.server().receive(server, Integer.MAX_VALUE);
    }

    private void step(final long durationNs)
    {
        for (long ns = 0; ns < durationNs; ns += STEP_NS)
        {
            run.doWork();
            wire.server().receive(server, Integer.MAX_VALUE);
            wire.pass(STEP_NS);
        }
    }

    private static Segment reply(final Segment segment, final int flags, final int sequence)
    {
        final Segment reply = new Segment();
        reply.turn(segment);
        reply.flags = flags;
        reply.sequence = sequence;
        reply.acknowledgement = segment.end();
        return reply;
    }

    /** The other end, as a test wants it. */
    @FunctionalInterface
    private interface Server
    {
        void onSegment(Segment segment, Consumer<Segment> answer);
    }
}
