package org.headrace.agent.control;

import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Serves the control socket. It never blocks: a client that sends too much, reads too slowly or says nothing for too
 * long is dropped, and all others go on.
 */
public final class ControlSocketAgent implements Agent
{
    /** Name of the socket in the runtime directory. */
    public static final String FILE_NAME = "agent.sock";
    /** Most clients at a time. */
    static final int MAX_CLIENTS = 64;

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlSocketAgent.class);
    private static final long IDLE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long SWEEP_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final Path socket;
    private final NanoClock clock;
    private final ControlSocketListener listener;
    private final List<ControlClient> clients = new ArrayList<>();
    private Selector selector;
    private ServerSocketChannel server;
    private long nextSweepNs;

    /**
     * @param directory runtime directory.
     * @param clock     for time-outs.
     * @param listener  answers the requests.
     */
    public ControlSocketAgent(final Path directory, final NanoClock clock, final ControlSocketListener listener)
    {
        this.socket = directory.resolve(FILE_NAME);
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public void onStart()
    {
        try
        {
            // The directory's lock says that no other agent lives here, so that a socket can only be a dead one's.
            Files.deleteIfExists(socket);
            selector = Selector.open();
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            nextSweepNs = clock.nanoTime();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("control socket=" + socket + " cannot be opened: " + ex.getMessage(), ex);
        }
    }

    @Override
    public int doWork()
    {
        int workCount = 0;
        try
        {
            workCount = selector.selectNow(this::onSelected);
        }
        catch (final IOException ex)
        {
            LOGGER.warn("event=control-socket-failed reason=\"{}\"", ex.getMessage());
        }
        final long nowNs = clock.nanoTime();
        if (nowNs - nextSweepNs >= 0)
        {
            nextSweepNs = nowNs + SWEEP_INTERVAL_NS;
            clients.stream().filter(client -> nowNs - client.lastActiveNs() > IDLE_TIMEOUT_NS)
                .forEach(ControlClient::close);
        }
        clients.removeIf(ControlClient::isClosed);
        return workCount;
    }

    @Override
    public void onClose()
    {
        clients.forEach(ControlClient::close);
        CloseHelper.quietCloseAll(server, selector);
        try
        {
            Files.deleteIfExists(socket);
        }
        catch (final IOException ex)
        {
            LOGGER.warn("event=control-socket-not-removed reason=\"{}\"", ex.getMessage());
        }
    }

    @Override
    public String roleName()
    {
        return "control-socket";
    }

    private void onSelected(final SelectionKey key)
    {
        if (key.channel() == server)
        {
            accept();
        }
        else
        {
            ((ControlClient)key.attachment()).onSelected(clock.nanoTime());
        }
    }

    private void accept()
    {
        try
        {
            final SocketChannel channel = server.accept();
            if (channel == null)
            {
                return;
            }
            if (clients.size() >= MAX_CLIENTS)
            {
                LOGGER.warn("event=control-client-refused clients={}", clients.size());
                CloseHelper.quietClose(channel);
                return;
            }
            channel.configureBlocking(false);
            clients.add(new ControlClient(channel, selector, listener, clock.nanoTime()));
        }
        catch (final IOException ex)
        {
            LOGGER.warn("event=control-accept-failed reason=\"{}\"", ex.getMessage());
        }
    }
}
