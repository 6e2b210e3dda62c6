package org.headrace.conntrack;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A Java process that can be stopped between any two instructions (SIGSTOP), let go on, and killed (SIGKILL). */
final class StoppableProcess implements AutoCloseable
{
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final MethodHandle KILL = Linker.nativeLinker().downcallHandle(
        Linker.nativeLinker().defaultLookup().find("kill").orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Process process;
    private final int pid;

    StoppableProcess(final Class<?> main, final Object... args) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC", "-Xmx64m", "-cp", System.getProperty("java.class.path"), main.getName()));
        for (final Object arg : args)
        {
            command.add(arg.toString());
        }
        process = new ProcessBuilder(command).inheritIO().start();
        pid = (int)process.pid();
    }

    void go()
    {
        signal(SIGCONT);
    }

    /** Returns when no thread of the process runs any more. */
    void stop() throws IOException
    {
        signal(SIGSTOP);
        final long deadline = System.nanoTime() + LIMIT_NS;
        while (!isStopped())
        {
            check(deadline);
        }
    }

    void kill()
    {
        process.destroyForcibly().onExit().join();
    }

    void await(final BooleanSupplier condition)
    {
        final long deadline = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean())
        {
            check(deadline);
            Thread.onSpinWait();
        }
    }

    @Override
    public void close()
    {
        kill();
    }

    /** The first thread alone would not do: the one that works is another one, perhaps on another processor. */
    private boolean isStopped() throws IOException
    {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task")))
        {
            for (final Path task : tasks)
            {
                final String stat = Files.readString(task.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T')
                {
                    return false;
                }
            }
            return true;
        }
        catch (final NoSuchFileException e)
        {
            // a thread that ended while we looked
            return false;
        }
    }

    private void check(final long deadline)
    {
        if (!process.isAlive() || System.nanoTime() - deadline > 0)
        {
            throw new AssertionError("process " + pid + ": alive=" + process.isAlive() + " (expected: to get on)");
        }
    }

    private void signal(final int number)
    {
        final int result = kill(pid, number);
        if (result != 0)
        {
            throw new AssertionError("kill(" + pid + ", " + number + ") = " + result);
        }
    }

    private static int kill(final int pid, final int number)
    {
        try
        {
            return (int)KILL.invokeExact(pid, number);
        }
        catch (final Throwable e)
        {
            throw new AssertionError(e);
        }
    }
}
