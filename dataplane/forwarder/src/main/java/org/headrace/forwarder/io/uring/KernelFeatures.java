package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.io.bpf.BpfFeatures;
import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether this kernel and this process have what the driver needs: tried, not guessed from a version number.
 *
 * @param missing one line for each missing thing, with its cause; empty if all is well.
 */
public record KernelFeatures(List<String> missing)
{
    private static final Path URING_DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");
    private static final Path CAPABILITIES = Path.of("/proc/self/status");

    public KernelFeatures
    {
        missing = List.copyOf(missing);
    }

    /**
     * Tries each feature and undoes it. Takes some milliseconds.
     *
     * @return what was found.
     */
    public static KernelFeatures probe()
    {
        final List<String> missing = new ArrayList<>();
        probeUring(missing);
        probePacketSocket(missing);
        BpfFeatures.probe().forEach(missing::add);
        return new KernelFeatures(missing);
    }

    /**
     * @return true if the driver can work.
     */
    public boolean isComplete()
    {
        return missing.isEmpty();
    }

    /**
     * @throws IllegalStateException that names everything that is missing.
     */
    public void check()
    {
        if (!isComplete())
        {
            throw new IllegalStateException(
                "the io_uring driver cannot run on kernel=" + System.getProperty("os.version") + " as " + identity() +
                ":\n  " + String.join("\n  ", missing));
        }
    }

    private static void probeUring(final List<String> missing)
    {
        final int result = IoUring.probe();
        if (result == -Errno.EINVAL.number())
        {
            missing.add("io_uring: DEFER_TASKRUN, NO_SQARRAY and EXT_ARG need Linux 6.6");
        }
        else if (result == -Errno.ENOSYS.number())
        {
            missing.add("io_uring: the kernel was built without it, or a sandbox (seccomp) hides it");
        }
        else if (result < 0)
        {
            final String setting = read(URING_DISABLED);
            missing.add("io_uring: " + Errno.describe(-result) +
                ("0".equals(setting) || setting.isEmpty() ? "" : "; kernel.io_uring_disabled=" + setting));
        }
    }

    private static void probePacketSocket(final List<String> missing)
    {
        final long fd = Syscall.socket(Socket.AF_PACKET, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            missing.add("packet socket: " + Errno.describe((int)-fd));
            return;
        }
        try
        {
            Socket.setOption(
                (int)fd, PacketSocket.SOL_PACKET, PacketSocket.PACKET_VERSION, "PACKET_VERSION",
                PacketSocket.TPACKET_V2);
        }
        catch (final SystemCallException ex)
        {
            missing.add("packet socket: no TPACKET_V2 ring, " + ex.getMessage());
        }
        finally
        {
            Syscall.close((int)fd);
        }
    }

    private static String identity()
    {
        return read(CAPABILITIES).lines()
            .filter(line -> line.startsWith("Uid:") || line.startsWith("CapEff:"))
            .map(line -> line.replaceAll("\\s+", " "))
            .reduce((uid, capabilities) -> uid + ", " + capabilities)
            .orElse("an unknown user");
    }

    private static String read(final Path path)
    {
        try
        {
            return Files.readString(path).strip();
        }
        catch (final IOException ex)
        {
            return "";
        }
    }
}
