package org.headrace.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.Await;
import org.headrace.agent.config.ConfigSamples;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class DataPlaneSessionTest implements DataPlaneSessionListener
{
    private static final ServiceKey SERVICE = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final Endpoint SERVER = Endpoint.parse("10.2.1.2:8080");

    @TempDir
    private Path directory;
    private final AtomicLong clockOffsetNs = new AtomicLong();
    private final List<String> events = new ArrayList<>();
    private DesiredState desired = new DesiredState(ConfigSamples.config(ConfigSamples.WEB));
    private DataPlaneSession session;
    private FakeDataPlane dataPlane;

    @BeforeEach
    void setUp()
    {
        session = new DataPlaneSession(ControlChannel.aeronDirectory(directory),
            () -> System.nanoTime() + clockOffsetNs.get(), 7, () -> desired.content(), this);
    }

    @AfterEach
    void tearDown()
    {
        session.onClose();
        if (dataPlane != null)
        {
            dataPlane.close();
        }
    }

    @Test
    void shouldSendEachAccessListAndEachLimitOnce()
    {
        final StringBuilder ranges = new StringBuilder("10.0.0.1");
        for (int i = 1; i < 1_000; i++)
        {
            ranges.append(", 10.").append(i >>> 8).append('.').append(i & 0xFF).append(".1");
        }
        desired = new DesiredState(ConfigSamples.config(ConfigSamples.WEB
            .replace("address: 10.99.0.1\n", "address: [10.99.0.1, 10.99.0.2]\n    spec: 1\n")
            .replace("port: 80\n", "port: 80\n        limits: {connections: 9}\n" +
                "        access: {mode: allow, ranges: [" + ranges + "]}\n")));
        dataPlane = new FakeDataPlane(directory, 0);
        session.publish();
        awaitEvent("accepted 1");
        assertThat(dataPlane.content()).isEqualTo(desired.content());
        assertThat(dataPlane.content().services()).hasSize(2)
            .allMatch(service -> service.access().prefixes().size() == 1_000);
        assertThat(dataPlane.content().accessLists()).hasSize(1);
        assertThat(dataPlane.content().limits()).hasSize(2);
    }

    @Test
    void shouldWaitForADataPlaneWithoutComplaint()
    {
        session.publish();
        Await.run(500, session::doWork);
        assertThat(events).isEmpty();
        dataPlane = new FakeDataPlane(directory, 0);
        awaitEvent("accepted 1");
        assertThat(dataPlane.content()).isEqualTo(desired.content());
    }

    @Test
    void shouldNotPublishBeforeItIsToldTo()
    {
        dataPlane = new FakeDataPlane(directory, 0);
        awaitEvent("connected 0");
        run(300);
        assertThat(dataPlane.calls()).containsExactly("hello");
    }

    @Test
    void shouldContinueAfterTheGenerationInForce()
    {
        dataPlane = new FakeDataPlane(directory, 41);
        session.publish();
        awaitEvent("accepted 42");
        session.publish();
        awaitEvent("accepted 43");
        assertThat(dataPlane.calls()).containsExactly(
            "hello", "begin 42", "commit 42 OK", "begin 43", "commit 43 OK");
    }

    @Test
    void shouldPublishTenThousandServersThroughASmallBuffer()
    {
        desired = new DesiredState(ConfigSamples.config(ConfigSamples.withServers(10_000)));
        dataPlane = new FakeDataPlane(directory, 0);
        session.publish();
        awaitEvent("accepted 1");
        assertThat(dataPlane.content()).isEqualTo(desired.content());
    }

    @Test
    void shouldTellOfARejectedGeneration()
    {
        startInStep();
        dataPlane.nextResult(ResultCode.LIMIT_EXCEEDED);
        session.publish();
        awaitEvent("rejected 2 LIMIT_EXCEEDED as told");
        assertThat(session.acceptedGeneration()).isEqualTo(1);
        run(300);
        assertThat(dataPlane.generation()).isEqualTo(1);
    }

    @Test
    void shouldSendAGenerationAgainThatWasDamagedOnTheWay()
    {
        startInStep();
        dataPlane.nextResult(ResultCode.COUNT_MISMATCH);
        session.publish();
        awaitEvent("accepted 3");
        assertThat(events).noneMatch(event -> event.startsWith("rejected"));
    }

    @Test
    void shouldPublishToADataPlaneThatWasReplaced()
    {
        startInStep();
        dataPlane.close();
        Await.until("loss", () -> events.stream().anyMatch(event -> event.startsWith("disconnected")),
            session::doWork);
        assertThat(session.isReady()).isFalse();
        dataPlane = new FakeDataPlane(directory, 0);
        awaitEvent("accepted 2");
        assertThat(dataPlane.content()).isEqualTo(desired.content());
    }

    @Test
    void shouldStartAnewAfterADataPlaneDiedInTheMiddleOfAGeneration()
    {
        desired = new DesiredState(ConfigSamples.config(ConfigSamples.withServers(10_000)));
        dataPlane = new FakeDataPlane(directory, 0);
        session.publish();
        Await.until("part of a generation", () -> dataPlane.entryCount() > 500, session::doWork, dataPlane::doWork);
        assertThat(dataPlane.generation()).isZero();
        dataPlane.close();
        dataPlane = new FakeDataPlane(directory, 5);
        Await.until("acceptance", () -> session.acceptedGeneration() > 5, session::doWork, dataPlane::doWork);
        assertThat(dataPlane.content()).isEqualTo(desired.content());
    }

    @Test
    void shouldCallASilentDataPlaneLostAndComeBackToIt()
    {
        startInStep();
        dataPlane.silent(true);
        run(200);
        clockOffsetNs.addAndGet(TimeUnit.SECONDS.toNanos(4));
        awaitEvent("disconnected silent for 3000 ms");
        dataPlane.silent(false);
        awaitEvent("accepted 2");
    }

    @Test
    void shouldPublishAgainToADataPlaneThatHasAnotherGeneration()
    {
        startInStep();
        dataPlane.forget();
        session.publish();
        awaitEvent("accepted 2");
        dataPlane.forget();
        awaitEvent("accepted 3");
        assertThat(dataPlane.content()).isEqualTo(desired.content());
    }

    @Test
    void shouldSendDeltasAndGiveTheirOutcome()
    {
        startInStep();
        final List<String> replies = new ArrayList<>();
        session.serverWeight(SERVICE, SERVER, 5, (code, text) -> replies.add(code + " " + text));
        session.serverState(SERVICE, SERVER, ServerState.UP);
        session.adjacency(new Adjacency(SERVER.address(), 3, 0xAABBL, 1500));
        session.localAddress(IpAddress.parse("10.0.0.1"), false);
        Await.until("deltas", () -> dataPlane.calls().size() == 7 && !replies.isEmpty(), this::cycle);
        assertThat(dataPlane.calls().subList(3, 7)).containsExactly(
            "weight tcp/10.99.0.1:80 10.2.1.2:8080 5",
            "state tcp/10.99.0.1:80 10.2.1.2:8080 UP",
            "adjacency 10.2.1.2 3",
            "address 10.0.0.1 false");
        assertThat(replies).containsExactly("OK ");
    }

    @Test
    void shouldPublishAnewWhenADeltaIsRefused()
    {
        startInStep();
        final List<String> replies = new ArrayList<>();
        dataPlane.nextResult(ResultCode.UNKNOWN_SERVER);
        session.serverWeight(SERVICE, SERVER, 5, (code, text) -> replies.add(code + " " + text));
        awaitEvent("accepted 2");
        assertThat(replies).containsExactly("UNKNOWN_SERVER as told");
    }

    @Test
    void shouldFailADeltaThatGetsNoAnswer()
    {
        startInStep();
        final List<String> replies = new ArrayList<>();
        dataPlane.silent(true);
        session.serverWeight(SERVICE, SERVER, 5, (code, text) -> replies.add(code + " " + text));
        run(200);
        dataPlane.silent(false);
        clockOffsetNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(2_100));
        run(50);
        assertThat(replies).containsExactly("INTERNAL_ERROR no answer from the data plane within 2 s");
        awaitEvent("accepted 2");
    }

    @Test
    void shouldRefuseADeltaWithoutADataPlane()
    {
        final List<String> replies = new ArrayList<>();
        session.serverWeight(SERVICE, SERVER, 5, (code, text) -> replies.add(code + " " + text));
        session.serverState(SERVICE, SERVER, ServerState.UP);
        assertThat(replies).containsExactly("INTERNAL_ERROR data plane is not connected");
    }

    @Test
    void shouldFetchAPageOfConnections()
    {
        startInStep();
        final List<String> pages = new ArrayList<>();
        final PageListener listener = new PageListener()
        {
            @Override
            public void onPage(final ConnectionsPage page)
            {
                pages.add(page.connections().size() + " " + page.matched() + " " + page.nextCursor());
            }

            @Override
            public void onNoPage(final String reason)
            {
                pages.add(reason);
            }
        };
        session.connections(new ConnectionsQuery(0, 10, ConnectionFilter.ANY), listener);
        Await.until("page", () -> !pages.isEmpty(), this::cycle);
        session.connections(new ConnectionsQuery(1, 0, ConnectionFilter.ANY), listener);
        Await.until("count", () -> pages.size() == 2, this::cycle);
        dataPlane.silent(true);
        session.connections(new ConnectionsQuery(1, 10, ConnectionFilter.ANY), listener);
        cycle();
        clockOffsetNs.addAndGet(TimeUnit.MINUTES.toNanos(1));
        Await.until("time-out", () -> pages.size() == 3, this::cycle);
        assertThat(pages).containsExactly("1 1 1", "0 1000000 2", pages.getLast());
        assertThat(pages.getLast()).contains("data plane");
    }

    @Override
    public void onConnected(final long dataPlaneEpoch, final long generation)
    {
        events.add("connected " + generation);
    }

    @Override
    public void onDisconnected(final String reason)
    {
        events.add("disconnected " + reason);
    }

    @Override
    public void onAccepted(final long generation, final GenerationContent content)
    {
        events.add("accepted " + generation);
    }

    @Override
    public void onRejected(
        final long generation, final GenerationContent content, final ResultCode code, final String text)
    {
        events.add("rejected " + generation + " " + code + " " + text);
    }

    private void startInStep()
    {
        dataPlane = new FakeDataPlane(directory, 0);
        session.publish();
        awaitEvent("accepted 1");
    }

    private void awaitEvent(final String event)
    {
        Await.until(event + " in " + events, () -> events.contains(event), this::cycle);
    }

    private void run(final long durationMs)
    {
        Await.run(durationMs, this::cycle);
    }

    private void cycle()
    {
        session.doWork();
        dataPlane.doWork();
    }
}
