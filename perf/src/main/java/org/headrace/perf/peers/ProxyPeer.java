package org.headrace.perf.peers;

import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.lab.LabProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A proxy of TCP streams: one process on the balancer's CPU, the virtual address on its loopback interface. */
abstract class ProxyPeer implements Peer
{
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final int CONNECT_LIMIT_MS = 500;

    private final String name;
    private final String title;

    ProxyPeer(final String name, final String title)
    {
        this.name = name;
        this.title = title;
    }

    @Override
    public final String name()
    {
        return name;
    }

    @Override
    public final String title()
    {
        return title;
    }

    @Override
    public final double startSeconds()
    {
        return 0.5;
    }

    /** @return command line that runs it in the foreground. */
    abstract List<String> command(Lab lab, Path configuration);

    @Override
    public final RunningPeer start(final Lab lab, final Setting setting)
    {
        final Path file = lab.directory().resolve(name + ".conf");
        try
        {
            Files.writeString(file, configuration(lab));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
        lab.balancer().check("ip", "address", "replace", LabNetwork.VIP + "/32", "dev", "lo");
        final List<String> line = new ArrayList<>(
            List.of("taskset", "-c", Integer.toString(Setting.balancerCpu())));
        line.addAll(command(lab, file));
        final LabProcess process = lab.start(name, lab.balancer(), line);
        final RunningPeer running = new Running(lab, process);
        if (!process.isReadyWithin(START_LIMIT, () -> isOpen(lab)))
        {
            running.close();
            throw new LabException(name + " does not listen:\n" + process.output());
        }
        return running;
    }

    private static boolean isOpen(final Lab lab)
    {
        return lab.client().call(() ->
        {
            try (Socket socket = new Socket())
            {
                socket.connect(
                    new InetSocketAddress(LabNetwork.VIP, Target.BALANCED.httpOne()), CONNECT_LIMIT_MS);
                return true;
            }
            catch (final IOException e)
            {
                return false;
            }
        });
    }

    /**
     * @param lab     that it runs in.
     * @param process of it.
     */
    private record Running(Lab lab, LabProcess process) implements RunningPeer
    {
        @Override
        public Target target()
        {
            return Target.BALANCED;
        }

        @Override
        public void close()
        {
            process.close();
            lab.balancer().check("ip", "address", "del", LabNetwork.VIP + "/32", "dev", "lo");
        }
    }
}
