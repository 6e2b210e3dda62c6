package org.headrace.perf.lab;

import org.headrace.forwarder.linux.Syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One namespace of the laboratory: a host with its own interfaces, addresses, routes and ports.
 *
 * <p>Programs enter it by {@code nsenter --net}, not by {@code ip netns exec}: that would give each of them mounts of
 * its own, and a BPF link pinned there would vanish with it. Threads of this process enter it too, for good: so each
 * such thread is a new one that ends with its task.
 *
 * @param name as in {@code ip netns list}; empty for the namespace that this process was started in.
 */
public record NetworkNamespace(String name)
{
    // O_RDONLY | O_CLOEXEC: not inherited by programs that are started.
    private static final int OPEN_FLAGS = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    /** @return file that stands for the namespace. */
    public String path()
    {
        return name.isEmpty() ? "/proc/self/ns/net" : "/run/netns/" + name;
    }

    /**
     * @param arguments a program and its arguments.
     * @return the command line that runs it in here. The process that is started becomes the program itself, in a
     *         session of its own, so that an interrupt from the terminal reaches only the one who has to clean up.
     */
    public List<String> enter(final List<String> arguments)
    {
        final List<String> line = new ArrayList<>(List.of("setsid", "nsenter", "--net=" + path(), "--"));
        line.addAll(arguments);
        return line;
    }

    /** @param arguments a program and its arguments. @return what it did. */
    public Command.Result run(final String... arguments)
    {
        return Command.run(enter(List.of(arguments)));
    }

    /** @param arguments a program and its arguments, which must succeed. @return its standard output. */
    public String check(final String... arguments)
    {
        return Command.check(enter(List.of(arguments)));
    }

    /** @param commands lines for {@code ip -batch}. */
    public void ip(final List<String> commands)
    {
        Command.check(enter(List.of("ip", "-batch", "-")), String.join("\n", commands) + "\n");
    }

    /**
     * @param threadName of the thread.
     * @param task       to run in here.
     * @return the started thread.
     */
    public Thread start(final String threadName, final Runnable task)
    {
        return Thread.ofPlatform().daemon().name(threadName).start(() ->
        {
            enterWithThisThread();
            task.run();
        });
    }

    /**
     * Runs a task in here and waits for it: sockets that it opens belong to this namespace wherever they are used.
     *
     * @param task to run.
     * @param <T>  type of its result.
     * @return its result.
     */
    public <T> T call(final Callable<T> task)
    {
        final FutureTask<T> future = new FutureTask<>(task);
        start(name, future);
        try
        {
            return future.get();
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted in " + name, e);
        }
        catch (final ExecutionException e)
        {
            throw new LabException("in " + name + ": " + e.getCause(), e.getCause());
        }
    }

    private void enterWithThisThread()
    {
        final int descriptor = (int)Syscall.check("open " + path(), Syscall.open(path(), OPEN_FLAGS));
        try
        {
            Syscall.check("setns " + path(), Syscall.setns(descriptor, CLONE_NEWNET));
        }
        finally
        {
            Syscall.close(descriptor);
        }
    }
}
