package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is the host's own stays with the host: before Headrace runs, while it runs, and after it has stopped.
 */
@NeedsLab
class HostTrafficIT
{
    private static final int OWN_PORT = 2222;
    private static final int TIMEOUT_MS = 5_000;

    private Lab lab;
    private ServerSocket listening;

    @BeforeEach
    void start()
    {
        lab = Lab.create();
        // Stands for a shell on the balancer: it sends back what it gets.
        listening = lab.balancer().call(() -> new ServerSocket(OWN_PORT));
        lab.balancer().start("shell", this::serve);
    }

    @AfterEach
    void stop() throws IOException
    {
        listening.close();
        lab.close();
    }

    @Test
    void shouldNotTouchConnectionsToTheHostsOwnAddress() throws IOException
    {
        try (Socket shell = connect(LabNetwork.BALANCER, OWN_PORT);
            Socket shell6 = connect(LabNetwork.BALANCER6, OWN_PORT))
        {
            assertEcho(shell);
            assertEcho(shell6);
            final HeadraceInstance headrace = startHeadrace();
            assertEcho(shell);
            assertEcho(shell6);
            assertNewShell();
            assertThat(headrace.stop()).isZero();
            assertEcho(shell);
            assertEcho(shell6);
            assertNewShell();
        }
    }

    @Test
    void shouldLetTheHostItselfReachTheServers()
    {
        final String url = "http://" + LabNetwork.serverAddress(1) + ":" + LabServers.HTTP_PORT + "/";
        final HeadraceInstance headrace = startHeadrace();

        assertThat(lab.balancer().check("curl", "-sS", "--max-time", "5", url)).isEqualTo("server1\n");
        assertThat(lab.balancer().check("curl", "-sS", "--max-time", "5",
            "http://[" + LabNetwork.serverAddress6(1) + "]:" + LabServers.HTTP_PORT + "/")).isEqualTo("server1\n");
        assertThat(lab.balancer().check("ping", "-c", "2", "-i", "0.2", "-W", "2", LabNetwork.serverAddress(2)))
            .contains(" 0% packet loss");
        assertThat(headrace.stop()).isZero();
        assertThat(lab.balancer().check("curl", "-sS", "--max-time", "5", url)).isEqualTo("server1\n");
    }

    @Test
    void shouldLetClientsReachServersAroundTheListeners()
    {
        startHeadrace();

        // A port that is no server's, and one that is: the host routes both like any router.
        assertThat(lab.client().check("dig", "@" + LabNetwork.serverAddress(2), "-p", "" + LabServers.DIRECT_DNS_PORT,
            "who.lab", "TXT", "+short", "+tries=1")).isEqualTo("\"server2\"\n");
        assertThat(lab.client().check("curl", "-sS", "--max-time", "5",
            "http://" + LabNetwork.serverAddress(2) + ":" + LabServers.HTTP_PORT + "/")).isEqualTo("server2\n");
        assertThat(lab.client().check("dig", "@" + LabNetwork.serverAddress(2), "-p", "" + LabServers.DNS_PORT,
            "who.lab", "TXT", "+short", "+tries=1")).isEqualTo("\"server2\"\n");
    }

    @Test
    void shouldLeaveNothingBehindAfterACleanStop() throws IOException
    {
        final String addresses = lab.balancer().check("ip", "-o", "address");
        final HeadraceInstance headrace = startHeadrace();
        assertThat(lab.balancer().check("ip", "-o", "address")).contains(LabNetwork.VIP).contains(LabNetwork.VIP6);
        assertThat(pins()).hasSize(1);

        assertThat(headrace.stop()).isZero();

        assertThat(lab.balancer().check("ip", "-o", "address")).isEqualTo(addresses);
        assertThat(pins()).as(headrace.process().output()).isEmpty();
        assertThat(lab.balancer().check("ip", "-o", "link")).doesNotContain("tun");
        // Files may stay for the next start, processes may not.
        assertThat(ProcessHandle.allProcesses().filter(process ->
            process.info().commandLine().orElse("").contains(lab.name() + "/headrace.yaml"))).isEmpty();
    }

    @Test
    void shouldTakeBackThePinsOfAKilledDataPlane() throws IOException
    {
        final HeadraceInstance first = startHeadrace();
        final ProcessHandle dataPlane = Processes.dataPlane(first);
        final ProcessHandle agent = Processes.agent(first);
        first.process().kill();
        dataPlane.destroyForcibly();
        agent.destroyForcibly();
        dataPlane.onExit().join();
        agent.onExit().join();

        final HeadraceInstance second = startHeadrace();

        assertThat(lab.client().check("curl", "-sS", "--max-time", "5", "http://" + LabNetwork.VIP + "/"))
            .startsWith("server");
        assertThat(second.stop()).isZero();
        assertThat(pins()).as(second.process().output()).isEmpty();
    }

    private HeadraceInstance startHeadrace()
    {
        return HeadraceInstance.start(lab, new HeadraceConfig(lab).usual());
    }

    private List<String> pins() throws IOException
    {
        final Path root = Path.of("/sys/fs/bpf");
        final String mark = lab.name().replace('-', '_');
        if (!Files.isDirectory(root))
        {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root))
        {
            return entries.filter(entry -> entry.toString().endsWith(mark))
                .map(entry -> entry + " " + List.of(entry.toFile().list())).toList();
        }
    }

    private Socket connect(final String address, final int port)
    {
        return lab.client().call(() ->
        {
            final Socket socket = new Socket();
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(address, port), TIMEOUT_MS);
            return socket;
        });
    }

    private void assertNewShell() throws IOException
    {
        try (Socket shell = connect(LabNetwork.BALANCER, OWN_PORT))
        {
            assertEcho(shell);
        }
    }

    private static void assertEcho(final Socket socket) throws IOException
    {
        for (int octet = 1; octet < 50; octet++)
        {
            socket.getOutputStream().write(octet);
            assertThat(socket.getInputStream().read()).isEqualTo(octet);
        }
    }

    private void serve()
    {
        while (!listening.isClosed())
        {
            try
            {
                final Socket socket = listening.accept();
                Thread.ofPlatform().daemon().start(() -> echo(socket));
            }
            catch (final IOException e)
            {
                return;
            }
        }
    }

    private static void echo(final Socket socket)
    {
        try (socket)
        {
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
        catch (final IOException e)
        {
            System.err.println("shell: " + e.getMessage());
        }
    }
}
