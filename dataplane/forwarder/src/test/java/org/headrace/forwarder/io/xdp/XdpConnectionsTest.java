package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.bpf.RedirectAll;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.NetworkNamespace;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Real TCP connections, one request each, from one kernel to another through the bare driver: every packet of a
 * connection's beginning and end has to get through, and a batch may be a single packet with nothing behind it.
 */
@Timeout(90)
class XdpConnectionsTest
{
    private static final int CLIENTS = 16;
    private static final int CONNECTIONS_EACH = 60;
    private static final int PORT = 8080;
    private static final int PATIENCE_MS = 20_000;
    private static final String CLIENT_MAC = "02:00:00:00:00:c0";
    private static final String SERVER_MAC = "02:00:00:00:00:50";

    private final String id = "hrxc-" + ProcessHandle.current().pid();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicLong drops = new AtomicLong();

    @Test
    void shouldCarryShortConnectionsWithoutLosingAPacket() throws InterruptedException, IOException
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
        try (NetworkNamespace client = new NetworkNamespace(id + "c");
            NetworkNamespace middle = new NetworkNamespace(id + "m");
            NetworkNamespace server = new NetworkNamespace(id + "s"))
        {
            cable(middle, "a0", client, "c0", CLIENT_MAC, "10.5.0.2", "10.5.0.3");
            cable(middle, "a1", server, "s0", SERVER_MAC, "10.5.0.3", "10.5.0.2");
            final List<NetworkLink> links =
                middle.call(() -> List.of(NetworkLink.find("a0"), NetworkLink.find("a1")));
            try (RedirectAll redirect =
                middle.call(() -> new RedirectAll(links.get(0).index(), links.get(1).index()));
                XdpContext context = new XdpContext().links(links).sockets(redirect.sockets()).events(_ -> { });
                ServerSocket listener = server.call(XdpConnectionsTest::listen))
            {
                final XdpPacketIo io = middle.call(context::openNext);
                middle.call(() ->
                {
                    context.admit();
                    return 0;
                });
                final Thread forwarder = new Thread(() -> forward(io, links));
                forwarder.start();
                connectAll(client, server, listener);
                isOver.set(true);
                forwarder.join();
                assertThat(answered.get()).isEqualTo(CLIENTS * CONNECTIONS_EACH);
                assertThat(drops.get()).isZero();
                assertThat(io.overruns()).isZero();
                for (final NetworkNamespace end : new NetworkNamespace[]{client, server})
                {
                    assertThat(end.call(() -> tcpCounter("InCsumErrors"))).isZero();
                    assertThat(end.call(() -> tcpCounter("EstabResets"))).isZero();
                }
                io.close();
            }
        }
    }

    private static void cable(
        final NetworkNamespace middle,
        final String port,
        final NetworkNamespace end,
        final String device,
        final String mac,
        final String address,
        final String other)
    {
        middle.ip("link add " + port + " type veth peer name " + device + " address " + mac + " netns " + end.name());
        middle.ip("link set " + port + " up");
        end.ip("link set " + device + " up");
        end.ip("addr add " + address + "/24 dev " + device);
        // Address resolution does not survive new MAC addresses.
        final long portMac = middle.call(() -> NetworkLink.find(port).macAddress());
        end.ip("neigh add " + other + " lladdr " + text(portMac) + " dev " + device);
        // AF_XDP has no mark for a checksum that is left to the hardware.
        run("nsenter", "--net=/run/netns/" + end.name(), "ethtool", "-K", device, "tx", "off", "gso", "off");
    }

    private static String text(final long mac)
    {
        return String.join(":", Arrays.stream(new int[]{40, 32, 24, 16, 8, 0})
            .mapToObj(shift -> String.format("%02x", mac >>> shift & 0xFF)).toList());
    }

    private static void run(final String... command)
    {
        try
        {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(String.join(" ", command), ex);
        }
    }

    private static ServerSocket listen()
    {
        try
        {
            final ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress("10.5.0.3", PORT), 4 * CLIENTS);
            return listener;
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private void connectAll(final NetworkNamespace client, final NetworkNamespace server, final ServerSocket listener)
        throws InterruptedException
    {
        final Thread accepter = new Thread(() -> server.call(() -> answer(listener)));
        accepter.setDaemon(true);
        accepter.start();
        final List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++)
        {
            clients.add(new Thread(() -> client.call(this::connectOften)));
            clients.getLast().start();
        }
        for (final Thread thread : clients)
        {
            thread.join();
        }
    }

    private static int answer(final ServerSocket listener)
    {
        while (true)
        {
            try (Socket connection = listener.accept())
            {
                connection.setSoTimeout(PATIENCE_MS);
                connection.getOutputStream().write(connection.getInputStream().read() + 1);
            }
            catch (final IOException ex)
            {
                return 0;
            }
        }
    }

    private int connectOften()
    {
        for (int i = 0; i < CONNECTIONS_EACH; i++)
        {
            try (Socket connection = new Socket())
            {
                connection.setSoTimeout(PATIENCE_MS);
                connection.connect(new InetSocketAddress("10.5.0.3", PORT), PATIENCE_MS);
                connection.getOutputStream().write(i);
                if (connection.getInputStream().read() == i + 1 && connection.getInputStream().read() < 0)
                {
                    answered.incrementAndGet();
                }
            }
            catch (final IOException ex)
            {
                return i;
            }
        }
        return CONNECTIONS_EACH;
    }

    private void forward(final XdpPacketIo io, final List<NetworkLink> links)
    {
        final long[] peers = {0x02_0000_0000_C0L, 0x02_0000_0000_50L};
        final PacketBatch batch = new PacketBatch();
        while (!isOver.get())
        {
            if (io.receive(batch) == 0)
            {
                io.await(10_000_000L);
                continue;
            }
            for (int i = 0; i < batch.size; i++)
            {
                final int egress = 1 - batch.ingress(i);
                final long source = links.get(egress).macAddress();
                NativeMemory.putNetworkShort(batch.address(i), (int)(peers[egress] >>> 32));
                NativeMemory.putNetworkInt(batch.address(i) + 2, (int)peers[egress]);
                NativeMemory.putNetworkShort(batch.address(i) + 6, (int)(source >>> 32));
                NativeMemory.putNetworkInt(batch.address(i) + 8, (int)source);
                batch.egress(i, egress);
                batch.verdict(i, Verdict.FORWARD);
            }
            io.transmit(batch);
            for (int i = 0; i < batch.size; i++)
            {
                drops.addAndGet(Verdict.isDrop(batch.verdict(i)) ? 1 : 0);
            }
        }
    }

    /** A counter of the caller's namespace: a line of names, and a line of values below it. */
    private static long tcpCounter(final String name)
    {
        try
        {
            final List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                .filter(line -> line.startsWith("Tcp:")).toList();
            final int column = Arrays.asList(lines.get(0).split(" ")).indexOf(name);
            return Long.parseLong(lines.get(1).split(" ")[column]);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }
}
