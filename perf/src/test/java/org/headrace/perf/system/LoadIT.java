package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.generate.LoadTool;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabProcess;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.NetworkNamespace;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The load generator as an operator runs it, through Headrace: what it says and what Headrace has counted is the same.
 */
@NeedsLab
class LoadIT
{
    private static final long CONNECTIONS = 20_000;
    private static final long HELD = 5_000;

    private static RunningLab running;
    private static LabProcess answerer;

    @BeforeAll
    static void setUp()
    {
        running = RunningLab.start(config -> config.usual());
        running.lab().balancer().check("ethtool", "-K", LabNetwork.CLIENT_LINK, "gro", "on");
        final List<String> line = LabServers.javaCommand(LoadTool.class.getName());
        line.addAll(List.of("answer", "--netns", String.join(",", servers()),
            "--port", Integer.toString(LabServers.HTTP_PORT), "--response", "100"));
        answerer = running.lab().start("answer", running.lab().client(), line);
        Await.until(answerer::output, RunningLab.LIMIT, () -> answerer.output().contains("ready"));
    }

    @AfterAll
    static void tearDown()
    {
        if (running != null)
        {
            running.close();
        }
    }

    private static List<String> servers()
    {
        final List<String> names = new ArrayList<>();
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            names.add(running.lab().server(server).name());
        }
        return names;
    }

    @Test
    void shouldOpenAsManyConnectionsAsHeadraceCounts()
    {
        final long before = running.sum(WorkerCounter.CREATED);
        final JsonNode result = load("connections", "--target", LabNetwork.VIP + ":80", "--source", "10.16.0.0/16",
            "--count", Long.toString(CONNECTIONS), "--concurrent", "500", "--request", "50", "--response", "100");
        assertThat(result.path("established").asLong()).isEqualTo(CONNECTIONS);
        assertThat(result.path("completed").asLong()).isEqualTo(CONNECTIONS);
        assertThat(result.path("failed").asLong()).isZero();
        assertThat(result.path("handshake").path("count").asLong()).isEqualTo(CONNECTIONS);
        assertCreated(before, CONNECTIONS);
        running.assertConservation();
    }

    @Test
    void shouldHoldConnectionsOfIpv6AtTheSameTime()
    {
        final long before = running.sum(WorkerCounter.CREATED);
        final JsonNode result = load("connections", "--target", "[" + LabNetwork.VIP6 + "]:80",
            "--source", "fd00:1::1:0/112", "--count", Long.toString(HELD), "--concurrent", Long.toString(HELD),
            "--rate", "5k", "--hold", "4s");
        assertThat(result.path("completed").asLong()).isEqualTo(HELD);
        assertThat(result.path("mostStanding").asLong()).isGreaterThan(HELD / 2);
        assertCreated(before, HELD);
    }

    @Test
    void shouldMeasureRequestsAtTheRateThatItIsTold()
    {
        final JsonNode dns = load("latency", "--protocol", "dns", "--target", LabNetwork.VIP + ":53",
            "--rate", "500", "--warm-up", "500ms", "--duration", "2s");
        assertThat(dns.path("answered").asLong()).isEqualTo(1_250);
        assertThat(dns.path("latency").path("count").asLong()).isEqualTo(1_000);
        assertThat(dns.path("latency").path("p50Ns").asLong()).isPositive();
    }

    @Test
    void shouldCountThePacketsThatArrive()
    {
        final long before = running.sum(WorkerCounter.RECEIVED);
        final String link = running.lab().balancer().name() + ":" + LabNetwork.CLIENT_LINK;
        for (final String size : List.of("64", "imix"))
        {
            for (final boolean isIpv6 : new boolean[]{false, true})
            {
                final JsonNode result = load("packets",
                    "--target", isIpv6 ? "[" + LabNetwork.VIP6 + "]:53" : LabNetwork.VIP + ":53",
                    "--source", isIpv6 ? "fd00:1::2:0/116" : "10.17.0.0/20", "--flows", "8192", "--rate", "5k",
                    "--duration", "500ms", "--size", size, "--received", link, "--cpu", "0");
                assertThat(result.path("sentPackets").asLong()).isBetween(2_000L, 10_000L);
                // Neighbour discovery may add a packet or two.
                assertThat(result.path("receivedPackets").asLong()).isBetween(
                    result.path("sentPackets").asLong(), result.path("sentPackets").asLong() + 10);
            }
        }
        assertThat(running.sum(WorkerCounter.RECEIVED)).isGreaterThan(before);
        // What was sent had right checksums: Headrace only mends them, and the servers' kernels look at them.
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            assertThat(wrongChecksums(running.lab().server(server))).isZero();
        }
    }

    @Test
    void shouldLeaveNoSilenceBehind()
    {
        load("connections", "--target", LabNetwork.VIP + ":80", "--source", "10.18.0.0/24", "--count", "10");
        assertThat(running.lab().client().check("nft", "list", "tables")).doesNotContain("headrace_load");
    }

    /** Workers show how many connections they have made ten times a second. */
    private static void assertCreated(final long before, final long expected)
    {
        Await.until("every connection is shown", RunningLab.LIMIT,
            () -> running.sum(WorkerCounter.CREATED) - before >= expected);
        assertThat(running.sum(WorkerCounter.CREATED) - before).isEqualTo(expected);
    }

    private static long wrongChecksums(final NetworkNamespace host)
    {
        return host.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/snmp6"))).stream()
            .filter(line -> line.startsWith("Udp6InCsumErrors")).mapToLong(LoadIT::lastNumber).sum() +
            host.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/snmp"))).stream()
                .filter(line -> line.matches("Udp: [0-9].*")).mapToLong(line -> Long.parseLong(line.split(" ")[7]))
                .sum();
    }

    private static long lastNumber(final String line)
    {
        return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1).strip());
    }

    /** Runs a command at the client; it must succeed. @return its figures. */
    private static JsonNode load(final String... arguments)
    {
        final Path file = running.lab().directory().resolve("load.json");
        final List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--netns", running.lab().client().name(), "--json", file.toString()));
        final int exitCode = LoadTool.execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true),
            all.toArray(String[]::new));
        assertThat(exitCode).as("%s", all).isZero();
        try
        {
            return new JsonMapper().readTree(Files.readString(file));
        }
        catch (final IOException e)
        {
            throw new IllegalStateException(file.toString(), e);
        }
    }
}
