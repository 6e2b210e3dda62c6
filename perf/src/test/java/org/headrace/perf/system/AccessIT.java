package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.load.HttpLoad;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Access lists with real clients, changed while they are being used. */
@NeedsLab
class AccessIT
{
    private static final int TIMEOUT_MS = 1_500;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String FIRST = LabNetwork.clientAddress(0);
    private static final String SECOND = LabNetwork.clientAddress(1);
    private static final String FIRST6 = LabNetwork.clientAddress6(0);

    private RunningLab running;

    @AfterEach
    void stop()
    {
        running.close();
    }

    @Test
    void shouldChangeTheListWithoutInterruptingAllowedClients() throws IOException
    {
        running = RunningLab.start(config -> listener(config, "{mode: allow, ranges: [%s, %s/32, \"%s\"]}".formatted(
            FIRST, SECOND, FIRST6)));
        try (HttpLoad kept = HttpLoad.start(running.lab().client(), RunningLab.HTTP_TARGET, 4, 50, Long.MAX_VALUE);
            Socket second = connect(SECOND, RunningLab.HTTP_TARGET);
            Socket first6 = connect(FIRST6, RunningLab.HTTP_TARGET6))
        {
            assertThat(isAnswered(second)).isTrue();
            assertThat(isAnswered(first6)).isTrue();
            assertDenied(LabNetwork.clientAddress(2), RunningLab.HTTP_TARGET);
            assertDenied(LabNetwork.clientAddress6(1), RunningLab.HTTP_TARGET6);
            assertThat(running.sum(DropReason.ACCESS_DENIED)).isPositive();

            reload("{mode: allow, ranges: [" + FIRST + "]}");
            assertShown("allow", 1);
            assertThat(isAnswered(second)).as("a connection of a client that is denied now").isFalse();
            assertThat(isAnswered(first6)).isFalse();
            assertDenied(SECOND, RunningLab.HTTP_TARGET);
            final long answered = kept.tally().answered();
            Await.until("more traffic", RunningLab.LIMIT, () -> kept.tally().answered() > answered + 500);

            reload("{mode: deny, ranges: [198.51.100.0/24]}");
            assertShown("deny", 1);
            // The longer it was denied, the longer are the pauses between its repetitions.
            second.setSoTimeout((int)RunningLab.LIMIT.toMillis());
            assertThat(readAnswer(second)).as("its request is sent again, and comes through").isTrue();
            try (Socket again = connect(SECOND, RunningLab.HTTP_TARGET))
            {
                assertThat(isAnswered(again)).isTrue();
            }
            assertThat(kept.stop().failures()).isEmpty();
        }
        running.assertConservation();
    }

    @Test
    void shouldLetNobodyInByAnEmptyAllowListAndSurviveAKill()
    {
        running = RunningLab.start(config -> listener(config, "{mode: allow}"));
        assertDenied(FIRST, RunningLab.HTTP_TARGET);
        Processes.dataPlane(running.headrace()).destroyForcibly();
        final long before = running.sum(DropReason.ACCESS_DENIED);
        // While one process takes over from the other, the kernel drops for them, and counts nothing.
        Await.until("a refusal by the successor", RunningLab.LIMIT, () ->
        {
            assertDenied(FIRST, RunningLab.HTTP_TARGET);
            return running.sum(DropReason.ACCESS_DENIED) > before;
        });
    }

    private static HeadraceConfig listener(final HeadraceConfig config, final String access)
    {
        return config.access(access).listener("http", "tcp", 80, LabServers.HTTP_PORT, "rr", List.of(1, 1));
    }

    private void reload(final String access)
    {
        HeadraceInstance.writeConfig(running.lab(), listener(new HeadraceConfig(running.lab()), access));
        assertThat(running.headrace().ctl("reload")).contains("access: ");
    }

    private void assertShown(final String mode, final int prefixes)
    {
        for (final JsonNode service : running.headrace().json("services"))
        {
            assertThat(service.path("access").path("mode").asString()).isEqualTo(mode);
            assertThat(service.path("access").path("prefixes").asInt()).isEqualTo(prefixes);
        }
        assertThat(running.headrace().ctl("services")).contains(mode + " " + prefixes);
    }

    private void assertDenied(final String client, final InetSocketAddress target)
    {
        assertThat(tryConnect(client, target)).as(client).isNull();
    }

    private Socket connect(final String client, final InetSocketAddress target)
    {
        final Socket socket = tryConnect(client, target);
        assertThat(socket).as(client).isNotNull();
        return socket;
    }

    /** Returns null if nobody answered. */
    private Socket tryConnect(final String client, final InetSocketAddress target)
    {
        return running.lab().client().call(() ->
        {
            final Socket socket = new Socket();
            socket.bind(new InetSocketAddress(client, 0));
            socket.setSoTimeout(TIMEOUT_MS);
            try
            {
                socket.connect(target, TIMEOUT_MS);
                return socket;
            }
            catch (final SocketTimeoutException _)
            {
                socket.close();
                return null;
            }
        });
    }

    private static boolean isAnswered(final Socket socket) throws IOException
    {
        socket.getOutputStream().write(REQUEST);
        return readAnswer(socket);
    }

    /** Reads what there is of one answer; it is short and comes in one piece. */
    private static boolean readAnswer(final Socket socket) throws IOException
    {
        try
        {
            return socket.getInputStream().read(new byte[8_192]) > 0;
        }
        catch (final SocketTimeoutException _)
        {
            return false;
        }
    }
}
