package org.headrace.agent.cli;

import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimes;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.LimitCounter;
import org.headrace.protocol.counters.LimitSlot;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.ServerSlot;
import org.headrace.protocol.counters.ServiceSlot;
import org.headrace.protocol.counters.SlotState;
import org.headrace.protocol.counters.WorkerCounter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What the counters file says, in the JSON form that the interface promises. */
final class CountersReport
{
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<ServerCounter, String> NAMES = new EnumMap<>(Map.of(
        ServerCounter.ACTIVE_CONNECTIONS, "activeConnections",
        ServerCounter.INACTIVE_CONNECTIONS, "inactiveConnections",
        ServerCounter.CONNECTIONS, "connections",
        ServerCounter.IN_PACKETS, "inPackets",
        ServerCounter.OUT_PACKETS, "outPackets",
        ServerCounter.IN_BYTES, "inBytes",
        ServerCounter.OUT_BYTES, "outBytes"));

    private final CountersFile counters;

    CountersReport(final CountersFile counters)
    {
        this.counters = counters;
    }

    /** Services in force and their servers, those included that are being drained after their removal. */
    ArrayNode services()
    {
        final Map<Integer, List<ServerSlot>> servers = new HashMap<>();
        for (int i = 0; i < CountersDescriptor.SERVER_SLOTS; i++)
        {
            final ServerSlot server = counters.server(i);
            if (server != null)
            {
                servers.computeIfAbsent(server.serviceSlot(), _ -> new ArrayList<>()).add(server);
            }
        }
        final ArrayNode array = JSON.createArrayNode();
        for (int i = 0; i < CountersDescriptor.SERVICE_SLOTS; i++)
        {
            final ServiceSlot service = counters.service(i);
            if (service != null)
            {
                array.add(service(service, servers.getOrDefault(i, List.of())));
            }
        }
        return array;
    }

    /** Limits in force, what is used of them, and what they have cost. */
    ArrayNode limits()
    {
        final ArrayNode array = JSON.createArrayNode();
        for (int i = 0; i < CountersDescriptor.LIMIT_SLOTS; i++)
        {
            final LimitSlot limit = counters.limit(i);
            if (limit != null)
            {
                array.addObject()
                    .put("name", limit.name())
                    .put("connections", counters.get(i, LimitCounter.CONNECTIONS))
                    .put("maxConnections", limit.limits().connections())
                    .put("opened", counters.get(i, LimitCounter.OPENED))
                    .put("maxNewConnectionsPerSecond", limit.limits().newConnectionsPerSecond())
                    .put("refusedConnections", counters.get(i, LimitCounter.REFUSED_CONNECTIONS))
                    .put("refusedRate", counters.get(i, LimitCounter.REFUSED_RATE));
            }
        }
        return array;
    }

    /** The same servers as a flat list. */
    ArrayNode servers()
    {
        final ArrayNode array = JSON.createArrayNode();
        services().forEach(service -> service.get("servers").forEach(server ->
        {
            final ObjectNode node = array.addObject();
            node.set("service", service.get("service"));
            node.set("name", service.get("name"));
            node.setAll((ObjectNode)server);
        }));
        return array;
    }

    /** Connections of all workers, and how many are in which state. */
    ObjectNode connections()
    {
        final ObjectNode node = JSON.createObjectNode();
        node.put("connections", sum(WorkerCounter.CONNECTIONS));
        node.put("capacity", sum(WorkerCounter.CAPACITY));
        final ObjectNode states = node.putObject("states");
        for (final ConnectionState state : ConnectionState.values())
        {
            states.put(state.name(), sum(WorkerCounter.of(state)));
        }
        return node;
    }

    /** How long the cycles of each worker have taken so far. */
    List<CycleTimes> cycleTimes()
    {
        return IntStream.range(0, counters.workers()).mapToObj(counters::cycleTimes).toList();
    }

