package org.headrace.agent.cli;

import org.headrace.agent.control.ControlRequest;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.counters.CountersFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.Map;

/** The commands of {@code headrace ctl} that look and change nothing. */
final class CtlViews
{
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String[] SERVER_COUNTERS = {
        "activeConnections", "inactiveConnections", "connections", "inPackets", "outPackets", "inBytes", "outBytes"};

    private CtlViews()
    {
    }

    /** {@code ctl status}. */
    @Command(name = "status", description = "What runs, since when, and whether it is ready.")
    static final class Status implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Override
        public void run()
        {
            final ObjectNode dataPlane = ctl.counters(Status::dataPlane);
            final ObjectNode reply = ctl.agent().tryAsk(ControlRequest.of("status"));
            final ObjectNode status = JSON.createObjectNode();
            final boolean isRunning = dataPlane.path("running").asBoolean();
            status.put("version", VersionCommand.version());
            status.put("uptimeSeconds", isRunning ? secondsSince(dataPlane.path("startMs").asLong()) : 0);
            status.put("generation", dataPlane.path("generation").asLong());
            status.set("agent", agent(reply));
            status.set("dataplane", dataPlane);
            status.put("ready", isRunning && dataPlane.path("generation").asLong() > 0);
            if (ctl.isJson())
            {
                ctl.print(status);
                return;
            }
            final TextTable table = new TextTable("WHAT", "VALUE");
            flatten(table, "", status);
            ctl.out().print(table);
            ctl.out().flush();
        }

        private static ObjectNode dataPlane(final CountersFile counters)
        {
            final ObjectNode node = JSON.createObjectNode();
            final long silentMs = Math.max(0, System.currentTimeMillis() - counters.heartbeatMs());
            node.put("running", silentMs <= ControlChannel.HEARTBEAT_TIMEOUT_MS);
            node.put("pid", counters.pid());
            node.put("epoch", Long.toHexString(counters.epoch()));
            node.put("startMs", counters.startMs());
            node.put("heartbeatAgeMs", silentMs);
            node.put("generation", counters.generation());
            node.put("io", counters.io());
            final ArrayNode interfaces = node.putArray("interfaces");
            for (final String name : counters.interfaces().split(","))
            {
                interfaces.add(name);
            }
            node.put("workers", counters.workers());
            node.setAll(new CountersReport(counters).connections());
            return node;
        }

        private static ObjectNode agent(final ObjectNode reply)
        {
            final ObjectNode agent = JSON.createObjectNode();
            agent.put("reachable", reply != null);
            if (reply != null)
            {
                agent.put("uptimeSeconds", secondsSince(reply.path("startMs").asLong()));
                reply.remove("ok");
                agent.setAll(reply);
            }
            return agent;
        }

        private static long secondsSince(final long startMs)
        {
            return Math.max(0, System.currentTimeMillis() - startMs) / 1_000;
        }

        private static void flatten(final TextTable table, final String prefix, final ObjectNode node)
        {
            node.forEachEntry((name, value) ->
            {
                if (name.equals("states"))
                {
                    value.forEachEntry((state, count) -> addUnlessZero(table, prefix + "states." + state, count));
                }
                else if (value instanceof final ObjectNode object)
                {
                    flatten(table, prefix + name + ".", object);
                }
                else
                {
                    table.row(prefix + name, value.isString() ? value.asString() : value.toString());
                }
            });
        }

