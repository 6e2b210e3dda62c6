package org.headrace.perf.peers;

import org.headrace.perf.lab.AgentSocket;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Weights set over the control socket, each until the data plane says that it is in force, while requests are
 * forwarded; what the requests and the worker notice of it.
 */
final class WeightWork implements Work
{
    /** Changes of a weight per second. */
    static final String UPDATES = "updates";
    /** Worker's cycle, 99.9th percentile in microseconds, while weights are changed. */
    static final String CYCLE_WITH = "cycle-p999-with";
    /** Worker's cycle, 99.9th percentile in microseconds, while they are not. */
    static final String CYCLE_WITHOUT = "cycle-p999-without";

    /** Requests, 99.9th percentile in microseconds, while weights are changed. */
    static final String LATENCY_WITH = "latency-p999-with";
    /** Requests, 99.9th percentile in microseconds, while they are not. */
    static final String LATENCY_WITHOUT = "latency-p999-without";

    private static final int CLIENTS = 48;
    private static final int REQUESTS_PER_SECOND = 5_000;
    private static final double PERCENTILE = 0.999;
    private static final double MICRO = 1e3;

    @Override
    public String title()
    {
        return "weights changed under traffic";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return pace.warmSeconds() + 3 * (2.0 * pace.seconds() + 2.2);
    }

    @Override
    public void measure(final Turn turn)
    {
        try (CountersFile counters = turn.running().headrace().orElseThrow().counters())
        {
            final List<AgentSocket> clients = connect(turn.lab());
            try
            {
                final long warmNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(turn.pace().warmSeconds());
                change(clients, () -> System.nanoTime() - warmNs > 0);
                turn.measure(errors -> look(turn, counters, errors, CYCLE_WITHOUT, LATENCY_WITHOUT));
                turn.measure(errors ->
                {
                    final AtomicBoolean isStopped = new AtomicBoolean();
                    final FutureTask<Double> changer = new FutureTask<>(() -> change(clients, isStopped::get));
                    Thread.ofPlatform().daemon().name("weights").start(changer);
                    final Map<String, Double> figures = new HashMap<>();
                    try
                    {
                        figures.putAll(look(turn, counters, errors, CYCLE_WITH, LATENCY_WITH));
                    }
                    finally
                    {
                        isStopped.set(true);
                    }
                    figures.put(UPDATES, get(changer));
                    return figures;
                });
                turn.measure(errors -> look(turn, counters, errors, CYCLE_WITHOUT, LATENCY_WITHOUT));
            }
            finally
            {
                clients.forEach(AgentSocket::close);
            }
        }
    }

    /** Requests at a fixed rate; the worker's cycles meanwhile. */
    private static Map<String, Double> look(
        final Turn turn,
        final CountersFile counters,
        final List<String> errors,
        final String cycle,
        final String latency)
    {
        final Target target = turn.running().target();
        final CycleTimes before = counters.cycleTimes(0);
        final FixedRate requests = FixedRate.run(
            turn.lab(), target, target.http(), REQUESTS_PER_SECOND, 1, 2 * turn.pace().seconds());
        requests.addErrors(errors);
        return Map.of(cycle, counters.cycleTimes(0).since(before).percentileNs(PERCENTILE) / MICRO,
            latency, requests.p999Micros());
    }

    private static List<AgentSocket> connect(final Lab lab)
    {
        final List<AgentSocket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++)
        {
            clients.add(new AgentSocket(lab.runtimeDirectory()));
        }
        return clients;
    }

    /** All clients ask, then all answers are awaited, and so on. @return changes per second. */
    private static double change(final List<AgentSocket> clients, final BooleanSupplier isOver)
    {
        final long startNs = System.nanoTime();
        long changes = 0;
        while (!isOver.getAsBoolean())
        {
            for (int i = 0; i < clients.size(); i++)
            {
                clients.get(i).send(request(i % LabNetwork.SERVERS + 1, 100 + (int)(changes / clients.size() & 0xFF)));
            }
            for (final AgentSocket client : clients)
            {
                final String answer = client.receive();
                if (!answer.contains("\"ok\":true"))
                {
                    throw new LabException("a weight could not be set: " + answer.strip());
                }
                changes++;
            }
        }
        return changes * 1e9 / (System.nanoTime() - startNs);
    }

    private static String request(final int server, final int weight)
    {
        return "{\"request\": \"weight\", \"service\": \"udp/" + LabNetwork.VIP + ":" + Target.BALANCED.dns() +
            "\", \"server\": \"" + LabNetwork.serverAddress(server) + ":" + LabServers.DNS_PORT + "\", \"weight\": " +
            weight + "}";
    }

    private static double get(final FutureTask<Double> changer)
    {
        try
        {
            return changer.get();
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
        catch (final ExecutionException e)
        {
            throw new LabException("weights: " + e.getCause().getMessage(), e.getCause());
        }
    }
}
