package org.headrace.agent.netlink;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A network namespace of a test's own, removed when closed together with all that is in it. */
public final class NetworkNamespace implements AutoCloseable
{
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SETNS = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("setns"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("open"),
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));

    private final String name;

    /**
     * @param suffix tells the namespaces of one test apart; the process id tells those of several builds apart.
     */
    public NetworkNamespace(final String suffix)
    {
        name = "hrnet-" + ProcessHandle.current().pid() + "-" + suffix;
        run("ip", "netns", "add", name);
        ip("link set lo up");
    }

    /** Skips the calling test where namespaces cannot be made. */
    public static void assumePossible()
    {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")),
            "skipped: network namespaces need root, user.name=" + System.getProperty("user.name"));
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")),
            "skipped: iproute2 is not installed");
    }

    /**
     * @return as {@code ip netns} shows it.
     */
    public String name()
    {
        return name;
    }

    /**
     * @param arguments of ip(8), separated by single spaces.
     * @return what it prints.
     */
    public String ip(final String arguments)
    {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments.split(" ")));
        return run(command.toArray(String[]::new));
    }

    /**
     * @param commands of ip(8), one a line, run by one process.
     */
    public void ipBatch(final String commands)
    {
        try
        {
            final Path file = Files.writeString(Files.createTempFile("hrnet", ".batch"), commands);
            ip("-batch " + file);
            Files.delete(file);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Runs a task on a platform thread that has moved into this namespace: sockets opened there and threads started
     * there belong to it.
     *
     * @param task to be run.
     * @return its result.
     */
    public <T> T call(final Callable<T> task) throws Exception
    {
        final FutureTask<T> future = new FutureTask<>(() ->
        {
            enter();
            return task.call();
        });
        Thread.ofPlatform().daemon().name("in-" + name).start(future);
        return future.get();
    }

    @Override
    public void close()
    {
        run("ip", "netns", "delete", name);
    }

    private void enter()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final int fd = (int)OPEN.invokeExact(arena.allocateFrom("/run/netns/" + name), 0);
            final int result = (int)SETNS.invokeExact(fd, CLONE_NEWNET);
            Libc.close(fd);
            if (fd < 0 || result < 0)
            {
                throw new IllegalStateException("setns(" + name + ") open=" + fd + " setns=" + result);
            }
        }
        catch (final Throwable ex)
        {
            throw new IllegalStateException("setns(" + name + ")", ex);
        }
    }

    private static String run(final String... command)
    {
        try
        {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final int exitCode = process.waitFor();
            if (exitCode != 0)
            {
                throw new IllegalStateException(String.join(" ", command) + ": exit=" + exitCode + " " + output);
            }
            return output;
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException(String.join(" ", command), ex);
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command), ex);
        }
    }
}
