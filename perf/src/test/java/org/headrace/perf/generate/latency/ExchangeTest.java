package org.headrace.perf.generate.latency;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.SystemNanoClock;
import org.headrace.perf.lab.DnsMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Exchanges with real sockets over loopback, with servers that a test makes good or bad. */
class ExchangeTest
{
    private static final int REQUESTS = 200;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII);
    private static final byte[] ERROR = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

    private final List<AutoCloseable> closeables = new ArrayList<>();

    @AfterEach
    void tearDown() throws Exception
    {
        for (final AutoCloseable closeable : closeables.reversed())
        {
            closeable.close();
        }
    }

    @Test
    void shouldAskOverKeptConnections() throws IOException
    {
        final FixedRateRun run = run(new HttpExchange(http(Integer.MAX_VALUE, ANSWER), "/", 4, SECOND_NS * 20));
        assertThat(run.answered()).isEqualTo(REQUESTS);
        assertThat(run.latency().getTotalCount()).isEqualTo(REQUESTS);
    }

    @Test
    void shouldConnectAgainWhenAServerCloses() throws IOException
    {
        final FixedRateRun run = run(new HttpExchange(http(10, ANSWER), "/", 4, SECOND_NS * 20));
        assertThat(run.answered() + run.failed()).isEqualTo(REQUESTS);
        assertThat(run.answered()).isGreaterThan(REQUESTS / 2);
    }

    @Test
    void shouldFailRequestsThatGetAnotherStatus() throws IOException
    {
        final FixedRateRun run = run(new HttpExchange(http(Integer.MAX_VALUE, ERROR), "/", 4, SECOND_NS * 20));
        assertThat(run.failed()).isEqualTo(REQUESTS);
        assertThat(run.failures()).containsOnlyKeys("status is not 200");
    }

    @Test
    void shouldSayWhichConnectionCouldNotBeMade() throws IOException
    {
        final InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            nobody = (InetSocketAddress)socket.getLocalSocketAddress();
        }
        assertThatThrownBy(() -> new HttpExchange(nobody, "/", 3, SECOND_NS))
            .hasMessageContaining("target=" + nobody + ", connection 1 of 3");
    }

    @Test
    void shouldFindItsAnswersOverUdp() throws IOException
    {
        for (final UdpProtocol protocol : UdpProtocol.values())
        {
            final UdpExchange exchange =
                new UdpExchange(protocol, udp(protocol, 1), List.of(), 4, SECOND_NS * 20);
            final FixedRateRun run = run(exchange);
            assertThat(run.answered()).as("%s", protocol).isEqualTo(REQUESTS);
            assertThat(exchange.strays()).as("%s", protocol).isZero();
        }
    }

    @Test
    void shouldGiveUpDatagramsThatAreLost() throws IOException
    {
        final FixedRateRun run = run(new UdpExchange(UdpProtocol.ECHO, udp(UdpProtocol.ECHO, 2),
            List.of(InetAddress.getLoopbackAddress()), 4, TIMEOUT_NS));
        assertThat(run.answered()).isEqualTo(REQUESTS / 2);
        assertThat(run.unanswered()).isEqualTo(REQUESTS / 2);
        assertThat(run.latency().getMaxValue()).isGreaterThanOrEqualTo(TIMEOUT_NS);
    }

    private FixedRateRun run(final Exchange exchange)
    {
        closeables.add(exchange);
        final FixedRateRun run = new FixedRateRun(SystemNanoClock.INSTANCE, exchange,
            new ConstantSchedule(System.nanoTime(), 1_000), 0, SECOND_NS * REQUESTS / 1_000, SECOND_NS * 20);
        while (run.doWork() >= 0)
        {
            Thread.onSpinWait();
        }
        return run;
    }

    /** A server that closes after so many answers. */
    private InetSocketAddress http(final int answers, final byte[] answer) throws IOException
    {
        final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        closeables.add(listening);
        Thread.ofPlatform().daemon().start(() ->
        {
            while (!listening.isClosed())
            {
                accept(listening, answers, answer);
            }
        });
        return (InetSocketAddress)listening.getLocalSocketAddress();
    }

    private static void accept(final ServerSocket listening, final int answers, final byte[] answer)
    {
        try
        {
            final Socket socket = listening.accept();
            Thread.ofPlatform().daemon().start(() -> serve(socket, answers, answer));
        }
        catch (final IOException ignored)
        {
            // The test is over.
            Thread.onSpinWait();
        }
    }

    private static void serve(final Socket socket, final int answers, final byte[] answer)
    {
        try (socket)
        {
            final InputStream input = socket.getInputStream();
            int newLines = 0;
            int done = 0;
            int value;
            while (done < answers && (value = input.read()) >= 0)
            {
                newLines = value == '\n' ? newLines + 1 : newLines;
                // Three lines, the last of them empty.
                if (newLines == 3)
                {
                    newLines = 0;
                    done++;
                    socket.getOutputStream().write(answer);
                }
            }
        }
        catch (final IOException ignored)
        {
            // The client has what it wanted.
            Thread.onSpinWait();
        }
    }

    /** A server that answers every n-th datagram. */
    private InetSocketAddress udp(final UdpProtocol protocol, final int everyNth) throws IOException
    {
        final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        closeables.add(socket);
        Thread.ofPlatform().daemon().start(() ->
        {
            final byte[] bytes = new byte[UdpProtocol.MAX_LENGTH];
            for (int number = 1; !socket.isClosed(); number++)
            {
                answer(socket, protocol, bytes, number % everyNth == 0);
            }
        });
        return (InetSocketAddress)socket.getLocalSocketAddress();
    }

    private static void answer(
        final DatagramSocket socket, final UdpProtocol protocol, final byte[] bytes, final boolean isAnswered)
    {
        try
        {
            final DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            socket.receive(packet);
            final ByteBuffer buffer = ByteBuffer.wrap(bytes).limit(packet.getLength());
            if (protocol == UdpProtocol.DNS && !DnsMessage.answer(buffer, "server".getBytes(US_ASCII)))
            {
                throw new IllegalStateException("no question");
            }
            packet.setLength(buffer.limit());
            if (isAnswered)
            {
                socket.send(packet);
            }
        }
        catch (final IOException e)
        {
            if (!socket.isClosed())
            {
                throw new UncheckedIOException(e);
            }
        }
    }
}
