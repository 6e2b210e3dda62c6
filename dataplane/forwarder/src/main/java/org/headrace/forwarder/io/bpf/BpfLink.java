package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A program attached to an interface by a BPF link: at its ingress (TCX, Linux 6.6) or in XDP. The link holds the
 * program in place as long as somebody holds the link: this process by its descriptor, or the BPF file system by a pin.
 */
final class BpfLink implements AutoCloseable
{
    /** {@code enum bpf_attach_type} of {@code linux/bpf.h} since 6.6. */
    static final int BPF_TCX_INGRESS = 46;
    /** As above, since 5.9. */
    static final int BPF_XDP = 37;

    private int fd;

    /** @param fd of a link, owned by this object from now on. */
    BpfLink(final int fd)
    {
        this.fd = fd;
    }

    /**
     * @param program of kind {@link BpfProgram.Kind#SCHED_CLS}.
     * @param ifindex of an interface in the caller's network namespace.
     * @return the link; it runs beside, not instead of, links that are there.
     */
    static BpfLink attachTcxIngress(final BpfProgram program, final int ifindex)
    {
        final long fd = tryAttachTcxIngress(program, ifindex);
        if (fd == -Errno.EINVAL.number())
        {
            throw new SystemCallException(
                "bpf(LINK_CREATE, TCX ingress, ifindex=" + ifindex + ")", Errno.EINVAL.number(),
                "TCX links need Linux 6.6");
        }
        return new BpfLink((int)Syscall.check("bpf(LINK_CREATE, TCX ingress, ifindex=" + ifindex + ")", fd));
    }

    static long tryAttachTcxIngress(final BpfProgram program, final int ifindex)
    {
        return tryAttach(program, ifindex, BPF_TCX_INGRESS, 0);
    }

    /**
     * @param program of kind {@link BpfProgram.Kind#XDP}.
     * @param ifindex of an interface in the caller's network namespace.
     * @param mode    to run it in.
     * @return descriptor of the link, or the negative error number: {@code EBUSY} or {@code EEXIST} if the interface
     *         has an XDP program.
     */
    static long tryAttachXdp(final BpfProgram program, final int ifindex, final XdpMode mode)
    {
        return tryAttach(program, ifindex, BPF_XDP, mode.flag());
    }

    private static long tryAttach(final BpfProgram program, final int ifindex, final int type, final int flags)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.LINK_CREATE))
        {
            return command
                .putInt(0, program.fd())
                .putInt(4, ifindex)
                .putInt(8, type)
                .putInt(12, flags)
                .putLong(16, 0)
                .putLong(24, 0)
                .run();
        }
    }

    /**
     * @param path where a link is pinned.
     * @return the link.
     */
    static BpfLink open(final Path path)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.OBJ_GET))
        {
            return new BpfLink((int)Syscall.check(
                "bpf(OBJ_GET, " + path + ")", command.putText(0, path.toString()).putInt(8, 0).run()));
        }
    }

    /**
     * Replaces the program in one step: every packet meets either the old one or the new one.
     *
     * @param program of the same kind.
     */
    void update(final BpfProgram program)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.LINK_UPDATE))
        {
            Syscall.check("bpf(LINK_UPDATE)", command.putInt(0, fd).putInt(4, program.fd()).putInt(8, 0).run());
        }
    }

    /**
     * Pins the link under the path, in place of what is there: one rename, so that whoever was pinned there holds on
     * until this one is in force.
     *
     * @param path in a BPF file system.
     */
    void pin(final Path path)
    {
        // The BPF file system refuses names with a dot.
        final Path aside = path.resolveSibling(path.getFileName() + "-new");
        try
        {
            Files.deleteIfExists(aside);
            try (BpfCommand command = new BpfCommand(BpfCommand.OBJ_PIN))
            {
                Syscall.check("bpf(OBJ_PIN, " + aside + ")", command.putText(0, aside.toString()).putInt(8, fd).run());
            }
            Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot pin the link at " + path, ex);
        }
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