        private static void addUnlessZero(final TextTable table, final String name, final JsonNode count)
        {
            if (count.asLong() != 0)
            {
                table.row(name, count.toString());
            }
        }
    }

    /** {@code ctl services}. */
    @Command(name = "services", description = "Services and their servers.")
    static final class Services implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Override
        public void run()
        {
            final ArrayNode services = ctl.counters(counters -> new CountersReport(counters).services());
            if (ctl.isJson())
            {
                ctl.print(services);
                return;
            }
            final TextTable table = new TextTable("SERVICE / SERVER", "NAME", "SCHED", "FWD", "ACCESS", "WEIGHT>",
                "HEALTH", "ACTIVE>", "INACTIVE>", "CONNS>", "IN-PKTS>", "OUT-PKTS>", "IN-BYTES>", "OUT-BYTES>");
            for (final JsonNode service : services)
            {
                table.row(cells(service, text(service, "service"), text(service, "name"), text(service, "scheduler"),
                    text(service, "forwarding"), accessText(service.path("access")), "",
                    service.path("removed").asBoolean() ? "removed" : ""));
                for (final JsonNode server : service.path("servers"))
                {
                    table.row(cells(server, "  -> " + text(server, "server"), "", "", "", "",
                        server.path("weight").asLong(), healthText(server)));
                }
            }
            ctl.out().print(table);
            ctl.out().flush();
        }
    }

    /** {@code ctl limits}. */
    @Command(name = "limits", description = "Limits, what is used of them, and what they have refused.")
    static final class LimitsView implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Override
        public void run()
        {
            final ArrayNode limits = ctl.counters(counters -> new CountersReport(counters).limits());
            if (ctl.isJson())
            {
                ctl.print(limits);
                return;
            }
            final TextTable table = new TextTable(
                "LIMIT", "CONNS>", "MAX>", "REFUSED>", "OPENED>", "MAX/S>", "REFUSED>");
            for (final JsonNode limit : limits)
            {
                table.row(text(limit, "name"), limit.path("connections").asLong(), most(limit, "maxConnections"),
                    limit.path("refusedConnections").asLong(), limit.path("opened").asLong(),
                    most(limit, "maxNewConnectionsPerSecond"), limit.path("refusedRate").asLong());
            }
            ctl.out().print(table);
            ctl.out().flush();
        }

        private static String most(final JsonNode limit, final String name)
        {
            final long value = limit.path(name).asLong();
            return value == 0 ? "-" : Long.toString(value);
        }
    }

    /** {@code ctl servers}. */
    @Command(name = "servers", description = "All servers, with the reason of their health.")
    static final class Servers implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Override
        public void run()
        {
            final ArrayNode servers = ctl.counters(counters -> new CountersReport(counters).servers());
            final Map<String, JsonNode> reasons = new HashMap<>();
            final ObjectNode reply = ctl.agent().tryAsk(ControlRequest.of("health"));
            if (reply != null)
            {
                reply.path("servers").forEach(item -> reasons.put(key(item), item.path("reason")));
            }
            servers.forEach(server ->
            {
                final JsonNode reason = reasons.get(key(server));
                ((ObjectNode)server).put("healthReason", reason == null ? null : reason.asString());
            });
            if (ctl.isJson())
            {
                ctl.print(servers);
                return;
            }
            final TextTable table = new TextTable("SERVER", "SERVICE", "WEIGHT>", "HEALTH", "NEXT-HOP", "REASON",
                "ACTIVE>", "INACTIVE>", "CONNS>", "IN-PKTS>", "OUT-PKTS>", "IN-BYTES>", "OUT-BYTES>");
            for (final JsonNode server : servers)
            {
                table.row(cells(server, text(server, "server"), text(server, "service"),
                    server.path("weight").asLong(), healthText(server),
                    server.path("nextHopResolved").asBoolean() ? "resolved" : "unresolved",
                    text(server, "healthReason")));
            }
            ctl.out().print(table);
            ctl.out().flush();
        }

        private static String key(final JsonNode server)
        {
            return text(server, "service") + " " + text(server, "server");
        }
    }

    private static String text(final JsonNode node, final String name)
    {
        return node.path(name).asString("");
    }

    private static String accessText(final JsonNode access)
    {
        return access.isMissingNode() ? "" : text(access, "mode") + " " + access.path("prefixes").asLong();
    }

    private static String healthText(final JsonNode server)
    {
        return text(server, "health") + (server.path("removed").asBoolean() ? " (removed)" : "");
    }

    private static Object[] cells(final JsonNode node, final Object... first)
    {
        final Object[] cells = new Object[first.length + SERVER_COUNTERS.length];
        System.arraycopy(first, 0, cells, 0, first.length);
        for (int i = 0; i < SERVER_COUNTERS.length; i++)
        {
            cells[first.length + i] = node.path(SERVER_COUNTERS[i]).asLong();
        }
        return cells;
    }
}
