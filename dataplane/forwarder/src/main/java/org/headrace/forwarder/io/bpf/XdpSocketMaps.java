package org.headrace.forwarder.io.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Which AF_XDP socket takes our frames of each receive queue: one {@code BPF_MAP_TYPE_XSKMAP} per interface, from which
 * the XDP program of that interface redirects. A queue without a socket has its frames of ours dropped, and so have all
 * queues when the process dies, because the kernel takes a socket out of the map when it is closed.
 *
 * <p>Used by the conductor's thread.
 */
public final class XdpSocketMaps implements AutoCloseable
{
    /** Most receive queues of an interface. */
    public static final int MAX_QUEUES = 1_024;

    private final List<BpfMap> maps = new ArrayList<>();

    /** @param interfaceCount at least 1. */
    XdpSocketMaps(final int interfaceCount)
    {
        try
        {
            for (int place = 0; place < interfaceCount; place++)
            {
                maps.add(BpfMap.create(
                    BpfMap.Kind.XSKMAP, "hr_sockets_" + place, Integer.BYTES, Integer.BYTES, MAX_QUEUES));
            }
        }
        catch (final RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    /**
     * Gives a queue's frames to the socket from now on.
     *
     * @param place    of the interface in the configuration, from 0.
     * @param queue    receive queue, 0 to {@link #MAX_QUEUES} - 1.
     * @param socketFd AF_XDP socket bound to that interface and queue, with a receive ring; stays the caller's.
     */
    public void putSocket(final int place, final int queue, final int socketFd)
    {
        maps.get(place).put(nativeInt(queue), nativeInt(socketFd));
    }

    /** The map of an interface, for its program. */
    BpfMap map(final int place)
    {
        return maps.get(place);
    }

    private static byte[] nativeInt(final int value)
    {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    @Override
    public void close()
    {
        maps.forEach(BpfMap::close);
        maps.clear();
    }
}
