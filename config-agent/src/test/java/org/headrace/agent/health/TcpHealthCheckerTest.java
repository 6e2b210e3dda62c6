package org.headrace.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.agent.netlink.Await;
import org.headrace.agent.netlink.NetworkNamespace;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Against real sockets. */
class TcpHealthCheckerTest
{
    private static final int INTERVAL_MS = 50;
    private static final int TIMEOUT_MS = 300;

    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final Map<HealthTarget, Boolean> states = new ConcurrentHashMap<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception
    {
        for (final AutoCloseable closeable : toClose.reversed())
        {
            closeable.close();
        }
    }

    @ParameterizedTest(name = "io_uring={0}")
    @ValueSource(booleans = {true, false})
    void shouldFollowAServerUpAndDownAndUpAgain(final boolean isIoUring) throws IOException
    {
        final ServerSocket first = listen(0, 50);
        final HealthTarget target = target(first.getLocalPort(), TIMEOUT_MS);
        start(isIoUring).targets(Set.of(target));
        await(() -> states.getOrDefault(target, false));
        first.close();
        await(() -> !states.get(target));
        listen(target.server().port(), 50);
        await(() -> states.get(target));
        assertThat(reports).containsExactly("true connect succeeded", "false connect refused",
            "true connect succeeded");
    }

    @ParameterizedTest(name = "io_uring={0}")
    @ValueSource(booleans = {true, false})
    void shouldTimeOutOnAServerThatNeverAnswers(final boolean isIoUring) throws IOException
    {
        final ServerSocket server = listen(0, 1);
        fillBacklog(server);
        final HealthTarget target = target(server.getLocalPort(), TIMEOUT_MS);
        start(isIoUring).targets(Set.of(target));
        await(() -> states.containsKey(target));
        assertThat(reports).containsExactly("false timeout after 300 ms");
    }

    @ParameterizedTest(name = "io_uring={0}")
    @ValueSource(booleans = {true, false})
    void shouldSayThatThereIsNoRoute(final boolean isIoUring) throws Exception
    {
        NetworkNamespace.assumePossible();
        final NetworkNamespace namespace = new NetworkNamespace("health");
        toClose.add(namespace);
        namespace.ip("route add unreachable 10.79.0.0/16");
        final HealthTarget unreachable = target(new Endpoint(IpAddress.parse("10.79.0.1"), 80), TIMEOUT_MS);
        final HealthTarget unroutable = target(new Endpoint(IpAddress.parse("fd79::1"), 80), TIMEOUT_MS);
        // The event loop's thread starts with the first task, in the namespace of the thread that gives it.
        namespace.call(() ->
        {
            start(isIoUring).targets(Set.of(unreachable, unroutable));
            return null;
        });
        await(() -> states.containsKey(unreachable) && states.containsKey(unroutable));
        assertThat(reports).containsExactly("false no route to host", "false no route to host");
    }

    @Test
    void shouldResetTheConnectionInsteadOfClosingIt() throws IOException
    {
        final ServerSocket server = listen(0, 50);
        start(true).targets(Set.of(target(server.getLocalPort(), TIMEOUT_MS)));
        try (Socket accepted = server.accept())
        {
            assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        }
    }

    @Test
    void shouldProbeFromAConfiguredSource() throws IOException
    {
        final ServerSocket server = listen(0, 50);
        final TcpHealthChecker checker = new TcpHealthChecker(List.of(IpAddress.parse("127.0.0.77")));
        start(checker).targets(Set.of(target(server.getLocalPort(), TIMEOUT_MS)));
        try (Socket accepted = server.accept())
        {
            assertThat(accepted.getInetAddress().getHostAddress()).isEqualTo("127.0.0.77");
        }
    }

    @Test
    void shouldJudgeNothingWhileTheSourceIsNotThere() throws IOException
    {
        final ServerSocket server = listen(0, 50);
        final TcpHealthChecker checker = new TcpHealthChecker(List.of(IpAddress.parse("192.0.2.77")));
        final HealthTarget target = target(server.getLocalPort(), TIMEOUT_MS);
        // A family without source is probed as ever; its report says that the other target has been tried, too.
        final ServerSocket other = new ServerSocket(0, 50, InetAddress.ofLiteral("::1"));
        toClose.add(other);
        final HealthTarget otherTarget =
            target(new Endpoint(IpAddress.parse("::1"), other.getLocalPort()), TIMEOUT_MS);
        start(checker).targets(Set.of(target, otherTarget));
        await(() -> states.containsKey(otherTarget));
        assertThat(states).doesNotContainKey(target);
    }

    @Test
    void shouldEndItsThreadWhenClosed() throws IOException
    {
        final ServerSocket server = listen(0, 50);
        final HealthTarget target = target(server.getLocalPort(), TIMEOUT_MS);
        final TcpHealthChecker checker = start(true);
        checker.targets(Set.of(target));
        await(() -> states.containsKey(target));
        checker.close();
        checker.close();
        // The event loop says that it has ended from its own thread, a moment before that thread is gone.
        await(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> "headrace-health".equals(thread.getName())));
        assertThatThrownBy(() -> checker.targets(Set.of())).hasMessageContaining("isClosed=true");
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense()
    {
        final HealthTarget target = new HealthTarget(Endpoint.parse("127.0.0.1:80"), 0, 1, 1, 1);
        final TcpHealthChecker checker = start(true);
        assertThatThrownBy(() -> checker.targets(Set.of(target))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("intervalMs=0");
    }

    @Test
    void shouldCallBackOnItsOwnThreadOnly() throws IOException
    {
        final ServerSocket server = listen(0, 50);
        final AtomicInteger foreign = new AtomicInteger();
        final AtomicInteger own = new AtomicInteger();
        final TcpHealthChecker checker = new TcpHealthChecker();
        toClose.add(checker);
        checker.start((target, isUp, reason) ->
            ("headrace-health".equals(Thread.currentThread().getName()) ? own : foreign).incrementAndGet());
        checker.targets(Set.of(target(server.getLocalPort(), TIMEOUT_MS), target(1, TIMEOUT_MS)));
        await(() -> own.get() + foreign.get() == 2);
        assertThat(foreign).hasValue(0);
    }

    private TcpHealthChecker start(final boolean isIoUring)
    {
        return start(new TcpHealthChecker(List.of(), isIoUring, TcpHealthChecker.IN_FLIGHT_LIMIT));
    }

    private TcpHealthChecker start(final TcpHealthChecker checker)
    {
        toClose.add(checker);
        checker.start((target, isUp, reason) ->
        {
            reports.add(isUp + " " + reason);
            states.put(target, isUp);
        });
        return checker;
    }

    private ServerSocket listen(final int port, final int backlog) throws IOException
    {
        final ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), backlog);
        toClose.add(server);
        return server;
    }

    /** Connections that nobody accepts, until the kernel drops the next SYN. */
    private void fillBacklog(final ServerSocket server) throws IOException
    {
        for (int i = 0; i < 8; i++)
        {
            final SocketChannel channel = SocketChannel.open();
            toClose.add(channel);
            channel.configureBlocking(false);
            channel.connect(server.getLocalSocketAddress());
        }
    }

    private void await(final BooleanSupplier condition)
    {
        Await.until(reports::toString, condition);
    }

    private static HealthTarget target(final int port, final int timeoutMs)
    {
        return target(new Endpoint(IpAddress.parse("127.0.0.1"), port), timeoutMs);
    }

    private static HealthTarget target(final Endpoint server, final int timeoutMs)
    {
        return new HealthTarget(server, INTERVAL_MS, timeoutMs, 2, 2);
    }
}
