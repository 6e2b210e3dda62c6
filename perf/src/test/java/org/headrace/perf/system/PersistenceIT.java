package org.headrace.perf.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.store.TemplateStore;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.DnsMessage;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Clients keep their servers over new connections, whatever dies in between: data plane, agent, both, and the host.
 */
@NeedsLab
class PersistenceIT
{
    private static final int TIMEOUT_MS = 3_000;
    private static final int QUIESCENT_PORT = 81;
    private static final int MILLION = 1_000_000;
    private static final int ROUNDS = 4;
    private static final List<Integer> EVEN = List.of(1, 1, 1);
    private static final String SERVER1 = LabNetwork.serverAddress(1) + ":" + LabServers.HTTP_PORT;

    private Lab lab;
    private HeadraceInstance headrace;

    @AfterEach
    void stop()
    {
        lab.close();
    }

    @Test
    void shouldKeepClientsAtTheirServersWhateverDies()
    {
        start("{timeout: 1h}");
        final Map<String, String> servers = assertThatClientsStay(askAll());
        assertThat(new HashSet<>(servers.values())).as("clients are spread").hasSizeGreaterThan(1);

        final JsonNode list = headrace.json("persistence", "--all");
        assertThat(list.size()).as(list.toString()).isEqualTo(servers.size());
        assertThat(headrace.json("persistence", "--client", LabNetwork.clientAddress(0)).size()).isEqualTo(2);
        assertThat(headrace.json("persistence", "--service", RunningLab.HTTP, "--limit", "3").size()).isEqualTo(3);
        awaitStored(servers.size());

        Processes.dataPlane(headrace).destroyForcibly();
        awaitForwarding();
        assertThat(askAll()).as("after the data plane's death").isEqualTo(servers);

        Processes.agent(headrace).destroyForcibly();
        assertThat(askAll()).as("after the agent's death").isEqualTo(servers);
        awaitStored(servers.size());

        final ProcessHandle agent = Processes.agent(headrace);
        Processes.dataPlane(headrace).destroyForcibly();
        agent.destroyForcibly();
        awaitForwarding();
        assertThat(askAll()).as("after the death of both").isEqualTo(servers);
        awaitStored(servers.size());

        loseEverythingButTheStore();
        headrace = HeadraceInstance.start(lab, config("{timeout: 1h}"));
        assertThat(askAll()).as("after a reboot").isEqualTo(servers);
    }

    @Test
    void shouldLetADrainedServerKeepItsClientsUnlessConfigured()
    {
        lab = Lab.create();
        headrace = HeadraceInstance.start(lab, new HeadraceConfig(lab)
            .persistence("{timeout: 1h}")
            .listener("http", "tcp", 80, LabServers.HTTP_PORT, "rr", EVEN)
            .persistence("{timeout: 1h, expire-quiescent: true}")
            .listener("moving", "tcp", QUIESCENT_PORT, LabServers.HTTP_PORT, "rr", EVEN));
        final Map<String, String> staying = ask(80);
        final Map<String, String> moving = ask(QUIESCENT_PORT);
        assertThat(staying.values()).contains("server1");
        assertThat(moving.values()).contains("server1");

        headrace.ctl("drain", RunningLab.HTTP, SERVER1);
        headrace.ctl("drain", "tcp/" + LabNetwork.VIP + ":" + QUIESCENT_PORT, SERVER1);

        assertThat(ask(80)).isEqualTo(staying);
        final Map<String, String> moved = ask(QUIESCENT_PORT);
        moving.forEach((client, server) ->
        {
            if ("server1".equals(server))
            {
                assertThat(moved.get(client)).as(client).isNotEqualTo("server1");
            }
            else
            {
                assertThat(moved.get(client)).as(client).isEqualTo(server);
            }
        });
        headrace.ctl("undrain", "tcp/" + LabNetwork.VIP + ":" + QUIESCENT_PORT, SERVER1);
        assertThat(ask(QUIESCENT_PORT)).as("a new choice is for good").isEqualTo(moved);
    }

    @Test
    void shouldTakeClientsOfOnePrefixAsOne()
    {
        start("{timeout: 1h, mask: 24}");
        final Map<String, String> servers = askAll();
        final Set<String> http = new HashSet<>();
        final Set<String> http6 = new HashSet<>();
        final Set<String> dns = new HashSet<>();
        servers.forEach((client, server) ->
            (client.startsWith("dns") ? dns : client.contains(":") ? http6 : http).add(server));
        assertThat(List.of(http.size(), http6.size(), dns.size())).containsExactly(1, 1, 1);
        assertThat(headrace.json("persistence").size()).isEqualTo(3);
        assertThat(headrace.ctl("persistence")).contains("10.1.0.0/24").contains("EXPIRES");
    }

