package org.headrace.perf.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The laboratory: five namespaces (client, balancer, three servers), laid as {@link LabNetwork} shows, with a web
 * server, a name server and an iperf3 server on each server host. What balances in the middle is the user's choice:
 * {@link HeadraceInstance} or {@link NftablesBalancer}.
 *
 * <p>Closing it, or the end of this process however it comes (but for SIGKILL), ends the programs and takes
 * everything away; what a killed process left is swept by the next laboratory.
 */
public final class Lab implements AutoCloseable
{
    /** Packet driver of the data plane, unless a laboratory is asked for one: a system property. */
    public static final String IO_PROPERTY = "headrace.lab.io";
    private static final String IO_DEFAULT = "io_uring";
    private static final String AF_XDP = "af_xdp";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SILENCE = """
        table inet silence {
            chain prerouting {
                type filter hook prerouting priority -500; policy drop;
                icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
            }
        }
        """;

    private final String prefix;
    private final String io;
    private final int queues;
    private final Path directory;
    private final NetworkNamespace client;
    private final NetworkNamespace balancer;
    private final List<NetworkNamespace> servers = new ArrayList<>();
    private final Deque<AutoCloseable> programs = new ArrayDeque<>();
    private final Thread hook = new Thread(this::removeAll, "lab-removal");
    private boolean isClosed;

    private Lab(final String io, final int queues) throws IOException
    {
        this.io = io;
        this.queues = queues;
        prefix = "hr" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        directory = LabDirectory.create(prefix);
        client = new NetworkNamespace(prefix + "-client");
        balancer = new NetworkNamespace(prefix + "-balancer");
        for (int server = 1; server <= LabNetwork.SERVERS; server++)
        {
            servers.add(new NetworkNamespace(prefix + "-server" + server));
        }
    }

    /** @return a laboratory with its servers running and nothing yet that balances, for the usual packet driver. */
    public static Lab create()
    {
        return create(1);
    }

    /** @param queues of each link: AF_XDP wants one for each worker. @return as above. */
    public static Lab create(final int queues)
    {
        return create(System.getProperty(IO_PROPERTY, IO_DEFAULT), queues);
    }

    /**
     * @param io     packet driver of the data plane that comes: af_xdp wants peers without offloads.
     * @param queues of each link, at least 1.
     * @return a laboratory with its servers running and nothing yet that balances.
     */
    public static Lab create(final String io, final int queues)
    {
        LabRemoval.sweep(false);
        final Lab[] lab = new Lab[1];
        LabDirectory.locked(() ->
        {
            LabRemoval.markMounts();
            try
            {
                lab[0] = new Lab(io, queues);
            }
            catch (final IOException e)
            {
                throw new UncheckedIOException(e);
            }
        });
        Runtime.getRuntime().addShutdownHook(lab[0].hook);
        try
        {
            lab[0].lay();
        }
        catch (final RuntimeException e)
        {
            lab[0].close();
            throw e;
        }
        return lab[0];
    }

    private void lay()
    {
        allNamespaces().forEach(namespace -> Command.check(List.of("ip", "netns", "add", namespace.name())));
        LabNetwork.lay(client, balancer, servers, queues);
        if (AF_XDP.equals(io))
        {
            LabNetwork.switchOffloadsOff(client, servers);
        }
        LabServers.start(this);
    }

    private List<NetworkNamespace> allNamespaces()
    {
        final List<NetworkNamespace> all = new ArrayList<>(List.of(client, balancer));
        all.addAll(servers);
        return all;
    }

    /** @return name of this laboratory, unique on the machine. */
    public String name()
    {
        return prefix;
    }

    /** @return packet driver of the data plane: {@code dataplane.io}. */
    public String io()
    {
        return io;
    }

    /** @return directory for logs and files, removed with the laboratory. */
    public Path directory()
    {
        return directory;
    }

    /** @return a directory in memory for a data plane, removed with the laboratory. */
    public Path runtimeDirectory()
    {
        return LabDirectory.RUNTIME_ROOT.resolve(prefix);
    }

    /** @return host of the clients. */
    public NetworkNamespace client()
    {
        return client;
    }

    /** @return host of the balancer. */
    public NetworkNamespace balancer()
    {
        return balancer;
    }

    /** @param number 1 to 3. @return host of a server. */
    public NetworkNamespace server(final int number)
    {
        return servers.get(number - 1);
    }

    /**
     * Starts a program that ends with the laboratory.
     *
     * @param name      of its log file.
     * @param host      to run on.
     * @param arguments program and arguments.
     * @return the program.
     */
    public synchronized LabProcess start(final String name, final NetworkNamespace host, final List<String> arguments)
    {
        if (isClosed)
        {
            throw new LabException("the laboratory is being removed");
        }
        final LabProcess process = LabProcess.start(name, directory.resolve(name + ".log"), host.enter(arguments));
        programs.push(process);
        return process;
    }

    /**
     * Has the kernels of client and servers ignore whatever arrives, but for neighbour discovery: then nobody but the
     * caller, who works with packet sockets, sends anything.
     */
    public void silence()
    {
        final List<NetworkNamespace> ends = new ArrayList<>(servers);
        ends.add(client);
        ends.forEach(end -> Command.check(end.enter(List.of("nft", "-f", "-")), SILENCE));
    }

    /** @return the checkout or distribution that this runs from. */
    public static Path home()
    {
        final String property = System.getProperty("headrace.home");
        Path directory = Path.of(property != null ? property : "").toAbsolutePath();
        while (!Files.isExecutable(directory.resolve("scripts/headrace")))
        {
            directory = directory.getParent();
            if (directory == null)
            {
                throw new LabException("scripts/headrace not found; set -Dheadrace.home");
            }
        }
        return directory;
    }

    /** Leaves everything running when this process ends; {@link LabRemoval#sweep} with true removes it later. */
    public synchronized void keep()
    {
        LabDirectory.keep(prefix);
        Runtime.getRuntime().removeShutdownHook(hook);
        isClosed = true;
    }

    @Override
    public void close()
    {
        removeAll();
        try
        {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        catch (final IllegalStateException ignore)
        {
            // The process is ending and the hook is what runs.
            Thread.onSpinWait();
        }
    }

    private synchronized void removeAll()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        while (!programs.isEmpty())
        {
            closeQuietly(programs.pop());
        }
        LabRemoval.remove(prefix);
    }

    private static void closeQuietly(final AutoCloseable program)
    {
        try
        {
            program.close();
        }
        catch (final Exception e)
        {
            System.err.println("lab: cannot stop " + program + ": " + e);
        }
    }
}
