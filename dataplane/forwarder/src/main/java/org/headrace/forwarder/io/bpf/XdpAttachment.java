package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.SystemCallException;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An XDP program on an interface, held by a BPF link.
 *
 * @param link   that holds it.
 * @param mode   in which the kernel runs it.
 * @param reason why the mode is not native; empty if it is, or if a predecessor chose it.
 */
record XdpAttachment(BpfLink link, XdpMode mode, String reason) implements AutoCloseable
{
    /**
     * Attaches a program to an interface that has none: natively, or else generically.
     *
     * @return null if the interface has an XDP program already.
     * @throws IllegalStateException if the interface cannot run XDP programs in any way.
     */
    static XdpAttachment create(final BpfProgram program, final NetworkLink interfaceLink)
    {
        String reason = "";
        for (final XdpMode mode : XdpMode.values())
        {
            final long result = BpfLink.tryAttachXdp(program, interfaceLink.index(), mode);
            if (result >= 0)
            {
                return new XdpAttachment(new BpfLink((int)result), mode, reason);
            }
            if (result == -Errno.EBUSY.number() || result == -Errno.EEXIST.number())
            {
                return null;
            }
            reason = Errno.describe((int)-result);
        }
        throw new IllegalStateException("interface=" + interfaceLink.name() + " cannot run XDP programs: " + reason +
            " (use dataplane.io: io_uring)");
    }

    /**
     * @param pins          of the predecessor.
     * @param interfaceLink of an interface.
     * @return true if a predecessor has left its program there, so that {@link #takeOver} can replace it.
     */
    static boolean isInherited(final PinnedLinks pins, final NetworkLink interfaceLink)
    {
        return pinnedMode(pins, interfaceLink) != null;
    }

    /**
     * Puts the program in the place of the predecessor's, in one step.
     *
     * @param program       to run from now on.
     * @param pins          of the predecessor; stay.
     * @param interfaceLink that {@link #isInherited}.
     * @return the predecessor's link with the new program.
     */
    static XdpAttachment takeOver(
        final BpfProgram program, final PinnedLinks pins, final NetworkLink interfaceLink)
    {
        final XdpMode mode = pinnedMode(pins, interfaceLink);
        final Path path = pins.path(mode.pinName(interfaceLink.index()));
        final BpfLink link = BpfLink.open(path);
        try
        {
            link.update(program);
            return new XdpAttachment(link, mode, "");
        }
        catch (final SystemCallException ex)
        {
            link.close();
            throw ex;
        }
    }

    private static XdpMode pinnedMode(final PinnedLinks pins, final NetworkLink interfaceLink)
    {
        for (final XdpMode mode : XdpMode.values())
        {
            if (Files.exists(pins.path(mode.pinName(interfaceLink.index()))))
            {
                return mode;
            }
        }
        return null;
    }

    @Override
    public void close()
    {
        link.close();
    }
}
