package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two workers: whichever of them the interface gives a packet to, both directions of a connection meet at one. */
@NeedsLab
class SeveralWorkersIT
{
    private static final int WORKERS = 2;
    private static final int REQUESTS = 5_000;
    private static final int KEPT_CONNECTIONS = 200;

    private RunningLab running;

    @BeforeEach
    void start()
    {
        running = RunningLab.start(WORKERS, config -> config.workers(0, 1).usual());
    }

    @AfterEach
    void stop()
    {
        running.close();
    }

    @Test
    void shouldBalanceWithoutAnError()
    {
        final var client = running.lab().client();
        final Tally http = HttpLoad.start(client, RunningLab.HTTP_TARGET, 8, 1, REQUESTS).join();
        final Tally http6 = HttpLoad.start(client, RunningLab.HTTP_TARGET6, 8, 20, REQUESTS).join();
        final Tally dns = DnsLoad.start(client, RunningLab.DNS_TARGET, 4, 10, REQUESTS).join();

        assertThat(http.failures()).isEmpty();
        assertThat(http6.failures()).isEmpty();
        assertThat(dns.failed()).isZero();
        running.assertConservation();
        try (CountersFile counters = running.headrace().counters())
        {
            assertThat(counters.workers()).isEqualTo(WORKERS);
            for (int worker = 0; worker < WORKERS; worker++)
            {
                // A share that chance alone does not explain would be far from the half of 5 000 connections.
                assertThat(counters.get(worker, WorkerCounter.CREATED)).as("worker %d", worker)
                    .isGreaterThan(REQUESTS / 3);
            }
        }
        // An answer that met the wrong worker would have found no connection there.
        assertThat(running.sum(WorkerCounter.PASSED)).as(() -> running.headrace().ctl("stats")).isZero();
        assertThat(running.sum(WorkerCounter.ANSWERED_RESET)).isZero();
    }

    @Test
    void shouldLoseNoConnectionWhenTheDataPlaneIsKilled()
    {
        final HttpLoad http = HttpLoad.start(
            running.lab().client(), RunningLab.HTTP_TARGET, KEPT_CONNECTIONS, Integer.MAX_VALUE, Long.MAX_VALUE);
        awaitAnswers(http);
        Await.until(() -> "a data plane stands by: " + running.headrace().process().output(), RunningLab.LIMIT,
            () -> running.headrace().process().output().contains("event=dataplane-stands-by"));
        final long pid = dataPlanePid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Await.until("another data plane", RunningLab.LIMIT, () -> dataPlanePid() != pid);
        awaitAnswers(http);

        final Tally tally = http.stop();
        assertThat(tally.failures()).isEmpty();
        assertThat(tally.connections().values().stream().mapToLong(Long::longValue).sum())
            .as("nobody had to connect again").isEqualTo(KEPT_CONNECTIONS);
        running.assertConservation();
    }

    private static void awaitAnswers(final HttpLoad http)
    {
        final long enough = http.tally().answered() + REQUESTS;
        Await.until(() -> "answers: " + http.tally().failures(), RunningLab.LIMIT,
            () -> http.tally().answered() >= enough);
    }

    private long dataPlanePid()
    {
        try (CountersFile counters = running.headrace().counters())
        {
            return counters.pid();
        }
    }
}
