package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabServers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** nginx with its stream module, one worker. */
final class NginxPeer extends ProxyPeer
{
    private static final Pattern MODULES = Pattern.compile("--modules-path=(\\S+)");

    NginxPeer()
    {
        super("nginx", "nginx stream");
    }

    @Override
    public String version()
    {
        return Programs.version("nginx", "-v");
    }

    @Override
    public Optional<String> missing()
    {
        return Programs.missing("nginx", "nginx-light").or(() -> isBuiltIn() || Files.exists(module()) ?
            Optional.empty() :
            Optional.of("nginx has no stream module: no file " + module() + " (Debian: libnginx-mod-stream)"));
    }

    @Override
    List<String> command(final Lab lab, final Path configuration)
    {
        return List.of("nginx", "-e", "stderr", "-p", lab.directory().toString(), "-c", configuration.toString());
    }

    @Override
    public String configuration(final Lab lab)
    {
        return (isBuiltIn() ? "" : "load_module " + module() + ";\n") + """
            daemon off;
            master_process off;
            worker_processes 1;
            user root;
            pid %1$s/nginx-stream.pid;
            error_log %1$s/nginx-stream.log warn;
            events { worker_connections 16384; }
            stream {
            """.formatted(lab.directory()) +
            server("http", Target.BALANCED.http(), LabServers.HTTP_PORT, LabNetwork.SERVERS) +
            server("http_one", Target.BALANCED.httpOne(), LabServers.HTTP_PORT, 1) +
            server("bulk", Target.BALANCED.bulk(), LabServers.IPERF_PORT, 1) + "}\n";
    }

    private static String server(final String name, final int port, final int serverPort, final int servers)
    {
        final StringBuilder text = new StringBuilder("    upstream ").append(name).append(" {");
        for (int server = 1; server <= servers; server++)
        {
            text.append(" server ").append(LabNetwork.serverAddress(server)).append(':').append(serverPort)
                .append(';');
        }
        return text.append(" }\n    server { listen ").append(LabNetwork.VIP).append(':').append(port)
            .append(" backlog=4096; proxy_pass ").append(name).append("; }\n").toString();
    }

    private static boolean isBuiltIn()
    {
        return build().matches("(?s).*--with-stream\\s.*");
    }

    private static Path module()
    {
        final Matcher matcher = MODULES.matcher(build());
        return Path.of(matcher.find() ? matcher.group(1) : "/usr/lib/nginx/modules", "ngx_stream_module.so");
    }

    private static String build()
    {
        final Command.Result result = Command.run(List.of("nginx", "-V"));
        return result.output() + result.errors();
    }
}
