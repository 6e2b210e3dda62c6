package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.ServiceCounters;
import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpConnection;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * Real clients, real servers: every request is answered, by the server whose turn it is.
 */
@NeedsLab
class TrafficIT
{
    private static final long REQUESTS = Long.getLong("headrace.test.requests", 100_000);
    private static final int CLIENTS = 16;
    private static final int REQUESTS_PER_CONNECTION = 100;

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

    @AfterEach
    void everyPacketIsCountedOnce()
    {
        running.assertConservation();
        assertThat(running.sum(WorkerCounter.RING_OVERRUN)).as("lost before the worker").isZero();
    }

    @Test
    void shouldAnswerEveryRequestOverShortConnections()
    {
        assertAllAnswered(HttpLoad.start(
            running.lab().client(), RunningLab.HTTP_TARGET, CLIENTS, 1, REQUESTS / 2).join(), REQUESTS / 2);
    }

    @Test
    void shouldAnswerEveryRequestOverKeptConnections()
    {
        assertAllAnswered(HttpLoad.start(running.lab().client(), RunningLab.HTTP_TARGET, CLIENTS,
            REQUESTS_PER_CONNECTION, REQUESTS / 2).join(), REQUESTS / 2);
    }

    @Test
    void shouldAnswerEveryRequestOverIpv6()
    {
        assertAllAnswered(HttpLoad.start(
            running.lab().client(), RunningLab.HTTP_TARGET6, CLIENTS, 1, REQUESTS / 10).join(), REQUESTS / 10);
    }

    @Test
    void shouldAnswerEveryQuestionOverUdp()
    {
        assertAllQuestionsAnswered("udp/" + LabNetwork.VIP + ":53", RunningLab.DNS_TARGET, REQUESTS / 5);
    }

    @Test
    void shouldAnswerEveryQuestionOverUdpAndIpv6()
    {
        assertAllQuestionsAnswered(
            "udp/[" + LabNetwork.VIP6 + "]:53", RunningLab.DNS_TARGET6, REQUESTS / 10);
    }

    @Test
    void shouldAnswerRealTools()
    {
        final var client = running.lab().client();

        assertThat(client.check("curl", "-sS", "http://" + LabNetwork.VIP + "/")).startsWith("server");
        assertThat(client.check("curl", "-sS", "http://[" + LabNetwork.VIP6 + "]/")).startsWith("server");
        assertThat(client.check("dig", "@" + LabNetwork.VIP, "who.lab", "TXT", "+short", "+tries=1"))
            .startsWith("\"server");
        assertThat(client.check("dig", "@" + LabNetwork.VIP6, "who.lab", "TXT", "+short", "+tries=1"))
            .startsWith("\"server");
    }

    @Test
    void shouldLetTheKernelAnswerEchoToVirtualAddresses()
    {
        final var client = running.lab().client();

        for (final String address : new String[]{LabNetwork.VIP, LabNetwork.VIP6})
        {
            assertThat(client.check("ping", "-c", "3", "-i", "0.2", "-W", "2", address)).contains(" 0% packet loss");
        }
    }

    @Test
    void shouldCarryLargeFilesUnharmed()
    {
        final String direct = digest(LabNetwork.serverAddress(1), true);

        assertThat(digest(LabNetwork.VIP, false)).isEqualTo(direct);
        assertThat(digest(LabNetwork.VIP6, false)).isEqualTo(direct);
    }

    @Test
    void shouldCarryBulkInBothDirections()
    {
        final String port = Integer.toString(LabServers.IPERF_PORT);
        for (final String direction : new String[]{"--verbose", "--reverse"})
        {
            assertThat(running.lab().client().check(
                "iperf3", "-c", LabNetwork.VIP, "-p", port, "-n", "500M", direction)).contains("receiver");
        }
        assertThat(running.lab().client().check(
            "iperf3", "-c", LabNetwork.VIP, "-p", port, "-u", "-b", "50M", "-t", "1")).contains(" (0%)");
    }

    @Test
    void shouldShowInJsonWhatItCounted()
    {
        final JsonNode stats = running.headrace().json("stats").path("workers");
        final JsonNode services = running.headrace().json("services");

        assertThat(stats.size()).isEqualTo(1);
        assertThat(stats.get(0).path("received").isIntegralNumber()).isTrue();
        assertThat(stats.get(0).path("dropped").isObject()).isTrue();
        assertThat(services.size()).isEqualTo(8);
        assertThat(running.headrace().json("status").path("ready").asBoolean()).isTrue();
    }

    private static String digest(final String address, final boolean isDirect)
    {
        // Straight from a server by a program on its own host, to compare with.
        return (isDirect ? running.lab().server(1) : running.lab().client()).call(() ->
        {
            final InetSocketAddress target = new InetSocketAddress(address, isDirect ? LabServers.HTTP_PORT : 80);
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (HttpConnection connection = new HttpConnection(target))
            {
                assertThat(connection.get("/files/large", true, digest)).isEqualTo(LabServers.LARGE_FILE);
            }
            return HexFormat.of().formatHex(digest.digest());
        });
    }

    // A client may come back to a source port whose connection the table still knows: the counters tell.
    private static void assertAllQuestionsAnswered(
        final String service, final InetSocketAddress target, final long requests)
    {
        try (CountersFile counters = running.headrace().counters())
        {
            final ServiceCounters found = ServiceCounters.find(counters, service);
            final long[] before = found.all(ServerCounter.CONNECTIONS);
            final Tally tally = DnsLoad.start(running.lab().client(), target, 4, 10, requests).join();
            final long[] after = found.all(ServerCounter.CONNECTIONS);

            assertThat(tally.failures()).isEmpty();
            assertThat(tally.answered()).isEqualTo(requests);
            assertShares(after[0] - before[0], after[1] - before[1], after[2] - before[2]);
        }
    }

    private static void assertAllAnswered(final Tally tally, final long requests)
    {
        assertThat(tally.failures()).isEmpty();
        assertThat(tally.answered()).isEqualTo(requests);
        final Map<String, Long> connections = tally.connections();
        assertShares(connections.get("server1"), connections.get("server2"), connections.get("server3"));
    }

    private static void assertShares(final long first, final long second, final long third)
    {
        final double unit = (first + second + third) / 4.0;
        assertThat((double)first).isCloseTo(2 * unit, within(1.0));
        assertThat((double)second).isCloseTo(unit, within(1.0));
        assertThat((double)third).isCloseTo(unit, within(1.0));
    }
}
