package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.ServiceCounters;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * What an operator does while traffic runs, and what may happen to the agent meanwhile: no request ever fails.
 */
@NeedsLab
class OperationsIT
{
    private static final String SERVER1 = LabNetwork.serverAddress(1) + ":" + LabServers.HTTP_PORT;
    private static final String SERVER2 = LabNetwork.serverAddress(2) + ":" + LabServers.HTTP_PORT;
    private static final int CLIENTS = 8;
    private static final int ANSWERS_PER_STEP = 1_000;

    private RunningLab running;
    private HttpLoad load;

    @BeforeEach
    void start()
    {
        running = RunningLab.startUsual();
        load = HttpLoad.start(running.lab().client(), RunningLab.HTTP_TARGET, CLIENTS, 1, Long.MAX_VALUE);
        awaitMoreAnswers();
    }

    @AfterEach
    void stop()
    {
        try
        {
            final Tally tally = load.stop();
            assertThat(tally.failures()).isEmpty();
            running.assertConservation();
        }
        finally
        {
            running.close();
        }
    }

    @Test
    void shouldTakeANewWeightForTheNextConnections()
    {
        running.headrace().ctl("weight", RunningLab.HTTP, SERVER2, "100");
        awaitOpenConnectionsToSettle();
        final long[] before = connections();
        awaitMoreAnswers();
        final long[] opened = difference(connections(), before);

        final double unit = (opened[0] + opened[1] + opened[2]) / 5.0;
        // The counters are read while they move, a few connections apart.
        assertThat(opened[0] / unit).isBetween(1.9, 2.1);
        assertThat(opened[1] / unit).isBetween(1.9, 2.1);
        assertThat(opened[2] / unit).isBetween(0.9, 1.1);
    }

    @Test
    void shouldGiveADrainedServerNoNewConnectionsUntilItIsUndrained()
    {
        running.headrace().ctl("drain", RunningLab.HTTP, SERVER1);
        awaitOpenConnectionsToSettle();
        final long drained = connections()[0];
        awaitMoreAnswers();
        assertThat(connections()[0]).isEqualTo(drained);

        running.headrace().ctl("undrain", RunningLab.HTTP, SERVER1);
        awaitMoreAnswers();
        assertThat(connections()[0]).isGreaterThan(drained);
    }

    @Test
    void shouldGoOnForwardingWhileTheAgentIsStoppedAndStarted()
    {
        final ProcessHandle first = Processes.agent(running.headrace());
        first.destroy();
        Await.until("the first agent has ended", RunningLab.LIMIT, () -> !first.isAlive());
        awaitMoreAnswers();
        awaitAgentInForce();

        assertThat(Processes.agent(running.headrace()).pid()).isNotEqualTo(first.pid());
        awaitMoreAnswers();
    }

    @Test
    void shouldSurviveAgentsKilledWhileTheyPublish()
    {
        final Random random = new Random(42);
        for (int round = 0; round < 5; round++)
        {
            final int weight = 10 * (round + 1);
            HeadraceInstance.writeConfig(running.lab(),
                new HeadraceConfig(running.lab()).usual(List.of(weight, weight, weight)));
            final ProcessHandle agent = Processes.agent(running.headrace());
            Processes.hangUp(running.headrace().process().pid());
            // Anywhere between the first line read and the last message sent.
            Await.pass(Duration.ofMillis(random.nextInt(60)));
            agent.destroyForcibly();
            Await.until("the agent has ended", RunningLab.LIMIT, () -> !agent.isAlive());
            awaitMoreAnswers();
            awaitAgentInForce();
            Await.until("weights of round " + round + " in force", RunningLab.LIMIT,
                () -> weights().equals(List.of(weight, weight, weight)));
        }
    }

    @Test
    void shouldRefuseABadFileAndChangeNothing()
    {
        final long generation = generation();
        HeadraceInstance.writeConfig(running.lab(),
            new HeadraceConfig(running.lab()).listener("http", "tcp", 80, 8080, "no-such-scheduler", List.of(1)));

        final var result = running.headrace().tryCtl("reload");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors()).contains("no-such-scheduler");
        assertThat(generation()).isEqualTo(generation);
        awaitMoreAnswers();
    }

    private long generation()
    {
        return running.headrace().json("status").path("generation").asLong();
    }

    private void awaitAgentInForce()
    {
        Await.until("the agent is back", RunningLab.LIMIT, () ->
            running.headrace().json("status").path("agent").path("reachable").asBoolean());
    }

    private List<Integer> weights()
    {
        try (CountersFile counters = running.headrace().counters())
        {
            final ServiceCounters service = ServiceCounters.find(counters, RunningLab.HTTP);
            return List.of(service.weight(0), service.weight(1), service.weight(2));
        }
    }

    private long[] connections()
    {
        try (CountersFile counters = running.headrace().counters())
        {
            return ServiceCounters.find(counters, RunningLab.HTTP).all(ServerCounter.CONNECTIONS);
        }
    }

    private static long[] difference(final long[] after, final long[] before)
    {
        return new long[]{after[0] - before[0], after[1] - before[1], after[2] - before[2]};
    }

    /** Whoever was in the middle of it when the command returned has finished once each client has asked again. */
    private void awaitOpenConnectionsToSettle()
    {
        awaitAnswers(5 * CLIENTS);
    }

    private void awaitMoreAnswers()
    {
        awaitAnswers(ANSWERS_PER_STEP);
    }

    private void awaitAnswers(final int count)
    {
        final long target = load.tally().answered() + count;
        Await.until(() -> "more answers: " + load.tally(), RunningLab.LIMIT, () -> load.tally().answered() >= target);
    }
}
