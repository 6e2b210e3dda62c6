package org.headrace.protocol;

import org.agrona.DirectBuffer;

import java.util.zip.CRC32C;

/**
 * CRC-32C over the entry messages of one generation, headers included, in order. Proxy and adapter both keep one, so
 * that a commit shows whether the data plane holds what the agent sent.
 */
public final class EntryChecksum
{
    private final CRC32C crc = new CRC32C();
    private final byte[] scratch = new byte[ControlChannel.MAX_MESSAGE_LENGTH];

    /** Starts a generation. */
    public void reset()
    {
        crc.reset();
    }

    /**
     * Adds one entry message.
     *
     * @param buffer holds the message.
     * @param offset of its header.
     * @param length of the message, at most {@link ControlChannel#MAX_MESSAGE_LENGTH}.
     */
    public void update(final DirectBuffer buffer, final int offset, final int length)
    {
        buffer.getBytes(offset, scratch, 0, length);
        crc.update(scratch, 0, length);
    }

    /** @return checksum of the entries since the last reset, as the 32 bits that the commit carries. */
    public int value()
    {
        return (int)crc.getValue();
    }
}
