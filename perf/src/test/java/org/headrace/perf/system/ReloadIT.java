package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabProcess;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpConnection;
import org.headrace.perf.load.HttpLoad;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A reload that takes a listener away leaves everything else as it was: long downloads, kept connections, new ones.
 */
@NeedsLab
class ReloadIT
{
    private static RunningLab running;

    @BeforeAll
    static void start()
    {
        running = RunningLab.startUsual();
    }

    @AfterAll
    static void stop()
    {
        if (running != null)
        {
            running.close();
        }
    }

    @Test
    void shouldLeaveOthersUntouchedWhenAListenerGoes()
    {
        final LabProcess iperf = running.lab().start("iperf3-client", running.lab().client(), List.of(
            "iperf3", "-c", RunningLab.HTTP_TARGET.getHostString(), "-p", "" + LabServers.IPERF_PORT, "-t", "6"));
        final CompletableFuture<Long> download = new CompletableFuture<>();
        running.lab().client().start("download", () -> download(download));
        try (HttpLoad kept = HttpLoad.start(
            running.lab().client(), RunningLab.HTTP_TARGET, 4, 50, Long.MAX_VALUE))
        {
            Await.until("traffic", RunningLab.LIMIT, () -> kept.tally().answered() > 500);
            HeadraceInstance.writeConfig(running.lab(), withoutDns());
            running.headrace().ctl("reload");

            assertThat(running.headrace().json("services").size()).isEqualTo(4);
            final long answered = kept.tally().answered();
            Await.until("more traffic", RunningLab.LIMIT, () -> kept.tally().answered() > answered + 1_000);
            assertThat(kept.stop().failures()).isEmpty();
        }
        // Nobody is behind the address and port any more: the kernel, whose address it is, says so.
        assertThat(DnsLoad.start(running.lab().client(), RunningLab.DNS_TARGET, 1, 1, 1).join().failed()).isEqualTo(1);
        assertThat(download.join()).isEqualTo(LabServers.LARGE_FILE);
        assertThat(iperf.awaitExit(RunningLab.LIMIT)).as(iperf.output()).isZero();
        running.assertConservation();

        HeadraceInstance.writeConfig(running.lab(), new HeadraceConfig(running.lab()).usual());
        Processes.hangUp(running.headrace().process().pid());
        Await.until("the listener is back", RunningLab.LIMIT, () ->
            DnsLoad.start(running.lab().client(), RunningLab.DNS_TARGET, 1, 1, 1).join().answered() == 1);
    }

    private static HeadraceConfig withoutDns()
    {
        final int iperf = LabServers.IPERF_PORT;
        return new HeadraceConfig(running.lab())
            .listener("http", "tcp", 80, LabServers.HTTP_PORT, "wrr", List.of(100, 50, 50))
            .listener("bulk", "tcp", iperf, iperf, "rr", List.of(1));
    }

    private static void download(final CompletableFuture<Long> result)
    {
        try (HttpConnection connection = new HttpConnection(RunningLab.HTTP_TARGET))
        {
            result.complete(connection.get("/slow/large", true, null));
        }
        catch (final Exception e)
        {
            result.completeExceptionally(e);
        }
    }
}
