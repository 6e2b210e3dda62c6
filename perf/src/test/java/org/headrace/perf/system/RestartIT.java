package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabProcess;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.load.EchoLoad;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.counters.CountersFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** {@code kill -9} in the middle of traffic: whoever was connected stays connected, and sees no error. */
@NeedsLab
class RestartIT
{
    private static final long SEED = Long.getLong("headrace.test.seed", System.nanoTime());
    private static final int KEPT_CONNECTIONS = 1_000;
    private static final int KILLS = 4;
    private static final int ANSWERS_BETWEEN = 2_000;
    private static final int ECHO_PORT = 7;
    private static final int ECHO_SERVER_PORT = 7_007;
    private static final String IPERF_SECONDS = "30";
    private static final int MAX_RANDOM_MS = 300;

    private final Random random = new Random(SEED);
    private RunningLab running;
    private EchoLoad echo;

    @BeforeEach
    void start()
    {
        running = RunningLab.start(config -> config.usual(List.of(100, 50, 50))
            .listener("echo", "tcp", ECHO_PORT, ECHO_SERVER_PORT, "rr", List.of(1)));
        echo = EchoLoad.start(running.lab().server(1), ECHO_SERVER_PORT, running.lab().client(),
            new InetSocketAddress(LabNetwork.VIP, ECHO_PORT));
        awaitEchoes();
    }

    @AfterEach
    void stop()
    {
        running.close();
    }

    @Test
    void shouldLoseNoConnectionWhenTheDataPlaneIsKilledAgainAndAgain()
    {
        final HttpLoad http = HttpLoad.start(
            running.lab().client(), RunningLab.HTTP_TARGET, KEPT_CONNECTIONS, Integer.MAX_VALUE, Long.MAX_VALUE);
        final LabProcess iperf = running.lab().start("iperf3-client", running.lab().client(), List.of(
            "iperf3", "-c", LabNetwork.VIP, "-p", "" + LabServers.IPERF_PORT, "-t", IPERF_SECONDS, "-b", "200M"));
        awaitAnswers(http);
        for (int kill = 0; kill < KILLS; kill++)
        {
            awaitSpare();
            // Anywhere in a cycle, and in what the others do at that moment.
            Await.pass(Duration.ofMillis(random.nextInt(MAX_RANDOM_MS)));
            killDataPlane();
            awaitAnswers(http);
            awaitEchoes();
        }
        final Tally tally = http.stop();
        assertThat(tally.failures()).as("seed=%d", SEED).isEmpty();
        assertThat(tally.connections().values().stream().mapToLong(Long::longValue).sum())
            .as("nobody had to connect again").isEqualTo(KEPT_CONNECTIONS);
        assertThat(iperf.awaitExit(RunningLab.LIMIT)).as(iperf.output()).isZero();
        assertNoEchoFailed();
        running.assertConservation();
    }

    @Test
    void shouldLoseNoConnectionWhenAllDataPlanesAndTheAgentAreKilledAtOnce()
    {
        awaitSpare();
        final List<ProcessHandle> all = descendants();
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("all have ended", RunningLab.LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
        awaitEchoes();
        assertNoEchoFailed();
    }

    @Test
    void shouldHandOverToTheNextSupervisorWhenTheFirstIsKilled()
    {
        final ProcessHandle orphan = dataPlane().orElseThrow();
        ProcessHandle.of(running.headrace().process().pid()).orElseThrow().destroyForcibly();
        Await.until("the supervisor has ended", RunningLab.LIMIT, () -> !running.headrace().process().isAlive());
        awaitEchoes();
        assertThat(orphan.isAlive()).as("goes on without a supervisor").isTrue();

        final HeadraceInstance next = HeadraceInstance.startAgain(running.lab());

        Await.until("the new data plane has taken over", RunningLab.LIMIT, () -> !orphan.isAlive());
        awaitEchoes();
        assertNoEchoFailed();
        assertThat(next.stop()).isZero();
    }

    @Test
    void shouldSetADamagedTableAsideAndServeNewConnections() throws IOException
    {
        final List<ProcessHandle> all = descendants();
        ProcessHandle.of(running.headrace().process().pid()).orElseThrow().destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("all have ended", RunningLab.LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
        try (RandomAccessFile file = new RandomAccessFile(
            running.lab().runtimeDirectory().resolve("connections-0.dat").toFile(), "rw"))
        {
            file.seek(16);
            file.writeInt(-1);
        }

        final HeadraceInstance next = HeadraceInstance.startAgain(running.lab());

        assertThat(next.process().output()).contains("event=set-aside file=" +
            running.lab().runtimeDirectory().resolve("connections-0.dat.set-aside") + " reason=");
        final Tally tally = HttpLoad.start(running.lab().client(), RunningLab.HTTP_TARGET, 4, 1, 100).join();
        assertThat(tally.failures()).isEmpty();
        assertThat(tally.answered()).isEqualTo(100);
        assertThat(next.stop()).isZero();
    }

    private void killDataPlane()
    {
        final ProcessHandle process = dataPlane().orElseThrow();
        process.destroyForcibly();
        Await.until("another data plane", RunningLab.LIMIT,
            () -> dataPlane().map(other -> other.pid() != process.pid()).orElse(false));
    }

    private void awaitSpare()
    {
        Await.until(() -> "a data plane stands by: " + running.headrace().process().output(), RunningLab.LIMIT,
            () -> lastIndexOf("event=dataplane-stands-by") > lastIndexOf("headrace: data plane ended"));
    }

    private int lastIndexOf(final String text)
    {
        return running.headrace().process().output().lastIndexOf(text);
    }

    private void awaitAnswers(final HttpLoad http)
    {
        final long enough = http.tally().answered() + ANSWERS_BETWEEN;
        Await.until(() -> "answers: " + http.tally().failures(), RunningLab.LIMIT,
            () -> http.tally().answered() >= enough);
    }

    private void awaitEchoes()
    {
        final long enough = echo.tally().answered() + 50;
        Await.until(() -> "echoes: " + echo.tally().failures(), RunningLab.LIMIT,
            () -> echo.tally().answered() >= enough);
    }

    private void assertNoEchoFailed()
    {
        echo.close();
        assertThat(echo.tally().failures()).as("seed=%d", SEED).isEmpty();
    }

    /** The one that forwards, by what it says itself. */
    private Optional<ProcessHandle> dataPlane()
    {
        try (CountersFile counters = running.headrace().counters())
        {
            return ProcessHandle.of(counters.pid());
        }
    }

    private List<ProcessHandle> descendants()
    {
        return ProcessHandle.of(running.headrace().process().pid()).orElseThrow().descendants().toList();
    }
}
