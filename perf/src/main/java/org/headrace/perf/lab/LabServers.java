package org.headrace.perf.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The programs on the server hosts: nginx, the name server that answers with its own name, iperf3.
 */
public final class LabServers
{
    /** Port of the web servers. */
    public static final int HTTP_PORT = 8080;
    /** Port of the name servers (UDP). */
    public static final int DNS_PORT = 5353;
    /** Another port of the name servers, which is no server of any listener: for traffic around the balancer. */
    public static final int DIRECT_DNS_PORT = 5354;
    /** Port of the iperf3 servers. */
    public static final int IPERF_PORT = 5201;
    /** Length of the file {@code /files/small}. */
    public static final int SMALL_FILE = 1_000;
    /** Length of the file {@code /files/large}; {@code /slow/large} sends it at one MiB per second. */
    public static final int LARGE_FILE = 8 * 1024 * 1024;

    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private LabServers()
    {
    }

    static void start(final Lab lab)
    {
        final Path files = lab.directory().resolve("www/files");
        writeFiles(files);
        final List<String> resolvers = new ArrayList<>(javaCommand(DnsResponderTool.class.getName()));
        for (int number = 1; number <= LabNetwork.SERVERS; number++)
        {
            final String name = "server" + number;
            final NetworkNamespace host = lab.server(number);
            lab.start("nginx-" + name, host, List.of(
                "nginx", "-e", "stderr", "-p", lab.directory().toString(), "-c", nginxConfiguration(lab, name)));
            lab.start("iperf3-" + name, host, List.of("iperf3", "-s", "-p", Integer.toString(IPERF_PORT)));
            resolvers.add(host.name() + "=" + name);
        }
        final LabProcess resolver = lab.start("dns", lab.client(), resolvers);
        for (int number = 1; number <= LabNetwork.SERVERS; number++)
        {
            final NetworkNamespace host = lab.server(number);
            final String address = LabNetwork.serverAddress(number);
            Await.until("nginx of " + host.name(), START_LIMIT, () -> isOpen(host, address, HTTP_PORT));
            Await.until("iperf3 of " + host.name(), START_LIMIT, () -> isOpen(host, address, IPERF_PORT));
        }
        Await.until(() -> "name servers: " + resolver.output(), START_LIMIT, () -> resolver.output().contains("ready"));
    }

    /**
     * @param tool class with a main method.
     * @return command line of a small Java process with this process's class path.
     */
    public static List<String> javaCommand(final String tool)
    {
        return new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx64m", "--enable-native-access=ALL-UNNAMED",
            "--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-cp", System.getProperty("java.class.path"), tool));
    }

    private static boolean isOpen(final NetworkNamespace host, final String address, final int port)
    {
        return host.call(() ->
        {
            try (Socket socket = new Socket())
            {
                socket.connect(new InetSocketAddress(address, port), 500);
                return true;
            }
            catch (final IOException e)
            {
                return false;
            }
        });
    }

    private static void writeFiles(final Path directory)
    {
        try
        {
            Files.createDirectories(directory);
            final byte[] bytes = new byte[LARGE_FILE];
            new Random(1).nextBytes(bytes);
            Files.write(directory.resolve("large"), bytes);
            Files.write(directory.resolve("small"), java.util.Arrays.copyOf(bytes, SMALL_FILE));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static String nginxConfiguration(final Lab lab, final String name)
    {
        final Path directory = lab.directory().resolve(name);
        try
        {
            Files.createDirectories(directory);
            final Path file = directory.resolve("nginx.conf");
            Files.writeString(file, NGINX.formatted(directory, name, lab.directory().resolve("www"), HTTP_PORT));
            return file.toString();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static final String NGINX = """
        daemon off;
        master_process off;
        user root;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log warn;
        events { worker_connections 8192; }
        http {
            access_log off;
            default_type text/plain;
            keepalive_requests 1000000000;
            keepalive_timeout 300s;
            client_body_temp_path %1$s/body;
            proxy_temp_path %1$s/proxy;
            fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi;
            scgi_temp_path %1$s/scgi;
            server {
                listen %4$d backlog=4096;
                listen [::]:%4$d backlog=4096;
                add_header X-Server %2$s;
                location = / { return 200 "%2$s\\n"; }
                location = /status { stub_status; }
                location /files/ { root %3$s; }
                location /slow/ { alias %3$s/files/; limit_rate 1m; }
            }
        }
        """;
}
