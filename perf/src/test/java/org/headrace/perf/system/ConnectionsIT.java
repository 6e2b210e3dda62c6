package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.PacketGenerator;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looking at two hundred thousand connections: each is listed once, filters are right, and nobody else is disturbed.
 */
@NeedsLab
class ConnectionsIT
{
    private static final int CONNECTIONS = 200_000;
    private static final int ADDRESSES = 16;
    private static final long PACKETS_PER_SECOND = 100_000;
    private static final int REQUESTS = 2_000;

    private static RunningLab running;

    @BeforeAll
    static void fill()
    {
        running = RunningLab.start(config -> config.timeout("1h").usual());
        // Packets to a port where nobody answers: the servers only receive.
        running.lab().balancer().check("ethtool", "-K", LabNetwork.CLIENT_LINK, "gro", "on");
        final byte[] frame = Wire.requestFrom("10.16.0.0").udp(1_024, 5_201, new byte[22]).withoutChecksum().build();
        final PacketGenerator generator =
            new PacketGenerator(running.lab().client(), LabNetwork.HOST_LINK, frame, 1 << 15, ADDRESSES);
        for (int tries = 0; tries < 60 && udpConnections() < CONNECTIONS; tries++)
        {
            generator.run(0, PACKETS_PER_SECOND, TimeUnit.SECONDS.toNanos(1));
        }
        assertThat(udpConnections()).isGreaterThanOrEqualTo(CONNECTIONS);
    }

    @AfterAll
    static void tearDown()
    {
        if (running != null)
        {
            running.close();
        }
    }

    @Test
    void shouldListEachConnectionOnce()
    {
        final Set<String> seen = new HashSet<>();
        final JsonNode all = running.headrace().json("connections", "--all", "--protocol", "udp");
        for (final JsonNode connection : all)
        {
            assertThat(seen.add(connection.path("client").asString())).as("%s once", connection).isTrue();
            assertThat(connection.path("virtual").asString()).isEqualTo(LabNetwork.VIP + ":5201");
            assertThat(connection.path("state").asString()).isEqualTo("UDP");
            assertThat(connection.path("inPackets").asLong()).isPositive();
        }
        assertThat((long)seen.size()).isEqualTo(udpConnections()).isEqualTo(count("--protocol", "udp"));
        final JsonNode states = running.headrace().json("status").path("dataplane").path("states");
        assertThat(states.path(ConnectionState.UDP.name()).asLong()).isEqualTo(seen.size());
    }

    @Test
    void shouldListWhatFitsAndNothingElse()
    {
        final long all = count("--protocol", "udp");
        final JsonNode half = running.headrace().json("connections", "--all", "--client", "10.16.0.0/29");
        assertThat(half.valueStream()).allMatch(connection ->
            connection.path("client").asString().matches("10\\.16\\.0\\.[0-7]:.*"));
        assertThat((long)half.size()).isBetween(all / 4, all * 3 / 4).isEqualTo(count("--client", "10.16.0.0/29"));
        assertThat(half.size() + count("--client", "10.16.0.8/29")).isEqualTo(all);
        assertThat(count("--server", LabNetwork.serverAddress(1) + ":5201", "--state", "udp")).isEqualTo(all);
        assertThat(count("--server", LabNetwork.serverAddress(2), "--state", "udp")).isZero();
        assertThat(count("--service", "lab/bulk-udp")).isEqualTo(all);
        assertThat(count("--service", "lab/dns")).isZero();
        assertThat(count("--protocol", "udp", "--idle-longer", "1h")).isZero();
        assertThat(count("--protocol", "udp", "--idle-shorter", "1h")).isEqualTo(all);
        assertThat(running.headrace().json("connections", "--limit", "1234", "--protocol", "udp")).hasSize(1_234);
    }

    @Test
    void shouldEndQuietlyWhenItsReaderDoes() throws IOException, InterruptedException
    {
        final Process process = new ProcessBuilder(running.lab().balancer().enter(HeadraceInstance.command("ctl",
            "--directory", running.lab().runtimeDirectory().toString(), "connections", "--all")))
            .redirectError(errors().toFile()).start();
        try (BufferedReader reader = process.inputReader())
        {
            assertThat(reader.readLine()).startsWith("PROTO");
        }
        assertThat(process.waitFor(RunningLab.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(errors()).isEmptyFile();
    }

    @Test
    void shouldDisturbNeitherTrafficNorOtherCommands() throws InterruptedException
    {
        final AtomicBoolean isStopped = new AtomicBoolean();
        final AtomicBoolean isFailed = new AtomicBoolean();
        final Thread lister = Thread.ofPlatform().daemon().start(() ->
        {
            while (!isStopped.get())
            {
                isFailed.compareAndSet(false, !running.headrace().tryCtl("connections", "--all").isSuccess());
            }
        });
        try
        {
            final Tally http = HttpLoad.start(
                running.lab().client(), RunningLab.HTTP_TARGET, 4, 1, REQUESTS).join();
            assertThat(http.failed()).isZero();
            for (final String weight : List.of("7", "0", "1"))
            {
                running.headrace().ctl("weight", RunningLab.HTTP, LabNetwork.serverAddress(1) + ":8080", weight);
            }
        }
        finally
        {
            isStopped.set(true);
            lister.join();
        }
        assertThat(isFailed).isFalse();
        assertThat(running.headrace().json("status").path("ready").asBoolean()).isTrue();
    }

    private static Path errors()
    {
        return running.lab().directory().resolve("connections.err");
    }

    private static long udpConnections()
    {
        return running.sum(WorkerCounter.CONNECTIONS_UDP);
    }

    private static long count(final String... filter)
    {
        final String[] arguments = new String[filter.length + 2];
        arguments[0] = "connections";
        arguments[1] = "--count";
        System.arraycopy(filter, 0, arguments, 2, filter.length);
        return running.headrace().json(arguments).path("count").asLong();
    }
}
