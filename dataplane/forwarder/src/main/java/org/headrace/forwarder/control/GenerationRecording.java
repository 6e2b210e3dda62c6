package org.headrace.forwarder.control;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The messages of the generation that is being received, as they came: what {@link GenerationFile} keeps, so that a
 * successor reads a configuration by the code that read it the first time.
 */
final class GenerationRecording
{
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private int length;
    private int lastOffset;

    /** Adds a message: its length in four bytes, big-endian, and the message. */
    void add(final DirectBuffer message, final int offset, final int messageLength)
    {
        lastOffset = length;
        buffer.putInt(length, messageLength, ByteOrder.BIG_ENDIAN);
        buffer.putBytes(length + Integer.BYTES, message, offset, messageLength);
        length += Integer.BYTES + messageLength;
    }

    /** A generation begins with the message that was added last. */
    void begin()
    {
        final int lastLength = length - lastOffset;
        buffer.putBytes(0, buffer, lastOffset, lastLength);
        length = lastLength;
        lastOffset = 0;
    }

    void clear()
    {
        length = 0;
    }

    byte[] messages()
    {
        return Arrays.copyOf(buffer.byteArray(), length);
    }
}
