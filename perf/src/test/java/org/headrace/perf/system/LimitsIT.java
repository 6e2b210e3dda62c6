package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;

/** Limits over two workers, with real packets: each datagram of a new port is a new connection. */
@NeedsLab
class LimitsIT
{
    private static final String NAME = "lab:dns";
    private static final int LIMIT = 40;
    private static final int RATE = 100;
    private static final int CLIENTS = 200;

    private RunningLab running;

    @AfterEach
    void stop()
    {
        running.close();
    }

    @Test
    void shouldLimitConnectionsOverTwoWorkersAndAfterAKill()
    {
        running = RunningLab.start(2, config -> listener(config, "{connections: " + LIMIT + "}"));
        awaitConnections(LIMIT);
        sendAll();
        Await.until("refusals", RunningLab.LIMIT, () -> running.sum(DropReason.CONNECTION_LIMIT) >= CLIENTS);
        assertThat(connections()).isEqualTo(LIMIT);
        assertThat(running.headrace().ctl("limits")).contains(NAME);

        final long refused = running.sum(DropReason.CONNECTION_LIMIT);
        Processes.dataPlane(running.headrace()).destroyForcibly();
        Await.until("a refusal by the successor", RunningLab.LIMIT, () ->
        {
            sendAll();
            return running.sum(DropReason.CONNECTION_LIMIT) > refused;
        });
        awaitConnections(LIMIT);
        sendAll();
        assertThat(connections()).as("the successor goes on from what it found").isEqualTo(LIMIT);

        HeadraceInstance.writeConfig(running.lab(),
            listener(new HeadraceConfig(running.lab()), "{connections: " + 2 * LIMIT + "}"));
        assertThat(running.headrace().ctl("reload")).contains("limits: ");
        awaitConnections(2 * LIMIT);
        running.assertConservation();
    }

    @Test
    void shouldLimitTheRateOfNewConnections()
    {
        running = RunningLab.start(2, config -> listener(config, "{new-connections-per-second: " + RATE + "}"));
        final long beginNs = System.nanoTime();
        Await.until("refusals", RunningLab.LIMIT, () ->
        {
            sendAll();
            return running.sum(DropReason.RATE_LIMIT) > 2 * CLIENTS;
        });
        final long opened = connections();
        final long most = RATE + (System.nanoTime() - beginNs) * RATE / 1_000_000_000 + 1;
        assertThat(opened).isBetween((long)RATE, most);
    }

    private static HeadraceConfig listener(final HeadraceConfig config, final String limits)
    {
        return config.workers(0, 1).timeout("5m").limits(limits)
            .listener("dns", "udp", 53, LabServers.DNS_PORT, "rr", List.of(1, 1));
    }

    /** A refusal is a matter of the moment in which shares are on their way: others come, and get in. */
    private void awaitConnections(final long wanted)
    {
        Await.until(() -> wanted + " connections: " + running.headrace().ctl("limits"), RunningLab.LIMIT, () ->
        {
            sendAll();
            final long connections = connections();
            assertThat(connections).isLessThanOrEqualTo(wanted);
            return connections == wanted;
        });
    }

    /** Waits for the agent, which shows no limits until it has found a successor. */
    private long connections()
    {
        final long[] connections = new long[1];
        Await.until("the limit is shown", RunningLab.LIMIT, () -> (connections[0] = shownConnections()) >= 0);
        return connections[0];
    }

    private long shownConnections()
    {
        for (final JsonNode limit : running.headrace().json("limits"))
        {
            if (NAME.equals(limit.path("name").asString()))
            {
                return limit.path("connections").asLong();
            }
        }
        return -1;
    }

    private void sendAll()
    {
        running.lab().client().call(() ->
        {
            for (int i = 0; i < CLIENTS; i++)
            {
                final String client = LabNetwork.clientAddress(i % LabNetwork.CLIENT_ADDRESSES);
                try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(client, 0)))
                {
                    socket.send(new DatagramPacket(new byte[12], 12, RunningLab.DNS_TARGET));
                }
            }
            return null;
        });
    }
}