    /** The store is filled as an agent of former times has left it; how long it takes is printed, and not judged. */
    @Test
    void shouldLoadAMillionTemplatesBack() throws IOException
    {
        lab = Lab.create();
        final long expiresMs = System.currentTimeMillis() + TimeUnit.HOURS.toMillis(1);
        try (TemplateStore store = TemplateStore.open(lab.directory().resolve("store"), MILLION))
        {
            for (int i = 0; i < MILLION - LabNetwork.CLIENT_ADDRESSES; i++)
            {
                assertThat(store.put(template(IpAddress.ofIpv4(0x0B00_0000 + i), i, expiresMs))).isTrue();
            }
            for (int i = 0; i < LabNetwork.CLIENT_ADDRESSES; i++)
            {
                store.put(template(IpAddress.parse(LabNetwork.clientAddress(i)), i, expiresMs));
            }
        }
        headrace = HeadraceInstance.start(lab, config("{timeout: 1h}"));
        headrace.process().output().lines().filter(line -> line.contains("event=templates-restored"))
            .forEach(System.out::println);
        for (int i = 0; i < LabNetwork.CLIENT_ADDRESSES; i++)
        {
            assertThat(http(LabNetwork.clientAddress(i), RunningLab.HTTP_TARGET)).isEqualTo("server" + (1 + i % 3));
        }
        Await.until(() -> "a million templates: " + headrace.ctl("stats"), RunningLab.LIMIT, () ->
        {
            try (CountersFile counters = headrace.counters())
            {
                // All but the few whose bucket was full.
                return counters.get(0, WorkerCounter.PERSISTENCE_RESTORED) > MILLION - MILLION / 500 &&
                    counters.get(0, WorkerCounter.PERSISTENCE_TEMPLATES) > MILLION - MILLION / 500;
            }
        });
    }

    private static TemplateSnapshot template(final IpAddress client, final int number, final long expiresMs)
    {
        return new TemplateSnapshot(ServiceKey.parse(RunningLab.HTTP), client, IpAddress.MAX_PREFIX,
            Endpoint.parse(LabNetwork.serverAddress(1 + number % 3) + ":" + LabServers.HTTP_PORT), expiresMs);
    }

    private void start(final String persistence)
    {
        lab = Lab.create();
        headrace = HeadraceInstance.start(lab, config(persistence));
    }

    private HeadraceConfig config(final String persistence)
    {
        return new HeadraceConfig(lab)
            .persistence(persistence)
            .listener("http", "tcp", 80, LabServers.HTTP_PORT, "rr", EVEN)
            .listener("dns", "udp", 53, LabServers.DNS_PORT, "rr", EVEN);
    }

    private Map<String, String> assertThatClientsStay(final Map<String, String> servers)
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            assertThat(askAll()).as("round %d", round).isEqualTo(servers);
        }
        return servers;
    }

    /** Who answers each client, over TCP on both families and over UDP. */
    private Map<String, String> askAll()
    {
        final Map<String, String> servers = new LinkedHashMap<>(ask(80));
        for (int i = 0; i < LabNetwork.CLIENT_ADDRESSES; i++)
        {
            final String client6 = LabNetwork.clientAddress6(i);
            servers.put(client6, http(client6, RunningLab.HTTP_TARGET6));
            final String client = LabNetwork.clientAddress(i);
            servers.put("dns " + client, dns(client));
        }
        return servers;
    }

    private Map<String, String> ask(final int port)
    {
        final Map<String, String> servers = new LinkedHashMap<>();
        for (int i = 0; i < LabNetwork.CLIENT_ADDRESSES; i++)
        {
            final String client = LabNetwork.clientAddress(i);
            servers.put(client, http(client, new InetSocketAddress(LabNetwork.VIP, port)));
        }
        return servers;
    }

    private String http(final String client, final InetSocketAddress target)
    {
        return lab.client().call(() ->
        {
            try (Socket socket = new Socket())
            {
                socket.bind(new InetSocketAddress(client, 0));
                socket.setSoTimeout(TIMEOUT_MS);
                socket.connect(target, TIMEOUT_MS);
                socket.getOutputStream().write(
                    "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
                final String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                return answer.substring(answer.indexOf("\r\n\r\n") + 4).strip();
            }
        });
    }

    private String dns(final String client)
    {
        return lab.client().call(() ->
        {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(client, 0)))
            {
                socket.setSoTimeout(TIMEOUT_MS);
                final ByteBuffer query = ByteBuffer.allocate(DnsMessage.MAX_LENGTH);
                DnsMessage.putQuery(query, 1, "who");
                socket.send(new DatagramPacket(query.array(), query.limit(), RunningLab.DNS_TARGET));
                final byte[] answer = new byte[DnsMessage.MAX_LENGTH];
                final DatagramPacket packet = new DatagramPacket(answer, answer.length);
                socket.receive(packet);
                return DnsMessage.text(ByteBuffer.wrap(answer, 0, packet.getLength()), 1);
            }
        });
    }

    private void awaitForwarding()
    {
        final String client = LabNetwork.clientAddress(0);
        Await.until("the data plane forwards again", RunningLab.LIMIT, () ->
        {
            try
            {
                return http(client, RunningLab.HTTP_TARGET).startsWith("server");
            }
            catch (final RuntimeException _)
            {
                return false;
            }
        });
    }

    /** Waits until an agent is there whose store has all templates and that has told the data plane of them. */
    private void awaitStored(final int count)
    {
        Await.until(
            () -> "templates are stored: " + headrace.tryCtl("--json", "status").output(), RunningLab.LIMIT, () ->
            {
                final JsonNode store = headrace.json("status").path("agent").path("persistenceStore");
                return store.path("inStep").asBoolean() && store.path("templates").asInt() >= count;
            });
    }

    /** What a power cut leaves, but for the kernel, which stays up here. */
    private void loseEverythingButTheStore()
    {
        final ProcessHandle run = ProcessHandle.of(headrace.process().pid()).orElseThrow();
        final List<ProcessHandle> all = Stream.concat(Stream.of(run), run.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("all processes have ended", RunningLab.LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
        try (Stream<Path> files = Files.walk(lab.runtimeDirectory()))
        {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
            {
                Files.delete(file);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
