package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.NetworkNamespace;
import org.headrace.perf.wire.FrameBuilder;
import org.headrace.perf.wire.PacketSocket;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * What two real kernels make of the balancer's resets, and the balancer of theirs and of forged ones.
 */
@NeedsLab
class TcpStateIT
{
    private static final int IDLE_PORT = 81;
    private static final int LONG_PORT = 82;
    private static final int SERVER_PORT = 7_000;
    private static final int CLIENT_PORT = 33_333;
    private static final int FAR = 1 << 30;
    private static final int NEAR = 1_000;
    private static final int LIMIT_MS = 20_000;
    private static final int BLIND_RESETS = 16;
    private static final int REOPENINGS = 50;

    private static RunningLab running;
    private static ServerSocket listener;

    @BeforeAll
    static void start()
    {
        running = RunningLab.start(config -> config
            .timeout("2s").listener("idle", "tcp", IDLE_PORT, SERVER_PORT, "rr", List.of(1))
            .timeout("900s").listener("long", "tcp", LONG_PORT, SERVER_PORT, "rr", List.of(1)));
        listener = running.lab().server(1).call(() -> new ServerSocket(SERVER_PORT, 50, InetAddress.getByName("::")));
    }

    @AfterAll
    static void stop() throws IOException
    {
        if (listener != null)
        {
            listener.close();
        }
        if (running != null)
        {
            running.close();
        }
    }

