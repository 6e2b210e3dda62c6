package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabServers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Headrace with one of its drivers: one worker on the balancer's CPU, as it is by default. */
final class HeadracePeer implements Peer
{
    private static final List<Integer> ALL = List.of(1, 1, 1);
    private static final List<Integer> FIRST = List.of(1);
    /** With its usual 256 MiB the agent cannot read a file with 100 000 servers. */
    private static final String AGENT_OPTIONS = "-Xmx1g";

    private final String driver;

    /** @param driver {@code io_uring} or {@code af_xdp}. */
    HeadracePeer(final String driver)
    {
        this.driver = driver;
    }

    @Override
    public String name()
    {
        return driver;
    }

    @Override
    public String title()
    {
        return "Headrace, " + driver;
    }

    @Override
    public String version()
    {
        return Programs.version(HeadraceInstance.command("version").toArray(String[]::new)) + " (" + commit() + ")";
    }

    @Override
    public Optional<String> missing()
    {
        try
        {
            final Path file = Files.createTempFile("headrace-bench", ".yaml");
            try
            {
                Files.writeString(file, "dataplane:\n  io: " + driver + "\n  interfaces: [lo]\n");
                final Command.Result result = Command.run(HeadraceInstance.command("check", file.toString()));
                return result.errors().lines().filter(line -> line.contains("not supported by this version"))
                    .findFirst().map(line -> line.replaceAll("^.*?\\d+:\\d+: ", ""));
            }
            finally
            {
                Files.deleteIfExists(file);
            }
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String configuration(final Lab lab)
    {
        return "# HEADRACE_AGENT_OPTS=" + AGENT_OPTIONS + "\n" + config(lab);
    }

    /** The usual listeners; a spare data plane would take the processors while it warms up. */
    HeadraceConfig config(final Lab lab)
    {
        final int iperf = LabServers.IPERF_PORT;
        return new HeadraceConfig(lab).io(driver).dataPlane("standby", "false")
            .listener("http", "tcp", Target.BALANCED.http(), LabServers.HTTP_PORT, "rr", ALL)
            .listener("http-one", "tcp", Target.BALANCED.httpOne(), LabServers.HTTP_PORT, "rr", FIRST)
            .listener("bulk", "tcp", Target.BALANCED.bulk(), iperf, "rr", FIRST)
            .listener("dns", "udp", Target.BALANCED.dns(), LabServers.DNS_PORT, "rr", ALL)
            .listener("dns-one", "udp", Target.BALANCED.dnsOne(), LabServers.DNS_PORT, "rr", FIRST);
    }

    /** Where the data plane's JVM writes a line for each garbage collection. */
    static Path collectionLog(final Lab lab)
    {
        return lab.directory().resolve("collections.log");
    }

    @Override
    public double startSeconds()
    {
        return 3;
    }

    @Override
    public RunningPeer start(final Lab lab, final Setting setting)
    {
        return new Running(
            HeadraceInstance.start(lab, config(lab), "-Xlog:gc:file=" + collectionLog(lab), AGENT_OPTIONS));
    }

    private static String commit()
    {
        try
        {
            return Command.check(
                List.of("git", "-C", Lab.home().toString(), "describe", "--always", "--dirty")).strip();
        }
        catch (final LabException e)
        {
            return "no git here";
        }
    }

    /** @param instance that forwards. */
    private record Running(HeadraceInstance instance) implements RunningPeer
    {
        @Override
        public Target target()
        {
            return Target.BALANCED;
        }

        @Override
        public Optional<HeadraceInstance> headrace()
        {
            return Optional.of(instance);
        }

        @Override
        public void close()
        {
            instance.close();
        }
    }
}