    /**
     * Counters of the workers.
     *
     * @param cycleTimes of each worker, over whatever interval.
     */
    ObjectNode stats(final List<CycleTimes> cycleTimes)
    {
        final ObjectNode stats = JSON.createObjectNode();
        final ArrayNode workers = stats.putArray("workers");
        for (int i = 0; i < counters.workers(); i++)
        {
            final ObjectNode worker = worker(i);
            worker.set("cycleTimes", cycleTimes(cycleTimes.get(i)));
            workers.add(worker);
        }
        final ObjectNode total = stats.putObject("total");
        total.set("cycleTimes", cycleTimes(cycleTimes.stream().reduce(CycleTimes.none(), CycleTimes::plus)));
        for (final WorkerCounter counter : WorkerCounter.values())
        {
            if (isSummed(counter))
            {
                total.put(name(counter), sum(counter));
            }
        }
        final ObjectNode dropped = total.putObject("dropped");
        for (final DropReason reason : DropReason.values())
        {
            long sum = 0;
            for (int i = 0; i < counters.workers(); i++)
            {
                sum += counters.get(i, reason);
            }
            dropped.put(reason.name(), sum);
        }
        return stats;
    }

    /** Name of a worker's counter in JSON: {@code MAX_CYCLE_NS} is {@code maxCycleNs}. */
    static String name(final WorkerCounter counter)
    {
        final StringBuilder name = new StringBuilder();
        for (final String word : counter.name().toLowerCase(Locale.ROOT).split("_"))
        {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    private ObjectNode service(final ServiceSlot slot, final List<ServerSlot> servers)
    {
        final ObjectNode service = JSON.createObjectNode();
        service.put("service", slot.key().toString());
        service.put("name", slot.name());
        service.put("protocol", lower(slot.key().transport()));
        service.put("address", slot.key().virtual().address().toString());
        service.put("port", slot.key().virtual().port());
        service.put("scheduler", lower(slot.scheduler()));
        service.put("forwarding", lower(slot.forwarding()));
        if (slot.accessMode() != AccessMode.NULL_VAL)
        {
            service.putObject("access")
                .put("mode", lower(slot.accessMode())).put("prefixes", slot.accessPrefixes());
        }
        service.put("removed", slot.state() == SlotState.RETAINED);
        final ArrayNode array = service.putArray("servers");
        for (final ServerSlot server : servers)
        {
            final ObjectNode node = array.addObject();
            node.put("server", server.server().toString());
            node.put("weight", server.weight());
            node.put("health", health(server));
            node.put("nextHopResolved", server.isResolved());
            node.put("removed", server.state() == SlotState.RETAINED);
            NAMES.forEach((counter, name) -> node.put(name, counters.get(server.slot(), counter)));
        }
        NAMES.forEach((counter, name) ->
        {
            long sum = counters.getRetired(slot.slot(), counter);
            for (final ServerSlot server : servers)
            {
                sum += counters.get(server.slot(), counter);
            }
            service.put(name, sum);
        });
        return service;
    }

    private ObjectNode worker(final int index)
    {
        final ObjectNode worker = JSON.createObjectNode();
        worker.put("worker", index);
        for (final WorkerCounter counter : WorkerCounter.values())
        {
            worker.put(name(counter), counters.get(index, counter));
        }
        final ObjectNode dropped = worker.putObject("dropped");
        for (final DropReason reason : DropReason.values())
        {
            dropped.put(reason.name(), counters.get(index, reason));
        }
        return worker;
    }

    private static ObjectNode cycleTimes(final CycleTimes times)
    {
        return JSON.createObjectNode()
            .put("count", times.count())
            .put("p50Ns", times.percentileNs(0.5))
            .put("p99Ns", times.percentileNs(0.99))
            .put("p999Ns", times.percentileNs(0.999))
            .put("maxNs", times.maxNs());
    }

    private long sum(final WorkerCounter counter)
    {
        long sum = 0;
        for (int i = 0; i < counters.workers(); i++)
        {
            sum += counters.get(i, counter);
        }
        return sum;
    }

    private static boolean isSummed(final WorkerCounter counter)
    {
        return counter != WorkerCounter.CPU && counter != WorkerCounter.GENERATION &&
            counter != WorkerCounter.MAX_CYCLE_NS;
    }

    private static String health(final ServerSlot server)
    {
        if (server.health() == ServerState.DOWN)
        {
            return "down";
        }
        if (server.weight() == 0 || server.state() == SlotState.RETAINED)
        {
            return "draining";
        }
        return server.health() == ServerState.UP ? "up" : "unknown";
    }

    private static String lower(final Enum<?> value)
    {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
