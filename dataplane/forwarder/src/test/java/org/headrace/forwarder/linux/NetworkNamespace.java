package org.headrace.forwarder.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A network namespace for tests, removed by {@link #close}. Needs root and the {@code ip} command.
 *
 * <p>Entering concerns the calling thread only: sockets that it opens there stay there, threads that it starts there
 * begin there.
 */
public final class NetworkNamespace implements AutoCloseable
{
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final long COMMAND_LIMIT_SECONDS = 10;

    private final String name;

    /**
     * @param name unique on this machine.
     */
    public NetworkNamespace(final String name)
    {
        this.name = name;
        run("ip", "netns", "add", name);
    }

    /** @return its name. */
    public String name()
    {
        return name;
    }

    /** @param arguments of {@code ip -n NAME}. */
    public void ip(final String arguments)
    {
        run(("ip -n " + name + " " + arguments).split(" "));
    }

    /** @param action to be done by this thread in the namespace. @param <T> of its result. @return its result. */
    public <T> T call(final Supplier<T> action)
    {
        final int back = open("/proc/thread-self/ns/net");
        final int there = open("/run/netns/" + name);
        try
        {
            Syscall.check("setns(" + name + ")", Syscall.setns(there, CLONE_NEWNET));
            return action.get();
        }
        finally
        {
            Syscall.check("setns(back)", Syscall.setns(back, CLONE_NEWNET));
            Syscall.close(there);
            Syscall.close(back);
        }
    }

    private static int open(final String path)
    {
        return (int)Syscall.check("open(" + path + ")", Syscall.open(path, O_RDONLY_CLOEXEC));
    }

    @Override
    public void close()
    {
        run("ip", "netns", "del", name);
    }

    private static void run(final String... command)
    {
        try
        {
            final Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0)
            {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
        }
        catch (final IOException | InterruptedException ex)
        {
            throw new IllegalStateException(String.join(" ", command), ex);
        }
    }
}