    @AfterEach
    void everyPacketIsCountedOnce()
    {
        running.assertConservation();
        assertThat(running.sum(WorkerCounter.RESETS_NOT_SENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {LabNetwork.VIP, LabNetwork.VIP6})
    void shouldResetBothEndsOfAConnectionThatIsIdle(final String virtual) throws IOException
    {
        final long sent = running.sum(WorkerCounter.RESETS_SENT);
        try (Socket client = connect(virtual, IDLE_PORT, 0); Socket server = listener.accept())
        {
            talk(client, server);
            final long clientResets = nstat(running.lab().client(), "TcpEstabResets");
            final long serverResets = nstat(running.lab().server(1), "TcpEstabResets");
            final long challenges = challenges();

            assertReset(client);
            assertReset(server);
            assertThat(nstat(running.lab().client(), "TcpEstabResets")).isEqualTo(clientResets + 1);
            assertThat(nstat(running.lab().server(1), "TcpEstabResets")).isEqualTo(serverResets + 1);
            assertThat(challenges()).as("both took it at once, nobody asked back").isEqualTo(challenges);
        }
        Await.until("resets counted", RunningLab.LIMIT, () -> running.sum(WorkerCounter.RESETS_SENT) == sent + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {LabNetwork.VIP, LabNetwork.VIP6})
    void shouldNotLetABlindResetKillAConnection(final String virtual) throws IOException
    {
        try (PacketSocket atClient = open(running.lab().client());
            PacketSocket atServer = open(running.lab().server(1));
            Socket client = connect(virtual, LONG_PORT, 0); Socket server = listener.accept())
        {
            talk(client, server);
            final int next = nextSequence(atServer, client.getLocalPort());
            final long dropped = running.sum(DropReason.BAD_RST_SEQUENCE);
            for (int i = 1; i <= BLIND_RESETS; i++)
            {
                reset(atClient, virtual, client.getLocalPort(), next + FAR + i * FAR / BLIND_RESETS);
            }
            Await.until("far resets dropped", RunningLab.LIMIT,
                () -> running.sum(DropReason.BAD_RST_SEQUENCE) == dropped + BLIND_RESETS);
            talk(client, server);

            final long doubted = running.sum(WorkerCounter.DOUBTED);
            final long challenges = challenges();
            reset(atClient, virtual, client.getLocalPort(), nextSequence(atServer, client.getLocalPort()) + NEAR);
            Await.until("near reset forwarded", RunningLab.LIMIT,
                () -> running.sum(WorkerCounter.DOUBTED) == doubted + 1);
            Await.until("the server asks back", RunningLab.LIMIT, () -> challenges() == challenges + 1);
            talk(client, server);
            assertThat(connection(client.getLocalPort())).contains("ESTABLISHED");

            reset(atClient, virtual, client.getLocalPort(), nextSequence(atServer, client.getLocalPort()));
            assertReset(server);
            Await.until("closed", RunningLab.LIMIT, () -> connection(client.getLocalPort()).contains("CLOSE"));
        }
    }

    @Test
    void shouldCloseWithTheResetOfARealEnd() throws IOException
    {
        try (Socket client = connect(LabNetwork.VIP, LONG_PORT, 0))
        {
            try (Socket server = listener.accept())
            {
                talk(client, server);
                // Closed without a farewell: the server's kernel sends a reset.
                server.setSoLinger(true, 0);
            }
            assertReset(client);
            Await.until("closed", RunningLab.LIMIT, () -> connection(client.getLocalPort()).contains("CLOSE"));
        }
    }

    @Test
    void shouldOpenTheSamePortAgainAtOnce() throws IOException
    {
        final long retransmitted = nstat(running.lab().client(), "TcpRetransSegs");
        final long doubted = running.sum(WorkerCounter.DOUBTED);
        for (int i = 0; i < REOPENINGS; i++)
        {
            try (Socket client = connect(LabNetwork.VIP, LONG_PORT, CLIENT_PORT))
            {
                // The server closes first, and so it is the one that waits.
                try (Socket server = listener.accept())
                {
                    talk(client, server);
                }
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            Await.until("the client's port is free", RunningLab.LIMIT, () -> running.lab().client().check(
                "ss", "-Htan", "sport = :" + CLIENT_PORT).isEmpty());
        }
        assertThat(nstat(running.lab().client(), "TcpRetransSegs")).isEqualTo(retransmitted);
        assertThat(running.sum(WorkerCounter.DOUBTED)).isEqualTo(doubted);
    }

    private static Socket connect(final String virtual, final int port, final int clientPort)
    {
        return running.lab().client().call(() ->
        {
            final Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.setSoTimeout(LIMIT_MS);
            socket.bind(new InetSocketAddress(virtual.contains(":") ?
                LabNetwork.clientAddress6(0) : LabNetwork.clientAddress(0), clientPort));
            socket.connect(new InetSocketAddress(virtual, port), LIMIT_MS);
            return socket;
        });
    }

    private static void talk(final Socket client, final Socket server) throws IOException
    {
        server.setSoTimeout(LIMIT_MS);
        final byte[] message = new byte[3_000];
        client.getOutputStream().write(message);
        assertThat(server.getInputStream().readNBytes(message.length)).hasSameSizeAs(message);
        server.getOutputStream().write(message);
        assertThat(client.getInputStream().readNBytes(message.length)).hasSameSizeAs(message);
        // An acknowledgement without delay, so that everything is said before somebody else speaks.
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
    }

    private static void assertReset(final Socket socket)
    {
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class)
            .hasMessageContaining("reset");
    }

    private static PacketSocket open(final NetworkNamespace host)
    {
        return PacketSocket.open(host, LabNetwork.HOST_LINK, Duration.ofMillis(200));
    }

    /** Reads what has arrived at the server up to now; something may have been sent twice on a busy machine. */
    private static int nextSequence(final PacketSocket atServer, final int clientPort)
    {
        int next = 0;
        boolean isKnown = false;
        for (byte[] frame = atServer.receive(); frame != null; frame = atServer.receive())
        {
            final ByteBuffer packet = ByteBuffer.wrap(FrameBuilder.packetOf(frame));
            final int tcp = (packet.get(0) & 0xF0) == 0x40 ? 20 : 40;
            final boolean isTcp = packet.capacity() >= tcp + 20 && packet.get(tcp == 20 ? 9 : 6) == FrameBuilder.TCP;
            if (isTcp && (packet.getShort(tcp) & 0xFFFF) == clientPort)
            {
                final int payload = packet.capacity() - tcp - (packet.get(tcp + 12) >> 4 & 0xF) * 4;
                final int end = packet.getInt(tcp + 4) + payload;
                next = !isKnown || end - next > 0 ? end : next;
                isKnown = true;
            }
        }
        assertThat(isKnown).as("a segment of the client was seen").isTrue();
        return next;
    }

    private static void reset(
        final PacketSocket atClient, final String virtual, final int clientPort, final int sequence)
    {
        atClient.send(Wire.request(virtual.contains(":"))
            .tcp(clientPort, LONG_PORT, FrameBuilder.RST, sequence, 0, new byte[0]).build());
    }

    private static String connection(final int clientPort)
    {
        return running.headrace().ctl("connections").lines()
            .filter(line -> line.contains(":" + clientPort + " ")).findFirst().orElse("none");
    }

    private static long challenges()
    {
        return nstat(running.lab().client(), "TcpExtTCPChallengeACK") +
            nstat(running.lab().server(1), "TcpExtTCPChallengeACK");
    }

    private static long nstat(final NetworkNamespace host, final String counter)
    {
        final String line = host.check("nstat", "-a", "-s", "-z", counter).lines()
            .filter(text -> text.startsWith(counter + " ")).findFirst().orElseThrow();
        return Long.parseLong(line.split(" +")[1]);
    }
}
