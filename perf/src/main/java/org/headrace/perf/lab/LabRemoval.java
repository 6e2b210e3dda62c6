package org.headrace.perf.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes a laboratory away, known by nothing but its name: also one whose owner was killed.
 */
public final class LabRemoval
{
    private static final Duration TERMINATE_LIMIT = Duration.ofSeconds(5);
    private static final Path NETNS_ROOT = Path.of("/run/netns");
    private static final Path BPF_ROOT = Path.of("/sys/fs/bpf");
    private static final Path NETNS_MARK = LabDirectory.ROOT.resolveSibling("headrace-lab.made-netns");
    private static final Path BPF_MARK = LabDirectory.ROOT.resolveSibling("headrace-lab.made-bpf");

    private LabRemoval()
    {
    }

    /** Remembers which mounts are not there yet, to leave the machine as it was found. */
    static void markMounts()
    {
        markMount(NETNS_ROOT, NETNS_MARK);
        markMount(BPF_ROOT, BPF_MARK);
    }

    /**
     * Removes laboratories that nobody owns any more.
     *
     * @param isKeptIncluded also those that were kept on purpose.
     * @return their names.
     */
    public static List<String> sweep(final boolean isKeptIncluded)
    {
        final List<String> abandoned = LabDirectory.abandoned(isKeptIncluded);
        abandoned.forEach(LabRemoval::remove);
        return abandoned;
    }

    static void remove(final String prefix)
    {
        LabDirectory.locked(() ->
        {
            for (final String namespace : namespacesOf(prefix))
            {
                endProcesses(namespace);
                Command.run(List.of("ip", "netns", "delete", namespace));
            }
            LabDirectory.deleteTree(LabDirectory.RUNTIME_ROOT.resolve(prefix));
            removePins(prefix);
            LabDirectory.deleteTree(LabDirectory.ROOT.resolve(prefix));
            if (isEmpty(LabDirectory.ROOT))
            {
                LabDirectory.deleteTree(LabDirectory.ROOT);
                unmount(NETNS_ROOT, NETNS_MARK);
                unmount(BPF_ROOT, BPF_MARK);
                LabDirectory.deleteTree(LabDirectory.LOCK);
            }
        });
    }

    private static List<String> namespacesOf(final String prefix)
    {
        if (!Files.isDirectory(NETNS_ROOT))
        {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NETNS_ROOT))
        {
            return files.map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith(prefix + "-")).toList();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static void endProcesses(final String namespace)
    {
        final List<ProcessHandle> processes = Command.run(List.of("ip", "netns", "pids", namespace)).output().lines()
            .map(line -> ProcessHandle.of(Long.parseLong(line.strip())))
            .flatMap(java.util.Optional::stream)
            .filter(process -> process.pid() != ProcessHandle.current().pid()).toList();
        processes.forEach(ProcessHandle::destroy);
        if (!Await.holdsWithin(TERMINATE_LIMIT, () -> processes.stream().noneMatch(ProcessHandle::isAlive)))
        {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
    }

    // A data plane that was killed leaves its programs pinned; their names hold the name of its runtime directory.
    private static void removePins(final String prefix)
    {
        if (!Files.isDirectory(BPF_ROOT))
        {
            return;
        }
        try (Stream<Path> pins = Files.list(BPF_ROOT))
        {
            final String runtimeDirectory = prefix.replaceAll("[^A-Za-z0-9]", "_");
            pins.filter(pin -> pin.getFileName().toString().startsWith("headrace"))
                .filter(pin -> pin.getFileName().toString().endsWith("_" + runtimeDirectory))
                .forEach(LabDirectory::deleteTree);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(final Path directory)
    {
        if (!Files.isDirectory(directory))
        {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory))
        {
            // A fresh BPF file system shows two files of the kernel's.
            return entries.map(entry -> entry.getFileName().toString())
                .allMatch(name -> name.equals("maps.debug") || name.equals("progs.debug"));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isMountPoint(final Path directory)
    {
        return Command.run(List.of("mountpoint", "-q", directory.toString())).isSuccess();
    }

    private static void markMount(final Path directory, final Path mark)
    {
        if (!isMountPoint(directory))
        {
            LabDirectory.write(mark, "");
        }
    }

    private static void unmount(final Path directory, final Path mark)
    {
        if (Files.exists(mark) && isEmpty(directory))
        {
            if (isMountPoint(directory))
            {
                Command.run(List.of("umount", directory.toString()));
            }
            LabDirectory.deleteTree(mark);
        }
    }
}
