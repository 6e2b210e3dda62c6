package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.bpf.BpfFeatures;
import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.SystemCallException;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether this kernel and this process have what the AF_XDP driver needs: tried, not guessed from a version number.
 * What an interface lacks shows when the driver opens.
 *
 * @param missing one line for each missing thing, with its cause; empty if all is well.
 */
public record XdpFeatures(List<String> missing)
{
    private static final int FRAME_BYTES = 2_048;

    public XdpFeatures
    {
        missing = List.copyOf(missing);
    }

    /**
     * Tries each feature and undoes it. Takes some milliseconds.
     *
     * @return what was found.
     */
    public static XdpFeatures probe()
    {
        final List<String> missing = new ArrayList<>();
        probeSocket(missing);
        BpfFeatures.probeXdp().forEach(missing::add);
        return new XdpFeatures(missing);
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
                "the af_xdp driver cannot run on kernel=" + System.getProperty("os.version") + ":\n  " +
                String.join("\n  ", missing) + "\n  dataplane.io: io_uring may do instead");
        }
    }

    private static void probeSocket(final List<String> missing)
    {
        try (Umem umem = new Umem(FRAME_BYTES, PacketBatch.CAPACITY, 0, 0);
            XdpSocket socket = new XdpSocket(umem, PacketBatch.CAPACITY, PacketBatch.CAPACITY))
        {
            assert socket.fd() >= 0;
        }
        catch (final SystemCallException ex)
        {
            missing.add(ex.is(Errno.EAFNOSUPPORT) ?
                "AF_XDP socket: the kernel was built without CONFIG_XDP_SOCKETS" : "AF_XDP socket: " + ex.getMessage());
        }
    }
}
