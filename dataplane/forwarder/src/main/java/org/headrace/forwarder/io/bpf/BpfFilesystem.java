package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Syscall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file system in which links outlive their process. Used by control code of one thread. */
public final class BpfFilesystem
{
    /** Where every distribution mounts it. */
    public static final Path MOUNT_POINT = Path.of("/sys/fs/bpf");

    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private final boolean isMountedByUs;

    private BpfFilesystem(final boolean isMountedByUs)
    {
        this.isMountedByUs = isMountedByUs;
    }

    /**
     * Mounts the file system unless it is there.
     *
     * @return the mounted file system.
     */
    public static BpfFilesystem mount()
    {
        if (isMounted())
        {
            return new BpfFilesystem(false);
        }
        Syscall.check("mount(bpf, " + MOUNT_POINT + ")", Syscall.mount("bpf", MOUNT_POINT.toString(), "mode=0700"));
        return new BpfFilesystem(true);
    }

    /**
     * @return true if a BPF file system is mounted at its usual place in this mount namespace.
     */
    public static boolean isMounted()
    {
        try
        {
            final String start = "bpf " + MOUNT_POINT + " bpf ";
            final String anyStart = " " + MOUNT_POINT + " bpf ";
            return Files.readAllLines(MOUNTS).stream().anyMatch(l -> l.startsWith(start) || l.contains(anyStart));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + MOUNTS, ex);
        }
    }

    /** Unmounts the file system if {@link #mount} has mounted it and nobody has put anything into it since. */
    public void unmountIfOursAndEmpty()
    {
        if (isMountedByUs && isEmpty())
        {
            // Somebody may be using it at this moment; then it stays, which harms nobody.
            Syscall.unmount(MOUNT_POINT.toString());
        }
    }

    private static boolean isEmpty()
    {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(MOUNT_POINT))
        {
            for (final Path entry : entries)
            {
                final String name = entry.getFileName().toString();
                // A fresh mount may show these two, which the kernel itself puts there.
                if (!"maps.debug".equals(name) && !"progs.debug".equals(name))
                {
                    return false;
                }
            }
            return true;
        }
        catch (final IOException ex)
        {
            return false;
        }
    }
}
