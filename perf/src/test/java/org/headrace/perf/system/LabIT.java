package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.NftablesBalancer;
import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.LatencyProbe;
import org.headrace.perf.load.Tally;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The laboratory itself, with the kernel's balancer in the middle: what fails here is not Headrace's fault.
 */
@NeedsLab
class LabIT
{
    private static final int REQUESTS = 300;

    private static Lab lab;

    @BeforeAll
    static void lay()
    {
        lab = Lab.create();
        NftablesBalancer.start(lab, LabNetwork.SERVERS);
    }

    @AfterAll
    static void remove()
    {
        if (lab != null)
        {
            lab.close();
            assertThat(Files.exists(lab.directory())).isFalse();
            assertThat(Files.exists(Path.of(lab.client().path()))).isFalse();
        }
    }

    @Test
    void shouldBalanceShortHttpConnectionsInTurn()
    {
        final Tally tally = HttpLoad.start(
            lab.client(), new InetSocketAddress(LabNetwork.VIP, 80), 4, 1, REQUESTS).join();

        assertThat(tally.failures()).isEmpty();
        assertThat(tally.answered()).isEqualTo(REQUESTS);
        assertThat(tally.connections().values()).allMatch(count -> count == REQUESTS / LabNetwork.SERVERS);
    }

    @Test
    void shouldReachServersOverIpv6()
    {
        final Tally http = HttpLoad.start(
            lab.client(), new InetSocketAddress(LabNetwork.VIP6, 80), 2, 10, REQUESTS).join();
        final Tally dns = DnsLoad.start(
            lab.client(), new InetSocketAddress(LabNetwork.VIP6, 53), 2, 10, REQUESTS).join();

        assertThat(http.failures()).isEmpty();
        assertThat(dns.failures()).isEmpty();
        assertThat(dns.requests()).hasSize(LabNetwork.SERVERS);
    }

    @Test
    void shouldAnswerRealTools()
    {
        assertThat(lab.client().check("curl", "-sS", "http://" + LabNetwork.VIP + "/")).startsWith("server");
        assertThat(lab.client().check("dig", "@" + LabNetwork.VIP, "who.lab", "TXT", "+short")).startsWith("\"server");
    }

    @Test
    void shouldMeasureRoundTrips()
    {
        final LatencyProbe probe = LatencyProbe.start(
            lab.client(), new InetSocketAddress(LabNetwork.serverAddress(1), LabServers.DNS_PORT));
        try (probe)
        {
            Await.until("100 round trips", Duration.ofSeconds(10), () -> probe.tally().answered() >= 100);
        }

        assertThat(probe.tally().failures()).isEmpty();
        assertThat(probe.interval().getValueAtPercentile(50)).isPositive();
    }
}
