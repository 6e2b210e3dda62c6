package org.headrace.perf.peers;

import org.headrace.perf.lab.AgentSocket;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.load.PacketGenerator;
import org.headrace.perf.load.SilenceProbe;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file with a thousand more services of a hundred servers each: from the request to read it to the first answer of
 * one of them, while packets of another service are counted on both sides.
 */
final class GenerationWork implements Work
{
    /** Milliseconds from the request to the first answer. */
    static final String MILLIS = "ms";
    /** Packets of a service that was there before and that did not arrive. */
    static final String LOST = "lost";
    /** Of those lost, packets that found the link's ring full before the balancer's interface saw them. */
    static final String LOST_BEFORE = "lost-before";
    /** Of those lost, packets that found the worker's receive ring full. */
    static final String LOST_IN_RING = "lost-in-ring";
    /** Packets of that service that were sent. */
    static final String SENT = "sent";

    private static final int SERVICES = 1_000;
    private static final int SERVERS = 100;
    private static final int FIRST_PORT = 2_000;
    private static final int FIRST_SERVER_PORT = 20_000;
    private static final String ADDRESS = "10.99.1.1";
    private static final long PACKETS_PER_SECOND = 20_000;
    private static final int FLOWS = 1_024;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final double NS_PER_MS = 1e6;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public String title()
    {
        return "a generation of 1 000 services with 100 servers each";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return 8;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Lab lab = turn.lab();
        final HeadraceInstance headrace = turn.running().headrace().orElseThrow();
        append(lab, services());
        final InetSocketAddress last = new InetSocketAddress(ADDRESS, FIRST_PORT + SERVICES - 1);
        try (AgentSocket agent = new AgentSocket(lab.runtimeDirectory());
            SilenceProbe probe = SilenceProbe.start(lab.client(), last);
            Traffic traffic = new Traffic(lab, turn.running().target()))
        {
            turn.measure(_ ->
            {
                final long droppedBefore = dropped(lab);
                final long overrunBefore = overrun(headrace);
                final long startNs = System.nanoTime();
                final JsonNode answer = reload(agent);
                if (!answer.path("ok").asBoolean())
                {
                    throw new LabException("reload: " + answer);
                }
                Await.until(() -> "an answer of the last service:\n" + headrace.process().output(), LIMIT,
                    () -> probe.firstAnswerNs() != 0);
                final double millis = (probe.firstAnswerNs() - startNs) / NS_PER_MS;
                traffic.finish();
                return Map.of(MILLIS, millis, SENT, (double)traffic.sent(), LOST, (double)traffic.lost(),
                    LOST_BEFORE, (double)(dropped(lab) - droppedBefore),
                    LOST_IN_RING, (double)(overrun(headrace) - overrunBefore));
            });
        }
    }

    /** A veth has 256 places for redirected frames, and drops what finds none. */
    private static long dropped(final Lab lab)
    {
        return JSON.readTree(lab.balancer().check("ip", "-s", "-j", "link", "show", "dev", LabNetwork.CLIENT_LINK))
            .path(0).path("stats64").path("rx").path("dropped").asLong();
    }

    private static long overrun(final HeadraceInstance headrace)
    {
        try (CountersFile counters = headrace.counters())
        {
            return counters.get(0, WorkerCounter.RING_OVERRUN);
        }
    }

    /** An agent that is out of memory does not answer. */
    private static JsonNode reload(final AgentSocket agent)
    {
        final FutureTask<JsonNode> answer = new FutureTask<>(() -> agent.ask("{\"request\": \"reload\"}"));
        Thread.ofPlatform().daemon().name("reload").start(answer);
        Await.until("an answer of the agent to a reload", LIMIT, answer::isDone);
        return answer.resultNow();
    }

    private static void append(final Lab lab, final String text)
    {
        try
        {
            final var file = HeadraceInstance.configFile(lab);
            Files.writeString(file, Files.readString(file) + text);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /** Of each service one server exists; the others, which nobody asks, have weight 0. */
    private static String services()
    {
        final StringBuilder text = new StringBuilder("""
              - name: many
                address: %s
                manage-address: true
                listeners:
            """.formatted(ADDRESS));
        for (int service = 0; service < SERVICES; service++)
        {
            text.append("""
                      - name: many-%d
                        protocol: udp
                        port: %d
                        scheduler: wrr
                        health: {type: none}
                        servers:
                """.formatted(service, FIRST_PORT + service));
            for (int server = 0; server < SERVERS; server++)
            {
                text.append("          - {address: ").append(LabNetwork.serverAddress(server % LabNetwork.SERVERS + 1))
                    .append(", port: ").append(server == 0 ? LabServers.DNS_PORT : FIRST_SERVER_PORT + server)
                    .append(", weight: ").append(server == 0 ? 1 : 0).append("}\n");
            }
        }
        return text.toString();
    }

    /** Steady packets through a service that stays; nobody on the servers takes them. */
    private static final class Traffic implements AutoCloseable
    {
        private final AtomicBoolean isStopped = new AtomicBoolean();
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong lost = new AtomicLong();
        private final Thread thread;

        Traffic(final Lab lab, final Target target)
        {
            final PacketGenerator generator = new PacketGenerator(
                lab.client(), LabNetwork.HOST_LINK, UdpFrame.to(target, target.dnsOne()), FLOWS);
            final NftCounter counter = NftCounter.install(lab.server(1), LabServers.DNS_PORT, 64 - 14);
            thread = Thread.ofPlatform().daemon().name("steady-traffic").start(() ->
            {
                while (!isStopped.get())
                {
                    sent.addAndGet(generator.run(Setting.loadCpu(), PACKETS_PER_SECOND, STEP_NS));
                }
                Await.holdsWithin(Duration.ofSeconds(2), () -> counter.packets() >= sent.get());
                lost.set(sent.get() - counter.packets());
                counter.close();
            });
        }

        long sent()
        {
            return sent.get();
        }

        long lost()
        {
            return lost.get();
        }

        @Override
        public void close()
        {
            finish();
        }

        void finish()
        {
            isStopped.set(true);
            Await.until("the end of the traffic", LIMIT, () -> !thread.isAlive());
        }
    }
}
