package org.headrace.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

@Timeout(60)
class ControlSocketAgentTest
{
    @TempDir
    private Path directory;
    private final AtomicLong clockNs = new AtomicLong();
    private final List<Consumer<String>> open = new ArrayList<>();
    private ControlSocketAgent agent;

    @BeforeEach
    void setUp() throws IOException
    {
        // The socket of an agent that was killed.
        Files.writeString(directory.resolve(ControlSocketAgent.FILE_NAME), "");
        agent = new ControlSocketAgent(directory, clockNs::get, (line, reply) ->
        {
            if (line.equals("later"))
            {
                open.add(reply);
            }
            else
            {
                reply.accept(line.startsWith("big") ? "x".repeat(1_000_000) : "echo " + line);
            }
        });
        agent.onStart();
    }

    @AfterEach
    void tearDown()
    {
        agent.onClose();
        assertThat(directory.resolve(ControlSocketAgent.FILE_NAME)).doesNotExist();
    }

    @Test
    void shouldAnswerLineByLine() throws IOException
    {
        assertThat(PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve(ControlSocketAgent.FILE_NAME)))).isEqualTo("rw-------");
        try (SocketChannel client = connect())
        {
            write(client, "one\ntwo\nthr");
            assertThat(read(client, 2)).isEqualTo("echo one\necho two\n");
            write(client, "ee\n");
            assertThat(read(client, 1)).isEqualTo("echo three\n");
        }
    }

    @Test
    void shouldAnswerInOrderWhenAnAnswerComesLater() throws IOException
    {
        try (SocketChannel client = connect())
        {
            write(client, "later\nnext\n");
            Await.until("request", () -> !open.isEmpty(), agent::doWork);
            Await.run(50, agent::doWork);
            open.getFirst().accept("at last");
            assertThat(read(client, 2)).isEqualTo("at last\necho next\n");
            open.getFirst().accept("twice");
            write(client, "x\n");
            assertThat(read(client, 1)).isEqualTo("echo x\n");
        }
    }

    @Test
    void shouldSendALongAnswerToASlowReader() throws IOException
    {
        try (SocketChannel client = connect())
        {
            write(client, "big\nsmall\n");
            Await.run(100, agent::doWork);
            assertThat(read(client, 2)).hasSize(1_000_001 + 11);
        }
    }

    @Test
    void shouldRefuseAnEndlessLine() throws IOException
    {
        try (SocketChannel client = connect())
        {
            write(client, "y".repeat(ControlClient.MAX_LINE_LENGTH + 1));
            assertThat(read(client, 1)).contains("> MAX_LINE_LENGTH=65536");
            assertEndOfStream(client);
        }
    }

    @Test
    void shouldServeManyClientsAndRefuseTooMany() throws IOException
    {
        final List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < ControlSocketAgent.MAX_CLIENTS; i++)
        {
            clients.add(connect());
            write(clients.getLast(), i + "\n");
            Await.run(1, agent::doWork);
        }
        for (int i = 0; i < clients.size(); i++)
        {
            assertThat(read(clients.get(i), 1)).isEqualTo("echo " + i + "\n");
        }
        try (SocketChannel oneTooMany = connect())
        {
            assertEndOfStream(oneTooMany);
        }
        clients.removeFirst().close();
        Await.run(20, agent::doWork);
        try (SocketChannel again = connect())
        {
            write(again, "again\n");
            assertThat(read(again, 1)).isEqualTo("echo again\n");
        }
        for (final SocketChannel client : clients)
        {
            client.close();
        }
    }

    @Test
    void shouldDropAClientThatSaysNothing() throws IOException
    {
        try (SocketChannel client = connect())
        {
            Await.run(20, agent::doWork);
            clockNs.addAndGet(61_000_000_000L);
            assertEndOfStream(client);
        }
    }

    @Test
    void shouldSurviveRandomBytesAndSuddenEnds() throws IOException
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int i = 0; i < 200; i++)
        {
            try (SocketChannel client = connect())
            {
                final byte[] bytes = new byte[random.nextInt(5_000)];
                random.nextBytes(bytes);
                client.write(ByteBuffer.wrap(bytes));
                if (random.nextBoolean())
                {
                    client.shutdownOutput();
                }
                Await.run(1, agent::doWork);
            }
            Await.run(1, agent::doWork);
        }
        try (SocketChannel client = connect())
        {
            write(client, "still here\n");
            assertThat(read(client, 1)).as("seed=" + seed).isEqualTo("echo still here\n");
        }
    }

    private SocketChannel connect() throws IOException
    {
        return SocketChannel.open(
            UnixDomainSocketAddress.of(directory.resolve(ControlSocketAgent.FILE_NAME)));
    }

    private void write(final SocketChannel client, final String text) throws IOException
    {
        client.configureBlocking(false);
        final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
        Await.until("room", () -> tryWrite(client, bytes), agent::doWork);
    }

    private static boolean tryWrite(final SocketChannel client, final ByteBuffer bytes)
    {
        try
        {
            client.write(bytes);
            return !bytes.hasRemaining();
        }
        catch (final IOException ex)
        {
            throw new AssertionError(ex);
        }
    }

    private String read(final SocketChannel client, final int lines) throws IOException
    {
        client.configureBlocking(false);
        final StringBuilder text = new StringBuilder();
        final ByteBuffer buffer = ByteBuffer.allocate(16_384);
        Await.until(lines + " lines", () ->
        {
            final int count = tryRead(client, buffer.clear());
            text.append(new String(buffer.array(), 0, Math.max(0, count), UTF_8));
            return text.chars().filter(c -> c == '\n').count() >= lines;
        }, agent::doWork);
        return text.toString();
    }

    private void assertEndOfStream(final SocketChannel client) throws IOException
    {
        client.configureBlocking(false);
        final ByteBuffer buffer = ByteBuffer.allocate(1_024);
        Await.until("end of stream", () -> tryRead(client, buffer.clear()) < 0, agent::doWork);
    }

    private static int tryRead(final SocketChannel client, final ByteBuffer buffer)
    {
        try
        {
            return client.read(buffer);
        }
        catch (final IOException _)
        {
            return -1;
        }
    }
}
