package org.headrace.perf.generate.tcp;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.InternetChecksum;

/** The data of segments that all carry the same: in memory once, added up once. */
public final class Payload
{
    /** Nothing. */
    public static final Payload NONE = new Payload(new byte[0]);

    private final long address;
    private final int length;
    private final long sum;

    /** @param bytes of it, at most one segment's. */
    public Payload(final byte[] bytes)
    {
        length = bytes.length;
        address = NativeMemory.allocate(Math.max(1, length), Long.BYTES);
        for (int i = 0; i < length; i++)
        {
            NativeMemory.putByte(address + i, bytes[i]);
        }
        sum = InternetChecksum.sum(address, length);
    }

    /** @return bytes. */
    public int length()
    {
        return length;
    }

    long sum()
    {
        return sum;
    }

    void write(final long target)
    {
        if (length > 0)
        {
            NativeMemory.copy(address, target, length);
        }
    }
}
